"""Which proposed fields are which true ones.

A field that is written in several places (the parts of a date, the boxes of a comb, the words of a
choice) is one field in a schema; a corpus may have it as one or as several. It counts as what it
matches better: itself, or its places.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from chohyo.domain.geometry import Box
from chohyo.domain.templates import FieldSpec, FieldType
from eval.schema.truth import TrueField

LEAST_IOU = 0.5
LEAST_COVERAGE = 0.6
# How well a proposed box fits a true one; 0 when it does not count as the same.
Fit = Callable[[Box, Box], float]


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a proposed field asks for: all of it, or one of its parts."""

    field: FieldSpec
    box: Box


@dataclass(frozen=True, slots=True)
class Matching:
    """The pairs of proposed and true, and what is left on both sides."""

    pairs: tuple[tuple[Place, TrueField], ...]
    surplus: tuple[Place, ...]
    missed: tuple[TrueField, ...]


def by_overlap(proposed: Box, true: Box) -> float:
    """Return the intersection over union from 0.5 on."""
    iou = proposed.iou(true)
    return iou if iou >= LEAST_IOU else 0.0


def by_centre(proposed: Box, true: Box) -> float:
    """Return the coverage of the true box from 0.6 on, when its middle lies in the proposed one.

    The larger of several covering boxes must not win, so that the overlap decides between them.
    """
    coverage = proposed.intersection(true) / true.area if true.area else 0.0
    if coverage < LEAST_COVERAGE or not proposed.contains(*true.center):
        return 0.0
    return 1e-3 + proposed.iou(true)


def match(proposed: Sequence[FieldSpec], true: Sequence[TrueField], fit: Fit) -> Matching:
    """Pair proposed fields with true ones, each once, the best fitting first."""
    places = [place for field in proposed for place in _places(field, true, fit)]
    scored = sorted(
        (
            (score, i, j)
            for i, place in enumerate(places)
            for j, other in enumerate(true)
            if (score := fit(place.box, other.box)) > 0
        ),
        key=lambda each: (-each[0], each[1], each[2]),
    )
    found: dict[int, int] = {}
    for _, i, j in scored:
        if i not in found and j not in found.values():
            found[i] = j
    taken = set(found.values())
    return Matching(
        tuple((places[i], true[j]) for i, j in sorted(found.items())),
        tuple(place for i, place in enumerate(places) if i not in found),
        tuple(other for j, other in enumerate(true) if j not in taken),
    )


def _places(field: FieldSpec, true: Sequence[TrueField], fit: Fit) -> list[Place]:
    """Return the division of a field that hits most of what is true, the coarsest of equals."""
    divisions = [[Place(field, box) for box in boxes] for boxes in divisions_of(field)]
    return max(divisions, key=lambda places: (_hits(places, true, fit), -len(places)))


def _hits(places: Sequence[Place], true: Sequence[TrueField], fit: Fit) -> int:
    return sum(any(fit(place.box, other.box) > 0 for other in true) for place in places)


def divisions_of(field: FieldSpec) -> list[list[Box]]:
    """Return the ways in which a field's places may be counted: whole, in groups, or one by one."""
    divisions = [[field.box]]
    if field.options:
        divisions.append([option.box for option in field.options])
    cells = list(field.parts)
    if field.comb > 1 and not cells:
        step = field.box.width / field.comb
        cells = [
            Box(field.box.x0 + i * step, field.box.y0, field.box.x0 + (i + 1) * step, field.box.y1)
            for i in range(field.comb)
        ]
    if cells:
        divisions += [_grouped(cells), cells]
    return divisions


def _grouped(cells: Sequence[Box]) -> list[Box]:
    """Join the cells of a comb between wider gaps."""
    usual = sorted(b.x0 - a.x1 for a, b in pairwise(cells))[(len(cells) - 1) // 2 :][:1]
    groups = [cells[0]]
    for before, cell in pairwise(cells):
        apart = cell.x0 - before.x1 > (usual[0] if usual else 0.0) + 0.15 * cell.width
        groups = [*groups, cell] if apart else [*groups[:-1], groups[-1].union(cell)]
    return groups


def kind_of(field: FieldSpec) -> str:
    """Return the kind of a proposed field as the corpora tell kinds apart."""
    coarse = {FieldType.CHECKBOX: "check", FieldType.CHOICE: "choice", FieldType.IMAGE: "image"}
    return coarse.get(field.type, "text")
