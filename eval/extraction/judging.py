"""Judge readings against the truth, field by field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chohyo.domain.geometry import Box
from chohyo.domain.templates import FieldOption, FieldSpec, FieldType
from chohyo.domain.values import Reading, ValueSource
from eval.extraction.truth import FilledPage, TrueField, comparable, overlapped

_MARKS = (FieldType.CHECKBOX, FieldType.CHOICE)
_SAME = 0.5  # intersection over union
_COVERED = 0.6  # of the true box, when its centre lies inside


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one true field; `text` and `confidence` of what was read for it.

    `right` says whether a written value was read exactly, or a mark told as set or not. `distance`
    counts the letters to change, of `letters`. `found_empty` is None when no field was there to
    read. `countable` is False where another field's value is written into the box.
    """

    field: TrueField
    text: str
    right: bool
    distance: int
    letters: int
    found_empty: bool | None
    confidence: float
    countable: bool
    where: Box


def judge(page: FilledPage, readings: Mapping[str, Reading | None]) -> list[Judged]:
    """Judge what was read for each true field by name; None where nothing was read."""
    return [_judged(field, readings.get(field.name), page.fields) for field in page.fields]


def matched(
    true_fields: Sequence[FieldSpec], proposed: Sequence[FieldSpec]
) -> dict[str, tuple[int, ...]]:
    """Return for each true field the proposed one that holds it, as a tuple of at most one index.

    A field holds another when they overlap by half, or when it covers the other's centre and 60 %
    of it; a choice holds a mark when one of its options does. A true field held by none has no
    index.
    """
    found: dict[str, tuple[int, ...]] = {}
    for true in true_fields:
        scores = [(_held(true, each), i) for i, each in enumerate(proposed)]
        best = max(scores, default=(0.0, 0))
        found[true.name] = (best[1],) if best[0] > 0 else ()
    return found


def _held(true: FieldSpec, proposed: FieldSpec) -> float:
    if true.type not in _MARKS or not proposed.options:
        return _holding(true.box, proposed.box)
    return max(_holding(true.box, option.box) for option in proposed.options)


def end_to_end(
    page: FilledPage,
    true_fields: Sequence[FieldSpec],
    proposed: Sequence[FieldSpec],
    readings: Sequence[Reading],
) -> list[Judged]:
    """Judge readings of proposed fields by the true fields that lie in them.

    A mark in a choice is right when its own option is among those read if the mark is set, and is
    not if it is not. A date that was joined from its cells is right in all of them when its numbers
    are theirs in reading order, and so is a comb whose letters are those of its cells; any other
    proposed field that holds several written values is right in none.
    """
    owners = matched(true_fields, proposed)
    boxes = {true.name: true.box for true in true_fields}
    sharing: dict[int, list[TrueField]] = {}
    for field in page.fields:
        for index in owners.get(field.name, ()):
            sharing.setdefault(index, []).append(field)
    results = []
    for field in page.fields:
        owner = owners.get(field.name, ())
        reading = readings[owner[0]] if owner else None
        judged = _judged(field, reading, page.fields)
        together = sharing[owner[0]] if owner else []
        if reading and field.is_mark and proposed[owner[0]].options:
            judged = _in_a_choice(judged, reading, proposed[owner[0]].options, boxes[field.name])
        elif reading and len(together) > 1 and _are_cells(together):
            # A date in cells of one letter is one of them where it is no whole date.
            is_date = proposed[owner[0]].type is FieldType.DATE and _is_date_of(reading, together)
            judged = _as_part(judged, is_date or _is_comb_of(reading, together))
        elif reading and len(together) > 1 and proposed[owner[0]].type is FieldType.DATE:
            judged = _as_part(judged, _is_date_of(reading, together))
        results.append(judged)
    return results


def as_written(
    page: FilledPage, fields: Sequence[FieldSpec], readings: Sequence[Reading]
) -> list[tuple[float, bool]]:
    """Return of each value read how sure it is, and whether it is what is written in its box."""
    return [
        (reading.confidence, is_as_written(page, spec, reading))
        for spec, reading in zip(fields, readings, strict=True)
        if reading.source is ValueSource.OCR
    ]


