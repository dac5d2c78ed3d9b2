"""The values of a filled form as its schema describes them: one object, tables as arrays."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from chohyo.domain.schema import tables_of
from chohyo.domain.templates import FieldSpec, FieldType
from chohyo.domain.values import Normalized, Reading

_NUMBERS = {FieldType.INTEGER, FieldType.AMOUNT, FieldType.PERCENT}


@dataclass(frozen=True, slots=True)
class Record:
    """What a filled form says.

    `values` keeps to the form's JSON Schema; what breaks its field's type is null there, named in
    `invalid`, and in `raw` as it was read, like all that was read. `masked` names what the caller
    may not see: it is null and in none of them.
    """

    values: dict[str, object]
    raw: dict[str, str]
    invalid: tuple[str, ...]
    masked: tuple[str, ...]


def record_of(
    specs: Sequence[FieldSpec], readings: Mapping[str, Reading], masked: Collection[str] = ()
) -> Record:
    """Return the record of a form whose fields were read; rows with nothing in them are left out.

    Fields without a reading are null.
    """
    shown = {name: each for name, each in readings.items() if name not in masked}
    tables = tables_of(specs)
    cells = {cell.name for table in tables.values() for cell in table}
    values: dict[str, object] = {
        spec.name: _value(spec, shown) for spec in specs if spec.name not in cells
    }
    values |= {name: _rows(table, shown) for name, table in tables.items()}
    return Record(
        values,
        raw={s.name: shown[s.name].raw for s in specs if s.name in shown and shown[s.name].raw},
        invalid=tuple(
            s.name for s in specs if s.name in shown and not _fits(s, shown[s.name])
        ),
        masked=tuple(s.name for s in specs if s.name in masked),
    )  # fmt: skip


def _rows(table: Sequence[FieldSpec], readings: Mapping[str, Reading]) -> list[dict[str, object]]:
    columns = list(dict.fromkeys(spec.cell.column for spec in table if spec.cell))
    rows: dict[int, dict[str, object]] = {}
    for spec in table:
        reading = readings.get(spec.name)
        if spec.cell is not None and reading is not None and not reading.empty:
            row = rows.setdefault(spec.cell.row, dict.fromkeys(columns))
            row[spec.cell.column] = _value(spec, readings)
    return [rows[number] for number in sorted(rows)]


def _value(spec: FieldSpec, readings: Mapping[str, Reading]) -> object:
    reading = readings.get(spec.name)
    if reading is None or not _fits(spec, reading):
        return None
    if spec.type is FieldType.IMAGE:
        return not reading.empty
    if spec.type is FieldType.CHECKBOX:
        return bool(reading.normalized)
    return None if reading.empty else reading.normalized


def _fits(spec: FieldSpec, reading: Reading) -> bool:
    """Say whether a reading is one that the schema of its field allows."""
    if spec.type in {FieldType.IMAGE, FieldType.CHECKBOX} or reading.empty:
        return True
    return reading.valid and _is_of_type(spec, reading.normalized)


def _is_of_type(spec: FieldSpec, value: Normalized) -> bool:
    if value is None:
        return True
    if spec.type in _NUMBERS:
        whole = spec.type is FieldType.INTEGER
        return isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    if not isinstance(value, str):
        return False
    return not spec.choices or value in spec.choices
