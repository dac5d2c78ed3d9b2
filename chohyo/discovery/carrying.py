"""Carry the fields of an edition over to the next one: names, types and all a person decided.

Fields are paired one to one by their places, laid on the new form, and by their labels. What moved
with its surroundings, under an inserted line for example, is followed by the pairs next to it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from chohyo.discovery.field_names import free_name, source_of_name
from chohyo.domain.geometry import Box, Transform
from chohyo.domain.templates import (
    FieldEvidence,
    FieldOption,
    FieldSpec,
    FieldType,
    TableCell,
)

# Of place and label together, from 0 to 1: pairs below are none. A field in its place is one
# whatever is printed beside it; a field elsewhere needs its label.
_LEAST = 0.5
_SURE = 0.75
# A field that alone has its label is one wherever it stands.
_ELSEWHERE = 0.6
# How many sure pairs say where the surroundings of a field went.
_NEIGHBOURS = 3
_MARKS = {FieldType.CHECKBOX, FieldType.CHOICE, FieldType.IMAGE}
_FAR = 6.0  # in heights of the field: as good as nowhere near
_LABEL_STAYS = 0.6
# What lies in a date by this share of its area, narrower than this share of the date, is a piece.
_INSIDE, _NARROW = 0.8, 0.7


@dataclass(frozen=True, slots=True)
class Laid:
    """A field of the old edition with its boxes on the new one's form."""

    spec: FieldSpec
    box: Box


@dataclass(frozen=True, slots=True)
class Carried:
    """The new edition's fields, and the pairs of old and new names they came from."""

    fields: tuple[FieldSpec, ...]
    pairs: tuple[tuple[str, str], ...]


def carry(
    old: Sequence[FieldSpec],
    new: Sequence[FieldSpec],
    laid: Mapping[int, Transform],
    printed: Mapping[int, Sequence[tuple[str, Box]]] | None = None,
) -> Carried:
    """Return the new fields with what the old ones of the same place and label were.

    Args:
        old: the fields of the edition before.
        new: the fields as proposed for the new edition.
        laid: for each page of both, how the old blank form lies on the new one.
        printed: what is printed on the new pages: an old field that was not found again, but whose
            label is printed where it was, is carried over too.
    """
    new = _without_pieces(new, old, laid, printed or {})
    pairs = pair_up(old, new, laid)
    mine = {id(after): before for before, after in pairs}
    fields = [
        _inherited(mine[id(spec)], spec, laid[spec.page_no]) if id(spec) in mine else spec
        for spec in new
    ]
    found = {before.name for before, _ in pairs}
    for spec in _missed([s for s in old if s.name not in found], fields, laid, printed or {}):
        fields.insert(_place_of(spec, old, fields), spec)
    names = {spec.name for spec in old}
    named = _named(_celled(fields, pairs, names), names)
    return Carried(tuple(named), tuple((before.name, after.name) for before, after in pairs))


def _without_pieces(
    new: Sequence[FieldSpec],
    old: Sequence[FieldSpec],
    laid: Mapping[int, Transform],
    printed: Mapping[int, Sequence[tuple[str, Box]]],
) -> list[FieldSpec]:
    """Leave out the pieces of dates that were one before: copies of one year show it as print."""
    pieces: set[int] = set()
    for spec in old:
        move = laid.get(spec.page_no)
        if spec.type is not FieldType.DATE or move is None or not _stays(spec, move, printed):
            continue
        whole = move.box(spec.box)
        inside = [
            each
            for each in new
            if each.page_no == spec.page_no
            and each.box.intersection(whole) >= _INSIDE * each.box.area
        ]
        if all(each.box.width < _NARROW * whole.width for each in inside):
            pieces |= {id(each) for each in inside}
    return [each for each in new if id(each) not in pieces]


def pair_up(
    old: Sequence[FieldSpec], new: Sequence[FieldSpec], laid: Mapping[int, Transform]
) -> list[tuple[FieldSpec, FieldSpec]]:
    """Return the old and new fields that are one, each once."""
    pairs: list[tuple[FieldSpec, FieldSpec]] = []
    for page_no, move in laid.items():
        before = [Laid(s, move.box(s.box)) for s in old if s.page_no == page_no]
        after = [spec for spec in new if spec.page_no == page_no]
        if not before or not after:
            continue
        labels = np.array([[_alike(b.spec.label, a.label) for a in after] for b in before])
        first = _assigned(_scores(before, after, labels))
        sure = [(before[i], after[j]) for i, j, score in first if score >= _SURE]
        moved = [Laid(b.spec, _followed(b, sure)) for b in before]
        scores = np.maximum(_scores(before, after, labels), _scores(moved, after, labels))
        pairs += [(before[i].spec, after[j]) for i, j, _ in _assigned(scores)]
    return pairs


