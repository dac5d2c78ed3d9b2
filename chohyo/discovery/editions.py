"""Split the copies of one form into editions that differ in a year, a line or a box.

All copies lie in one frame. In a cell of print that changed between editions, the copies of one
edition show the same and the others something else. Clear copies define the editions; faxes and
other copies that could not be told are given to the edition whose print they show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.coincidence import OPEN, Split
from chohyo.discovery.cores import on_cores
from chohyo.discovery.division import best_division
from chohyo.discovery.print_cells import (
    CELL,
    STEP,
    CellLabels,
    PrintStack,
    joined_boxes,
    label_cells,
    measure_stack,
    softened,
)
from chohyo.discovery.print_stack import Prints, bent_onto
from chohyo.domain.geometry import Box

_MAX_COMPARED = 40  # copies; time and memory grow with the square
_A_FEW = 3
_MAX_PROBES = 120  # cells by which a copy is given to a side
# A copy that shows one side's print leans by 1, faxes of it by 0.4 and more (117 copies of two
# corpora). Of those that lean less, most were given to the wrong side.
_TOLD = 0.3


@dataclass(frozen=True, slots=True)
class EditionRules:
    """How improbable a coincidence must be, in decimal digits, to divide copies."""

    evidence: float = 1.3
    evidence_of_rough: float = 5.0


@dataclass(frozen=True, slots=True)
class Edition:
    """Copies of one edition, as positions in the stack, and where it differs from the others."""

    copies: tuple[int, ...]
    differs: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class _Probe:
    """What each side shows in one cell: (k, CELL, CELL) softened ink for each side."""

    cell: tuple[int, int]
    shown: tuple[NDArray[np.float32], NDArray[np.float32]]


@dataclass(slots=True)
class _Node:
    """Copies that lie on the `reference` among them, divided by `probes` in two, or an edition."""

    copies: list[int]
    cells: list[tuple[int, int]]
    reference: NDArray[np.uint8]
    probes: list[_Probe] = field(default_factory=list)
    parts: list[_Node] = field(default_factory=list)


def split_editions(stack: Prints, rules: EditionRules | None = None) -> list[Edition]:
    """Divide aligned ink images of equal shape into editions; one edition when nothing divides.

    A copy that shows neither edition's print clearly is in none.
    """
    # Pages come in the order of their content keys, so an even choice is a fair sample.
    count = min(len(stack), _MAX_COMPARED)
    sample = np.linspace(0, len(stack) - 1, count).round().astype(np.intp)
    soft = np.stack(on_cores(lambda copy: softened(stack[int(copy)]), sample))
    root = _divided(soft, sample, rules or EditionRules(), [])
    others = sorted(set(range(len(stack))) - set(sample.tolist()))
    leaves = on_cores(lambda copy: _leaf_of(root, softened(stack[copy])), others)
    for copy, leaf in zip(others, leaves, strict=True):
        if leaf is not None:
            leaf.copies.append(copy)
    editions = [
        Edition(tuple(sorted(leaf.copies)), joined_boxes(leaf.cells, soft.shape[1:]))
        for leaf in _leaves(root)
        if leaf.copies
    ]
    return sorted(editions, key=lambda edition: edition.copies)


def _divided(
    soft: NDArray[np.uint8],
    copies: NDArray[np.intp],
    rules: EditionRules,
    cells: list[tuple[int, int]],
) -> _Node:
    """Divide by the most improbable division, then each part again.

    Each part is laid on a copy of its own and its noise measured anew: a copy that is unlike the
    others for its edition is none the rougher for that.
    """
    measured = measure_stack(soft)
    best = int(np.argmin(measured.noise))
    node = _Node(copies.tolist(), cells, soft[best])
    clear = measured.clear
    if len(clear) < 4:
        return node
    found = label_cells(measured, clear)
    split = best_division(found, soft[clear])
    if split is None or split.evidence < _needed(split, measured.noise[clear], rules):
        return node
    node.probes = _probes(measured, clear, found, split)
    sides = np.full(len(copies), OPEN, np.int8)
    sides[clear] = split.sides
    for position in np.flatnonzero(sides == OPEN):
        sides[position] = _side(node.probes, soft[position])
    here = cells + [(int(row), int(column)) for row, column in found.cells[split.rows]]
    for side in (0, 1):
        part = np.flatnonzero(sides == side)
        onto = soft[part[np.argmin(measured.noise[part])]]
        laid = np.stack([bent_onto(copy, onto) for copy in soft[part]])
        node.parts.append(_divided(laid, copies[part], rules, here))
    return node


def _needed(split: Split, noise: NDArray[np.float32], rules: EditionRules) -> float:
    """Ask for more where a few of the roughest copies stand apart: scanners differ in strokes."""
    small, large = sorted((noise[split.sides == side] for side in (0, 1)), key=len)
    rough = len(small) <= _A_FEW and small.min() > large.max()
    return rules.evidence_of_rough if rough else rules.evidence


def _leaves(node: _Node) -> list[_Node]:
    return [leaf for part in node.parts for leaf in _leaves(part)] or [node]


def _leaf_of(node: _Node, soft: NDArray[np.uint8]) -> _Node | None:
    laid = bent_onto(soft, node.reference)
    while node.parts:
        side = _side(node.probes, laid)
        if side == OPEN:
            return None
        node = node.parts[side]
        laid = bent_onto(laid, node.reference)
    return node


def _probes(
    stack: PrintStack, copies: NDArray[np.intp], found: CellLabels, split: Split
) -> list[_Probe]:
    """Keep what either side shows in some of the cells that divide them."""
    count = min(len(split.rows), _MAX_PROBES)
    chosen = np.sort(split.rows)[np.linspace(0, len(split.rows) - 1, count).round().astype(int)]
    probes = []
    for row in chosen:
        cell = (int(found.cells[row][0]), int(found.cells[row][1]))
        labels = found.labels[row]
        shown = tuple(
            np.stack(
                [
                    np.mean([_cut(stack.soft[c], cell) for c in copies[labels == label]], axis=0)
                    for label in np.unique(labels[(split.sides == side) & (labels >= 0)])
                ]
            ).astype(np.float32)
            for side in (0, 1)
        )
        probes.append(_Probe(cell, (shown[0], shown[1])))
    return probes


def _side(probes: Sequence[_Probe], soft: NDArray[np.uint8]) -> int:
    """Return the side whose print a copy shows, OPEN when it is neither's clearly."""
    lean = total = 0.0
    for probe in probes:
        area = _cut(soft, probe.cell, 1)
        if area.shape != (CELL + 2, CELL + 2):
            continue
        zero, one = (min(_distance(area, shown) for shown in side) for side in probe.shown)
        total += float(((probe.shown[0][0] - probe.shown[1][0]) ** 2).sum())
        lean += zero - one
    return OPEN if abs(lean) <= _TOLD * total else int(lean > 0)


def _distance(area: NDArray[np.float32], shown: NDArray[np.float32]) -> float:
    """Return the squared difference in the best of nine places."""
    return float(cv2.matchTemplate(area, shown, cv2.TM_SQDIFF).min())


def _cut(soft: NDArray[np.uint8], cell: tuple[int, int], margin: int = 0) -> NDArray[np.float32]:
    y, x = cell[0] * STEP, cell[1] * STEP
    area = soft[max(0, y - margin) : y + CELL + margin, max(0, x - margin) : x + CELL + margin]
    return np.asarray(area.astype(np.float32) / 255, np.float32)
