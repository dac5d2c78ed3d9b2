"""The `chohyo` command."""

from __future__ import annotations

import sys
from importlib.metadata import version as installed_version
from typing import Annotated

import typer

from chohyo.errors import ChohyoError
from cli.commands import (
    audit,
    collections,
    evaluate,
    forms,
    keys,
    models,
    persons,
    proposals,
    purge,
    spaces,
    templates,
    webhooks,
)
from cli.commands.ask import ask, summary
from cli.commands.calibrate import calibrate
from cli.commands.demo import demo
from cli.commands.discover import discover
from cli.commands.documents import documents
from cli.commands.export import export
from cli.commands.ingest import ingest
from cli.commands.migrate import migrate
from cli.commands.reindex import reindex
from cli.commands.search import search
from cli.commands.status import status
from cli.commands.train import train
from cli.commands.up import up
from cli.commands.watch import watch
from cli.desk import open_terminal

app = typer.Typer(
    help="Find the form types in a pile of scans, and read them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for command in (
    up,
    demo,
    ingest,
    watch,
    status,
    discover,
    search,
    ask,
    summary,
    reindex,
    documents,
    export,
    migrate,
    calibrate,
    train,
):
    app.command()(command)
app.command()(persons.login)
app.add_typer(proposals.app, name="proposals")
app.add_typer(templates.app, name="templates")
app.add_typer(audit.app, name="audit")
app.add_typer(keys.app, name="keys")
app.add_typer(persons.app, name="persons")
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(collections.app, name="collections")
app.add_typer(models.app, name="models")
app.add_typer(purge.app, name="purge")
app.add_typer(spaces.app, name="spaces")
forms.app.add_typer(evaluate.app)
app.add_typer(forms.app, name="eval")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"chohyo {installed_version('chohyo')}")
        raise typer.Exit


@app.callback()
def chohyo(
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version."),
    ] = False,
) -> None:
    """Find the form types in a pile of scans, and read them."""


def run() -> None:
    """Run the command line; errors become a sentence and an exit code."""
    try:
        app()
    except ChohyoError as error:
        open_terminal(None, as_json="--json" in sys.argv).error(error)
        sys.exit(error.exit_code)
