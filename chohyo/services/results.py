"""Results out: values as JSON, and CSV with one row a form instance."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from uuid import UUID

from chohyo.domain.access import Caller
from chohyo.domain.templates import TemplateVersion
from chohyo.domain.values import Normalized
from chohyo.services.runtime import Runtime
from chohyo.services.templates import get_version
from chohyo.services.values import FieldValue, InstanceView, views_of_version

_FIXED = ["document_id", "filename", "instance_id", "first_page", "missing_pages"]
# A cell that begins like this is run as a formula by spreadsheets.
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r")


def csv_rows(runtime: Runtime, caller: Caller, version_id: UUID) -> Iterator[str]:
    """Yield a version's values as CSV lines: a header, then one row a form instance.

    Begins with a byte order mark, without which Excel shows Japanese as garbage.
    """
    version = get_version(runtime, caller, version_id)
    return _lines(runtime, caller, version)


def _lines(runtime: Runtime, caller: Caller, version: TemplateVersion) -> Iterator[str]:
    names = [field.spec.name for field in version.fields]
    yield "\ufeff" + _line([*_FIXED, *names])
    for view in views_of_version(runtime, caller, version):
        yield _line(_row(view, names))


def _row(view: InstanceView, names: list[str]) -> list[str]:
    cells = {each.field.spec.name: _cell(each) for each in view.values}
    instance = view.instance
    fixed = [
        str(view.document.id),
        _harmless(view.document.filename),
        str(instance.id),
        str(instance.first_page_no),
        " ".join(str(number) for number in instance.missing_pages),
    ]
    return [*fixed, *(cells.get(name, "") for name in names)]


def _cell(each: FieldValue) -> str:
    reading = each.value.reading
    if reading.empty:
        return ""
    value = reading.normalized if reading.valid else reading.raw
    return _text(value) if isinstance(value, bool | int | float) else _harmless(_text(value))


def _text(value: Normalized) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _harmless(text: str) -> str:
    return "'" + text if text.startswith(_FORMULA_START) else text


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
