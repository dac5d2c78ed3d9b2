"""`chohyo export`: a version's values as CSV or JSON, or its schema."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TextIO
from uuid import UUID

import typer
from pydantic_core import to_json

from chohyo.services.exports import model_source, record_lines
from chohyo.services.results import csv_rows
from chohyo.services.schemas import get_schema
from chohyo.services.templates import get_version
from chohyo.services.values import InstanceView, views_of_version
from cli.desk import Desk, open_desk
from cli.options import AsJson, DataDir


class Format(StrEnum):
    """What an export looks like."""

    CSV = "csv"
    JSON = "json"
    RECORDS = "records"
    SCHEMA = "schema"
    PYDANTIC = "pydantic"


def export(
    version_id: Annotated[UUID, typer.Argument(help="Id of the template version.")],
    format: Annotated[
        Format,
        typer.Option(help="CSV, JSON, records by the JSON Schema, the schema, or Pydantic."),
    ] = Format.CSV,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Write a version's values, one form instance a row, or its schema."""
    chosen = Format.JSON if as_json and format is Format.CSV else format
    with open_desk(data_dir, as_json=as_json) as desk, _opened(output) as file:
        for piece in _pieces(desk, version_id, chosen):
            file.write(piece)
        if output is not None:
            desk.terminal.note("Written: {path}", path=output)


def _pieces(desk: Desk, version_id: UUID, format: Format) -> Iterator[str]:
    if format is Format.CSV:
        return csv_rows(desk.runtime, desk.caller, version_id)
    if format is Format.RECORDS:
        return record_lines(desk.runtime, desk.caller, version_id)
    if format is Format.PYDANTIC:
        return iter([model_source(desk.runtime, desk.caller, version_id)])
    if format is Format.SCHEMA:
        return iter([_json(get_schema(desk.runtime, desk.caller, version_id))])
    version = get_version(desk.runtime, desk.caller, version_id)
    views = views_of_version(desk.runtime, desk.caller, version)
    return iter([_json([_plain(view) for view in views])])


def _plain(view: InstanceView) -> dict[str, object]:
    return {
        "document_id": view.document.id,
        "filename": view.document.filename,
        "instance_id": view.instance.id,
        "first_page": view.instance.first_page_no,
        "missing_pages": view.instance.missing_pages,
        "values": {
            each.field.spec.name: {
                "value": each.value.reading.normalized,
                "raw": each.value.reading.raw,
                "confidence": each.value.reading.confidence,
                "valid": each.value.reading.valid,
                "empty": each.value.reading.empty,
            }
            for each in view.values
        },
    }


def _json(value: object) -> str:
    return to_json(value, indent=2).decode() + "\n"


@contextlib.contextmanager
def _opened(output: Path | None) -> Iterator[TextIO]:
    if output is None:
        yield sys.stdout
        return
    # CSV brings its own line ends.
    with output.open("w", encoding="utf-8", newline="") as file:
        yield file
