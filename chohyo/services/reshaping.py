"""Make one field of several, several of one, and rows of a table of fields that stand in rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import reduce
from itertools import takewhile

from chohyo.domain.geometry import Box
from chohyo.domain.templates import (
    FieldEvidence,
    FieldOption,
    FieldSpec,
    FieldType,
    TableCell,
)
from chohyo.errors import InvalidInputError

MOST_PIECES = 100
# Of the narrower of two boxes: what they share when they stand in one column.
_ONE_COLUMN = 0.5
# Of the page: a piece must be wide or high enough to be seen and caught again.
_LEAST_PIECE = 0.002
_DATE_WORDS = (
    re.compile(r"年|year|\byy|(?:^|_)y(?:_|$)", re.IGNORECASE),
    re.compile(r"月|month|\bmm|(?:^|_)m(?:_|$)", re.IGNORECASE),
    re.compile(r"日|day|\bdd|(?:^|_)d(?:_|$)", re.IGNORECASE),
)
_PART_OF_DATE = {FieldType.TEXT, FieldType.INTEGER, FieldType.CODE, FieldType.DATE}
_OF_ONE_LETTER = {FieldType.TEXT, FieldType.CODE, FieldType.INTEGER}
_NUMBERED = re.compile(r"_\d+$")


class MergeKind(StrEnum):
    """What several fields become: one value, one with a character a box, or rows of a table."""

    ONE = "one"
    COMB = "comb"
    TABLE = "table"


class Axis(StrEnum):
    """Where a cut goes: `x` cuts from top to bottom, `y` from left to right."""

    X = "x"
    Y = "y"


def merged(
    fields: Sequence[FieldSpec], kind: MergeKind, taken: Collection[str]
) -> tuple[FieldSpec, ...]:
    """Return what becomes of the fields; `taken` are the names of fields and tables there are.

    Raises:
        InvalidInputError: they are too few, lie on several pages, or are no rows of a table.
    """
    if len({spec.name for spec in fields}) < 2:
        raise InvalidInputError(field="name", reason="must name two fields or more")
    if len({spec.page_no for spec in fields}) > 1:
        raise InvalidInputError(field="page_no", reason="must be the same for all of the fields")
    if kind is MergeKind.TABLE:
        return _rows(fields, taken)
    return (_one(_in_order(fields), comb=kind is MergeKind.COMB),)


def cut(
    spec: FieldSpec, axis: Axis, at: float, taken: Collection[str]
) -> tuple[FieldSpec, FieldSpec]:
    """Return the two fields on both sides of a cut; `at` in fractions of the page.

    Raises:
        InvalidInputError: the cut does not go through the field.
    """
    box = spec.box
    low, high = (box.x0, box.x1) if axis is Axis.X else (box.y0, box.y1)
    if not low + _LEAST_PIECE <= at <= high - _LEAST_PIECE:
        raise InvalidInputError(field="at", reason="must lie inside the field")
    boxes = (
        (replace(box, x1=at), replace(box, x0=at))
        if axis is Axis.X
        else (replace(box, y1=at), replace(box, y0=at))
    )
    share = (at - low) / (high - low)
    first = min(max(round(spec.comb * share), 1), spec.comb - 1) if spec.comb > 1 else 0
    combs = (first, spec.comb - first) if axis is Axis.X else (spec.comb, spec.comb)
    names = _free_names(spec.name, 2, taken)
    one, other = (
        _piece(spec, names[n], n + 1, boxes[n], comb=combs[n] if combs[n] > 1 else 0)
        for n in range(2)
    )
    return one, other


def divided(spec: FieldSpec, pieces: int | None, taken: Collection[str]) -> tuple[FieldSpec, ...]:
    """Return as many fields of one width; without a number, one for each part the field has.

    These are the options of a choice, the places that print divides it into, or the boxes of a
    comb, whichever it has.

    Raises:
        InvalidInputError: it has no such parts, or too many pieces are asked for.
    """
    if pieces is None and spec.options:
        return _checkboxes(spec, taken)
    boxes = list(spec.parts) if pieces is None and spec.parts else []
    if not boxes:
        number = pieces if pieces is not None else spec.comb
        if not 2 <= number <= MOST_PIECES:
            raise InvalidInputError(field="pieces", reason="must be a number from 2 to 100")
        boxes = _equal(spec.box, number)
    kind = spec.type
    if kind is FieldType.DATE and spec.parts:
        kind = FieldType.INTEGER
    elif kind not in _OF_ONE_LETTER and spec.comb:
        kind = FieldType.TEXT
    names = _free_names(spec.name, len(boxes), taken)
    return tuple(
        replace(_piece(spec, name, number, box), type=kind)
        for number, (name, box) in enumerate(zip(names, boxes, strict=True), 1)
    )


def _one(fields: Sequence[FieldSpec], *, comb: bool) -> FieldSpec:
    first, box = fields[0], _around(spec.box for spec in fields)
    kind = _joint_type(fields)
    letters = sum(max(spec.comb, 1) for spec in fields)
    all_combs = all(spec.comb for spec in fields)
    in_a_row = _share_row([spec.box for spec in fields])
    parts = tuple(part for spec in fields for part in (spec.parts or (spec.box,)))
    return replace(
        first,
        label=_joint_label(fields),
        label_box=first.label_box,
        type=FieldType.CODE if comb and kind is FieldType.TEXT else kind,
        box=box,
        order=min(spec.order for spec in fields),
        pii=any(spec.pii for spec in fields),
        required=any(spec.required for spec in fields),
        comb=letters if comb or all_combs else 0,
        options=_joint_options(fields) if kind is FieldType.CHOICE else (),
        fill_rate=max((s.fill_rate for s in fields if s.fill_rate is not None), default=None),
        cell=None,
        parts=parts if in_a_row and not comb and kind is not FieldType.CHOICE else (),
        evidence=_joint_evidence(fields, comb=comb),
    ).placed()


def _joint_type(fields: Sequence[FieldSpec]) -> FieldType:
    kinds = {spec.type for spec in fields}
    if kinds <= {FieldType.CHECKBOX, FieldType.CHOICE}:
        return FieldType.CHOICE
    words = [f"{spec.label} {spec.name}" for spec in fields]
    dated = all(any(word.search(text) for text in words) for word in _DATE_WORDS)
    if kinds <= _PART_OF_DATE and (dated or FieldType.DATE in kinds) and len(fields) <= 4:
        return FieldType.DATE
    return fields[0].type if len(kinds) == 1 else FieldType.TEXT


def _joint_label(fields: Sequence[FieldSpec]) -> str:
    labels = [spec.label for spec in fields if spec.label]
    same = takewhile(lambda letters: len(set(letters)) == 1, zip(*labels, strict=False))
    shared = "".join(letters[0] for letters in same).strip(" 　(（・:：")
    return shared if len(shared) > 1 else next(iter(labels), "")


def _joint_options(fields: Sequence[FieldSpec]) -> tuple[FieldOption, ...]:
    options: list[FieldOption] = []
    for spec in fields:
        for option in spec.options or (FieldOption(spec.label or spec.name, spec.box),):
            met = sum(each.value.split(" (")[0] == option.value for each in options)
            value = f"{option.value} ({met + 1})" if met else option.value
            options.append(FieldOption(value, option.box))
    return tuple(options)


def _joint_evidence(fields: Sequence[FieldSpec], *, comb: bool) -> tuple[FieldEvidence, ...]:
    found = {each for spec in fields for each in spec.evidence}
    if comb:
        found.add(FieldEvidence.COMB)
    # A choice is read by ticks where its options are boxes to tick.
    if all(spec.type is FieldType.CHECKBOX for spec in fields):
        found.add(FieldEvidence.SQUARE)
    return tuple(each for each in FieldEvidence if each in found)


def _rows(fields: Sequence[FieldSpec], taken: Collection[str]) -> tuple[FieldSpec, ...]:
    rows = _by_row(fields)
    columns = _columns(fields)
    if len(rows) < 2:
        raise InvalidInputError(field="name", reason="must name fields of two rows or more")
    places = {
        spec.name: (number, _column_of(spec, columns))
        for number, row in enumerate(rows, 1)
        for spec in row
    }
    if len(set(places.values())) < len(places):
        raise InvalidInputError(field="name", reason="names two fields in one row and column")
    own = {spec.name for spec in fields}
    table = _free_name("table", set(taken) - own)
    heads = _heads(fields, places, len(columns))
    made, used = [], set(taken) - own
    for row in rows:
        for spec in row:
            number, column = places[spec.name]
            name, kind, private = heads[column]
            unique = _free_name(f"{table}_{name}_{number}"[:76], used)
            used.add(unique)
            cell = TableCell(table, name, number)
            made.append(replace(spec, name=unique, type=kind, pii=private, cell=cell))
    first = min(spec.order for spec in fields)
    return tuple(replace(spec, order=first) for spec in made)


def _heads(
    fields: Sequence[FieldSpec], places: dict[str, tuple[int, int]], columns: int
) -> list[tuple[str, FieldType, bool]]:
    """Return name, type and privacy of each column: those that most of its fields have."""
    heads: list[tuple[str, FieldType, bool]] = []
    for column in range(columns):
        cells = sorted(
            (spec for spec in fields if places[spec.name][1] == column),
            key=lambda spec: places[spec.name][0],
        )
        base = cells[0].cell.column if cells[0].cell else _NUMBERED.sub("", cells[0].name)
        name = _free_name(base, {head[0] for head in heads})
        kind = Counter(spec.type for spec in cells).most_common(1)[0][0]
        heads.append((name, kind, any(spec.pii for spec in cells)))
    return heads


def _by_row(fields: Sequence[FieldSpec]) -> list[list[FieldSpec]]:
    rows: list[list[FieldSpec]] = []
    for spec in sorted(fields, key=lambda s: (s.box.center[1], s.box.x0)):
        if rows and _share_row([rows[-1][0].box, spec.box]):
            rows[-1].append(spec)
        else:
            rows.append([spec])
    return [sorted(row, key=lambda s: s.box.x0) for row in rows]


def _columns(fields: Sequence[FieldSpec]) -> list[Box]:
    columns: list[Box] = []
    for spec in sorted(fields, key=lambda s: s.box.x0):
        home = next((n for n, box in enumerate(columns) if _share_column(box, spec.box)), None)
        if home is None:
            columns.append(spec.box)
    return columns


def _column_of(spec: FieldSpec, columns: Sequence[Box]) -> int:
    return next(n for n, box in enumerate(columns) if _share_column(box, spec.box))


def _share_column(one: Box, other: Box) -> bool:
    shared = min(one.x1, other.x1) - max(one.x0, other.x0)
    return shared > _ONE_COLUMN * min(one.width, other.width)


def _share_row(boxes: Sequence[Box]) -> bool:
    """Say whether the middle of each box is as high as the first one reaches."""
    return all(boxes[0].y0 <= box.center[1] <= boxes[0].y1 for box in boxes)


def _in_order(fields: Sequence[FieldSpec]) -> list[FieldSpec]:
    return [spec for row in _by_row(fields) for spec in row]


def _around(boxes: Iterable[Box]) -> Box:
    return reduce(lambda one, other: one.union(other), boxes)


def _equal(box: Box, pieces: int) -> list[Box]:
    edges = [box.x0 + box.width * n / pieces for n in range(pieces)] + [box.x1]
    return [Box(edges[n], box.y0, edges[n + 1], box.y1) for n in range(pieces)]


def _checkboxes(spec: FieldSpec, taken: Collection[str]) -> tuple[FieldSpec, ...]:
    names = _free_names(spec.name, len(spec.options), taken)
    return tuple(
        replace(_piece(spec, name, number, option.box), label=option.value, type=FieldType.CHECKBOX)
        for number, (name, option) in enumerate(zip(names, spec.options, strict=True), 1)
    )


def _piece(spec: FieldSpec, name: str, number: int, box: Box, comb: int = 0) -> FieldSpec:
    """Return a piece of a field; nobody has measured how often it is filled."""
    options = tuple(option for option in spec.options if box.contains(*option.box.center))
    kind = spec.type if options or spec.type is not FieldType.CHOICE else FieldType.TEXT
    return replace(
        spec, name=name, label=f"{spec.label} {number}".strip(), type=kind, box=box, comb=comb,
        options=options, parts=(), cell=None, fill_rate=None, required=False,
        evidence=tuple(e for e in spec.evidence if comb or e is not FieldEvidence.COMB),
    ).placed()  # fmt: skip


def _free_names(base: str, number: int, taken: Collection[str]) -> list[str]:
    used, names = set(taken) - {base}, []
    for n in range(1, number + 1):
        name = _free_name(f"{base[:74]}_{n}", used)
        used.add(name)
        names.append(name)
    return names


def _free_name(base: str, used: Collection[str]) -> str:
    name, number = base, 2
    while name in used:
        name, number = f"{base[:76]}_{number}", number + 1
    return name
