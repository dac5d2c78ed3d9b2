"""`chohyo collections`: sets of documents and templates with their own permissions."""

from __future__ import annotations

from typing import Annotated

import typer

from chohyo.services import access
from chohyo.services import collections as services
from cli.desk import open_desk
from cli.directory import collection_named
from cli.options import AsJson, DataDir

app = typer.Typer(
    help="Sets of documents and templates with their own permissions.", no_args_is_help=True
)


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Name of the new collection.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Add a collection; the administrator administers it."""
    with open_desk(data_dir, as_json=as_json) as desk:
        collection = services.add_collection(desk.runtime, desk.caller, name)
        desk.terminal.result(collection)
        desk.terminal.say("Added: {name}", name=collection.name)


@app.command("list")
def list_all(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the collections, oldest first."""
    with open_desk(data_dir, as_json=as_json) as desk:
        found = access.my_collections(desk.runtime, desk.caller)
        desk.terminal.result(found)
        desk.terminal.table(["Id", "Name"], [[each.id, each.name] for each in found])


@app.command()
def rename(
    name: Annotated[str, typer.Argument(help="The collection's name.")],
    new_name: Annotated[str, typer.Argument(help="What to call it from now on.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Give a collection another name."""
    with open_desk(data_dir, as_json=as_json) as desk:
        collection_id = collection_named(desk, name)
        renamed = services.rename_collection(desk.runtime, desk.caller, collection_id, new_name)
        desk.terminal.result(renamed)
        desk.terminal.say("Renamed: {name}", name=renamed.name)