def _scores(
    before: Sequence[Laid], after: Sequence[FieldSpec], labels: NDArray[np.float64]
) -> NDArray[np.float64]:
    places = np.array([[_near(b.box, a.box) for a in after] for b in before])
    kinds = np.array([[_kinds_agree(b.spec.type, a.type) for a in after] for b in before])
    scores = np.maximum(0.55 * places + 0.45 * labels, _ELSEWHERE * _alone(before, after))
    return scores * np.where(kinds, 1.0, 0.8)


def _alone(before: Sequence[Laid], after: Sequence[FieldSpec]) -> NDArray[np.float64]:
    """Return 1 where one field of each form has the same label, and no other has it."""
    mine = [folded_label(b.spec.label) for b in before]
    other = [folded_label(a.label) for a in after]
    return np.array(
        [
            [float(m == o and len(m) > 1 and mine.count(m) == other.count(o) == 1) for o in other]
            for m in mine
        ]
    )


def _assigned(scores: NDArray[np.float64]) -> list[tuple[int, int, float]]:
    rows, columns = linear_sum_assignment(-scores)
    return [
        (int(i), int(j), float(scores[i, j]))
        for i, j in zip(rows, columns, strict=True)
        if scores[i, j] >= _LEAST
    ]


def _near(one: Box, other: Box) -> float:
    """Return 1 for boxes that cover each other, down to 0 for boxes some heights apart."""
    height = max(1e-6, min(one.height, other.height))
    (ax, ay), (bx, by) = one.center, other.center
    apart = max(0.0, abs(ax - bx) - 0.5 * abs(one.width - other.width)) + abs(ay - by)
    return max(one.iou(other), 0.9 * max(0.0, 1.0 - apart / (_FAR * height)))


def _alike(one: str, other: str) -> float:
    """Return how alike two labels are; nothing speaks for or against fields without one."""
    a, b = folded_label(one), folded_label(other)
    if not a or not b:
        return 0.5 if a == b else 0.25
    return 1.0 if a == b else SequenceMatcher(None, a, b, autojunk=False).ratio()


def folded_label(label: str) -> str:
    """Return what of a label tells it from others: letters and digits, in one width and case."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", label)).casefold()


def _kinds_agree(one: FieldType, other: FieldType) -> bool:
    return one == other or not ({one, other} & _MARKS)


def _followed(field: Laid, sure: Sequence[tuple[Laid, FieldSpec]]) -> Box:
    """Return a field's box moved as the sure fields next to it moved."""
    x, y = field.box.center
    near = sorted(
        sure, key=lambda pair: (abs(pair[0].box.center[1] - y), abs(pair[0].box.center[0] - x))
    )[:_NEIGHBOURS]
    if not near:
        return field.box
    dx = float(np.median([after.box.center[0] - before.box.center[0] for before, after in near]))
    dy = float(np.median([after.box.center[1] - before.box.center[1] for before, after in near]))
    box = field.box
    return Box(box.x0 + dx, box.y0 + dy, box.x1 + dx, box.y1 + dy)


def _inherited(before: FieldSpec, after: FieldSpec, move: Transform) -> FieldSpec:
    """Return a new field as the old one was, in its new place and under its new label."""
    options = after.options
    if before.options and len(options) == len(before.options):
        options = tuple(
            replace(option, value=was.value)
            for option, was in zip(options, before.options, strict=True)
        )
    elif before.options:
        options = _laid_options(before, move)
    return replace(
        after, name=before.name, type=before.type, pii=before.pii, options=options,
        cell=before.cell, title_ja=before.title_ja, title_en=before.title_en,
        comb=after.comb or before.comb, evidence=(*after.evidence, FieldEvidence.CARRIED),
    )  # fmt: skip


def _laid_options(spec: FieldSpec, move: Transform) -> tuple[FieldOption, ...]:
    return tuple(replace(o, box=_on_page(move.box(o.box))) for o in spec.options)


