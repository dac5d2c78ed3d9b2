"""A form's schema as the source text of a Pydantic model.

Names and labels are what somebody printed or typed: nothing of them gets into the source but as an
identifier of lower-case ASCII or as a string literal.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Collection, Sequence

from chohyo.domain.schema import FormSchema, Titles, tables_of, titles_of
from chohyo.domain.templates import FieldSpec, FieldType

_HEAD = '''"""Values of a form, as exported by chohyo."""

import datetime as _datetime
from typing import Annotated as _Annotated, Literal as _Literal

import pydantic as _pydantic


class _Part(_pydantic.BaseModel):
    model_config = _pydantic.ConfigDict(
        extra="forbid", populate_by_name=True, protected_namespaces=()
    )
'''
_TEXT = "str | None"
_TYPES = {
    FieldType.INTEGER: "int | None",
    FieldType.AMOUNT: "int | float | None",
    FieldType.PERCENT: "int | float | None",
    FieldType.DATE: "_datetime.date | None",
    FieldType.TIME: (
        '_Annotated[str, _pydantic.StringConstraints(pattern="^[0-2][0-9]:[0-5][0-9]$")] | None'
    ),
    FieldType.CHECKBOX: "bool | None",
    FieldType.IMAGE: "bool | None",
}
# What a class body or the base class has already.
_TAKEN = {
    *keyword.kwlist, *keyword.softkwlist, *dir(builtins),
    *("construct", "copy", "dict", "from_orm", "json", "parse_file", "parse_obj", "parse_raw"),
    *("schema", "schema_json", "update_forward_refs", "validate"),
}  # fmt: skip
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")


def pydantic_source(form: FormSchema, titles: Titles, class_name: str = "Form") -> str:
    """Return the source of a module with a Pydantic model of a form's values.

    The model has the name `class_name` where that is an identifier, and takes what `record_of`
    gives. Labels become titles.
    """
    specs = sorted(form.fields, key=lambda spec: (spec.order, spec.name))
    tables = tables_of(specs)
    names = _Names()
    whole = names.of_class(class_name)
    rows = {name: names.of_class(f"{name}_row") for name in tables}
    classes = [_class(rows[name], _columns(cells, titles)) for name, cells in tables.items()]
    lines = _Lines()
    for spec in specs:
        table = next((name for name, cells in tables.items() if spec in cells), None)
        if table is None:
            lines.add(spec.name, _type(spec), _arguments(spec, titles), required=spec.required)
        elif table not in lines.known:
            most = max(cell.cell.row for cell in tables[table] if cell.cell)
            lines.add(table, f"list[{rows[table]}]", [f"max_length={most}"], required=True)
    return "\n\n".join([_HEAD, *classes, _class(whole, lines.lines)])


def _columns(cells: Sequence[FieldSpec], titles: Titles) -> list[str]:
    lines = _Lines()
    for spec in cells:
        if spec.cell is not None and spec.cell.column not in lines.known:
            column = [s for s in cells if s.cell and s.cell.column == spec.cell.column]
            lines.add(spec.cell.column, _column_type(column), _arguments(spec, titles))
    return lines.lines


def _column_type(column: Sequence[FieldSpec]) -> str:
    """Return the type of a column, whose cells may differ after somebody's edit."""
    return " | ".join(dict.fromkeys(_type(spec) for spec in column))


def _class(name: str, lines: Sequence[str]) -> str:
    return "\n".join([f"class {name}(_Part):", *(f"    {line}" for line in lines or ["pass"]), ""])


def _type(spec: FieldSpec) -> str:
    if spec.choices:
        values = ", ".join(map(repr, spec.choices))
        return f"_Literal[{values}] | None"
    return _TYPES.get(spec.type, _TEXT)


def _arguments(spec: FieldSpec, titles: Titles) -> list[str]:
    told = titles_of(spec, titles)
    return [
        f"title={spec.label!r}",
        f"description={' / '.join(dict.fromkeys(t.text for t in told.values() if t.text))!r}",
    ]


class _Lines:
    """The lines of a class body: one attribute each."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.known: set[str] = set()
        self._used: set[str] = set()

    def add(self, name: str, type: str, arguments: list[str], *, required: bool = False) -> None:
        """Add an attribute; where its name can be none, it gets another and an alias."""
        self.known.add(name)
        attribute = _identifier(name, self._used)
        self._used.add(attribute)
        default = [] if required else ["default=None"]
        alias = [] if attribute == name else [f"alias={name!r}"]
        given = ", ".join([*default, *alias, *arguments])
        self.lines.append(f"{attribute}: {type} = _pydantic.Field({given})")


class _Names:
    """Gives each class a name of its own."""

    def __init__(self) -> None:
        self._used: set[str] = set()

    def of_class(self, name: str) -> str:
        """Return a name in capitals for what is called so."""
        words = re.findall("[a-z0-9]+", name.lower()) if name.isascii() else []
        told = "".join(word.capitalize() for word in words)
        plain = told if re.fullmatch("[A-Z][A-Za-z0-9]*", told) else "Form"
        free, number = plain, 2
        while free in self._used or free in _TAKEN:
            free, number = f"{plain}{number}", number + 1
        self._used.add(free)
        return free


def _identifier(name: str, used: Collection[str]) -> str:
    plain = name if _IDENTIFIER.fullmatch(name) else "field"
    while plain in used or plain in _TAKEN or plain.startswith("model_"):
        plain = f"field_{plain}" if plain.startswith("model_") else f"{plain}_"
    return plain
