"""`chohyo templates`: the form types known so far, their schemas out and in."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from chohyo.errors import InvalidInputError
from chohyo.services import exports, schemas
from chohyo.services.exports import LabelTool
from chohyo.services.templates import FamilyView, get_version, list_families
from cli.desk import Desk, open_desk
from cli.options import AsJson, DataDir, Limit

app = typer.Typer(help="The form types known so far, and their schemas.", no_args_is_help=False)


class SchemaFormat(StrEnum):
    """What a schema is written as."""

    JSON_SCHEMA = "json-schema"
    PYDANTIC = "pydantic"
    LABEL_STUDIO = "label-studio"
    AZURE = "azure"


@app.callback(invoke_without_command=True)
def templates(
    context: typer.Context,
    limit: Limit = 100,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List form types with their versions, when no action is named."""
    if context.invoked_subcommand is None:
        list_known(limit=limit, data_dir=data_dir, as_json=as_json)


@app.command("list")
def list_known(limit: Limit = 100, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List form types with their versions, fields and routed pages."""
    with open_desk(data_dir, as_json=as_json) as desk:
        found = list_families(desk.runtime, desk.caller, limit=limit)
        desk.terminal.result(found)
        rows = [row for view in found for row in _rows(view)]
        desk.terminal.table(["Form type", "Version", "Version id", "Fields", "Pages"], rows)


@app.command("export-schema")
def export_schema(
    template_id: Annotated[
        UUID, typer.Argument(help="Id of a template version, or with --proposal of a proposal.")
    ],
    format: Annotated[
        SchemaFormat, typer.Option(help="The labelling tools get a ZIP file with the pages read.")
    ] = SchemaFormat.JSON_SCHEMA,
    proposal: Annotated[bool, typer.Option("--proposal", help="The id is a proposal's.")] = False,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Write a schema, or the pages read by it for a labelling tool."""
    if proposal and format is not SchemaFormat.JSON_SCHEMA:
        raise InvalidInputError(field="--format", reason="needs a published version")
    with open_desk(data_dir, as_json=as_json) as desk:
        _write(_exported(desk, template_id, format, proposal=proposal), output)
        if output is not None:
            desk.terminal.note("Written: {path}", path=output)


@app.command("import-schema")
def import_schema(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A JSON Schema.")],
    version: Annotated[
        UUID | None, typer.Option(help="Version whose print gets a new version with this schema.")
    ] = None,
    proposal: Annotated[
        UUID | None, typer.Option(help="Waiting proposal whose fields are replaced.")
    ] = None,
    label: Annotated[str, typer.Option(help="Of the new version; else the file's.")] = "",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Take the fields of a schema file into a proposal, or into a new version."""
    if (version is None) == (proposal is None):
        raise InvalidInputError(field="--version, --proposal", reason="name one of them")
    data = file.read_bytes()
    with open_desk(data_dir, as_json=as_json) as desk:
        if proposal is not None:
            changed, _, _ = schemas.replace_fields(desk.runtime, desk.caller, proposal, data)
            desk.terminal.result(changed)
            desk.terminal.say("The proposal has the fields of the file.")
        elif version is not None:
            added = schemas.add_version(desk.runtime, desk.caller, version, data, label)
            desk.terminal.result(get_version(desk.runtime, desk.caller, added))
            desk.terminal.say("Published as a new version: {id}", id=added)


def _exported(
    desk: Desk, template_id: UUID, format: SchemaFormat, *, proposal: bool
) -> Iterable[bytes]:
    if format is SchemaFormat.PYDANTIC:
        return [exports.model_source(desk.runtime, desk.caller, template_id).encode()]
    if format is SchemaFormat.JSON_SCHEMA:
        read = schemas.get_proposed if proposal else schemas.get_schema
        schema = read(desk.runtime, desk.caller, template_id)
        return [(json.dumps(schema, ensure_ascii=False, indent=2) + "\n").encode()]
    return exports.label_bundle(
        desk.runtime, desk.caller, template_id, LabelTool(format.value), exports.MOST_PAGES
    )


def _write(pieces: Iterable[bytes], output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.writelines(pieces)
        sys.stdout.buffer.flush()
        return
    with output.open("wb") as file:
        file.writelines(pieces)


def _rows(view: FamilyView) -> list[list[object]]:
    return [
        [
            view.family.name,
            version.label,
            version.id,
            len(version.fields),
            view.page_counts.get(version.id, 0),
        ]
        for version in view.versions
    ]