def _celled(
    fields: Sequence[FieldSpec], pairs: Sequence[tuple[FieldSpec, FieldSpec]], kept: set[str]
) -> list[FieldSpec]:
    """Put new cells into the tables of the old edition, behind the rows that are there."""
    called = _tables(pairs)
    taken = {spec.cell for spec in fields if spec.cell and spec.name in kept}
    done = []
    for spec in fields:
        if spec.cell is None or _is_carried(spec):
            done.append(spec)
            continue
        own = spec.cell.table, spec.cell.column
        table, column = called.get(own, own)
        cell = TableCell(table, column, spec.cell.row)
        while cell in taken:
            cell = replace(cell, row=cell.row + 1)
        taken.add(cell)
        done.append(replace(spec, cell=cell))
    return done


def _tables(
    pairs: Sequence[tuple[FieldSpec, FieldSpec]],
) -> dict[tuple[str, str], tuple[str, str]]:
    """Return what tables and columns were called, by most of the cells that were found."""
    votes: dict[tuple[str, str], Counter[tuple[str, str]]] = {}
    for before, after in pairs:
        if before.cell and after.cell:
            here = votes.setdefault((after.cell.table, after.cell.column), Counter())
            here[before.cell.table, before.cell.column] += 1
    called: dict[tuple[str, str], tuple[str, str]] = {}
    for own, counted in sorted(votes.items()):
        was, _ = max(counted.items(), key=lambda each: (each[1], each[0]))
        if was not in called.values():
            called[own] = was
    return called


def _is_carried(spec: FieldSpec) -> bool:
    return FieldEvidence.CARRIED in spec.evidence


def _place_of(spec: FieldSpec, old: Sequence[FieldSpec], fields: Sequence[FieldSpec]) -> int:
    """Return where among the fields one stands: behind the one that it followed before."""
    names = [each.name for each in fields if _is_carried(each)]
    order = [each.name for each in old]
    before = [name for name in order[: order.index(spec.name)] if name in names]
    if not before:
        return next((n for n, each in enumerate(fields) if each.page_no >= spec.page_no), 0)
    return next(n for n, each in enumerate(fields, 1) if each.name == before[-1])


def _missed(
    lost: Sequence[FieldSpec],
    there: Sequence[FieldSpec],
    laid: Mapping[int, Transform],
    printed: Mapping[int, Sequence[tuple[str, Box]]],
) -> list[FieldSpec]:
    """Return old fields that were not found again, but whose label is where it was."""
    found = []
    for spec in lost:
        move = laid.get(spec.page_no)
        if move is None or spec.cell is not None:
            continue
        box = _on_page(move.box(spec.box))
        free = all(
            other.page_no != spec.page_no
            or other.box.intersection(box) < 0.3 * min(other.box.area, box.area)
            for other in there
        )
        if free and box.area > 0 and _stays(spec, move, printed):
            found.append(_moved(spec, box, move))
    return found


def _stays(
    spec: FieldSpec, move: Transform, printed: Mapping[int, Sequence[tuple[str, Box]]]
) -> bool:
    """Say whether an old field's label is printed on the new form where it was."""
    if spec.label_box is None:
        return False
    label = move.box(spec.label_box).grown(0.01, 0.01)
    words = [t for t, box in printed.get(spec.page_no, ()) if label.contains(*box.center)]
    return any(_alike(word, spec.label) >= _LABEL_STAYS for word in words)


def _moved(spec: FieldSpec, box: Box, move: Transform) -> FieldSpec:
    return replace(
        spec,
        box=box,
        label_box=_on_page(move.box(spec.label_box)) if spec.label_box else None,
        options=_laid_options(spec, move),
        parts=tuple(_on_page(move.box(part)) for part in spec.parts),
        fill_rate=None,
        required=False,
        evidence=(*spec.evidence, FieldEvidence.CARRIED),
    )


def _on_page(box: Box) -> Box:
    return box.grown(0.0, 0.0)


def _named(fields: Sequence[FieldSpec], old: set[str]) -> list[FieldSpec]:
    """Number the fields, and name those that are new: never as a field of the old edition was."""
    taken = set(old)
    named = []
    for order, spec in enumerate(fields, 1):
        name = spec.name if _is_carried(spec) else free_name(source_of_name(spec), taken)
        taken.add(name)
        named.append(replace(spec, name=name, order=order))
    return named
