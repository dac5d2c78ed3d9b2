"""`chohyo purge`: forget documents, and say how long they are kept."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from chohyo.services import forgetting, retention
from chohyo.services.retention import MAX_DAYS
from cli.desk import open_desk
from cli.directory import collection_named
from cli.options import AsJson, CollectionName, DataDir, Limit

app = typer.Typer(help="Forget documents, and say how long they are kept.", no_args_is_help=True)


@app.command()
def documents(
    document_ids: Annotated[list[UUID], typer.Argument(help="Ids of the documents.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Forget documents for good: files, images, text, vectors, values."""
    with open_desk(data_dir, as_json=as_json) as desk:
        gone = [forgetting.forget(desk.runtime, desk.caller, each) for each in document_ids]
        desk.terminal.result(gone)
        rows = [[each.document_id, each.pages, each.proposals, each.versions] for each in gone]
        desk.terminal.table(["Id", "Pages", "Proposals", "Versions"], rows)


@app.command()
def due(
    within: Annotated[int, typer.Option(min=0, max=MAX_DAYS, help="Within so many days.")] = 0,
    limit: Limit = 50,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List the documents that go next; those on hold stay."""
    with open_desk(data_dir, as_json=as_json) as desk:
        found = retention.list_due(desk.runtime, desk.caller, within_days=within, limit=limit)
        desk.terminal.result(found)
        rows = [[each.id, each.filename, each.due_at, each.hold_reason] for each in found]
        desk.terminal.table(["Id", "File", "Goes at", "On hold because"], rows)


@app.command()
def now(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Forget the documents whose time is over, without waiting for the schedule."""
    with open_desk(data_dir, as_json=as_json) as desk:
        forgotten = retention.tidy(desk.runtime)
        desk.terminal.result({"forgotten": forgotten})
        desk.terminal.say("{n} forgotten.", n=forgotten)


@app.command()
def rule(
    days: Annotated[int, typer.Argument(min=1, max=MAX_DAYS, help="Days to keep documents.")],
    family: Annotated[
        UUID | None, typer.Option(help="Id of a form type; all others when left out.")
    ] = None,
    collection: CollectionName = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Say how long documents are kept."""
    with open_desk(data_dir, as_json=as_json) as desk:
        where = collection_named(desk, collection)
        made = retention.set_rule(desk.runtime, desk.caller, where, family, days)
        desk.terminal.result(made)
        desk.terminal.say("Kept for {days} days.", days=made.days)


@app.command()
def rules(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List how long documents are kept."""
    with open_desk(data_dir, as_json=as_json) as desk:
        found = retention.list_rules(desk.runtime, desk.caller)
        desk.terminal.result(found)
        rows = [[each.id, each.collection_id, each.family_id, each.days] for each in found]
        desk.terminal.table(["Id", "Collection", "Form type", "Days"], rows)


@app.command("remove-rule")
def remove_rule(
    rule_id: Annotated[UUID, typer.Argument(help="Id of the rule.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Keep a rule's documents until somebody forgets them."""
    with open_desk(data_dir, as_json=as_json) as desk:
        retention.remove_rule(desk.runtime, desk.caller, rule_id)
        desk.terminal.result({"removed": rule_id})
        desk.terminal.say("Removed: {id}", id=rule_id)