def is_as_written(page: FilledPage, spec: FieldSpec, reading: Reading) -> bool:
    """Say whether a reading is what the page has in its box: one value, whole, or nothing.

    This is what its confidence promises, whichever field of the truth the box was meant for. A date
    or a comb may join the values of several cells; other values that share a box are not read.
    """
    inside = [
        field
        for field in page.fields
        if field.value and not field.is_mark and field.text_box is not None
        and reading.box.contains(*field.text_box.center)
        and field.text_box.intersection(reading.box) >= _COVERED * field.text_box.area
    ]  # fmt: skip
    if reading.empty or not inside:
        return reading.empty and not inside
    if len(inside) == 1 and comparable(inside[0].value) == comparable(reading.raw):
        return True
    if spec.type is FieldType.DATE and _is_date_of(reading, inside):
        return True
    return _are_cells(inside) and _is_comb_of(reading, inside)


def _in_a_choice(
    judged: Judged, reading: Reading, options: Sequence[FieldOption], place: Box
) -> Judged:
    own = max(options, key=lambda option: _holding(place, option.box))
    is_set = own.value in options_read(reading.raw, [option.value for option in options])
    return replace(judged, right=is_set == bool(judged.field.value))


def options_read(raw: str, values: Sequence[str]) -> set[str]:
    """Return which options a choice's reading names: in their order, with commas between."""
    chosen: set[str] = set()
    for value in values:
        if raw == value or raw.startswith(f"{value}, "):
            chosen.add(value)
            raw = raw[len(value) + 2 :]
    return chosen


def _is_date_of(reading: Reading, parts: Sequence[TrueField]) -> bool:
    written = [
        number for part in _in_order(parts) for number in re.findall(r"\d+", comparable(part.value))
    ]
    return re.findall(r"\d+", comparable(reading.raw)) == written


def _in_order(parts: Sequence[TrueField]) -> list[TrueField]:
    """Sort fields by rows, a tilted one too, and each row from the left."""
    if _in_one_row(parts):
        return sorted(parts, key=lambda part: part.box.x0)
    return sorted(parts, key=lambda part: (round(part.box.center[1], 2), part.box.x0))


def _in_one_row(parts: Sequence[TrueField]) -> bool:
    return max(p.box.y0 for p in parts) < min(p.box.y1 for p in parts)


def _are_cells(parts: Sequence[TrueField]) -> bool:
    """Say whether fields are the cells of a comb: beside one another, with one letter at most."""
    return _in_one_row(parts) and all(
        not part.is_mark and len(comparable(part.value)) <= 1 for part in parts
    )


def _is_comb_of(reading: Reading, cells: Sequence[TrueField]) -> bool:
    in_order = sorted(cells, key=lambda cell: cell.box.x0)
    written = "".join(comparable(cell.value) for cell in in_order)
    # Points and hyphens that are printed between cells belong to none of them.
    return re.sub(r"[\W_]", "", comparable(reading.raw)) == written


def _as_part(judged: Judged, whole_is_right: bool) -> Judged:
    right = bool(judged.field.value) and whole_is_right
    return replace(judged, right=right, distance=0 if right else judged.distance)


def _judged(field: TrueField, reading: Reading | None, others: Sequence[TrueField]) -> Judged:
    want = comparable(field.value)
    got = comparable(reading.raw) if reading else ""
    right = _is_set(reading) == bool(want) if field.is_mark else got == want
    return Judged(
        field=field,
        text=got,
        right=right and reading is not None,
        distance=0 if field.is_mark else edit_distance(want, got),
        letters=len(want),
        found_empty=reading.empty if reading else None,
        confidence=reading.confidence if reading else 0.0,
        countable=bool(field.value) or not overlapped(field, others),
        where=reading.box if reading else field.box,
    )


def _is_set(reading: Reading | None) -> bool:
    return reading is not None and not reading.empty and reading.normalized is not False


def _holding(true: Box, proposed: Box) -> float:
    covered = true.intersection(proposed) / true.area if true.area > 0 else 0.0
    overlap = true.iou(proposed)
    held = overlap >= _SAME or (covered >= _COVERED and proposed.contains(*true.center))
    return covered + overlap if held else 0.0


def edit_distance(want: str, got: str) -> int:
    """Return the fewest letters to insert, delete or change (Levenshtein)."""
    row = list(range(len(got) + 1))
    for i, a in enumerate(want, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(got, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]
