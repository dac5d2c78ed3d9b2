"""`chohyo migrate`: prepare or upgrade the user's own PostgreSQL."""

from __future__ import annotations

from typing import Annotated

import psycopg
import typer

from agent.checkpoints import prepare
from chohyo.errors import InvalidInputError, UnavailableError
from chohyo.storage.migrations import migrate as apply
from cli.desk import open_terminal, read_settings
from cli.options import AsJson, DataDir


def migrate(
    owner_url: Annotated[
        str | None,
        typer.Option(help="Role that owns the tables; else CHOHYO_DATABASE__OWNER_URL."),
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make or upgrade the tables in the PostgreSQL that DATABASE_URL names."""
    settings, terminal = read_settings(data_dir), open_terminal(data_dir, as_json=as_json)
    if settings.database_url is None:
        reason = "is not set; `chohyo up` prepares the embedded database by itself"
        raise InvalidInputError(field="DATABASE_URL", reason=reason)
    configured = settings.database.owner_url
    owner = owner_url or (configured.get_secret_value() if configured else None)
    if owner is None:
        raise InvalidInputError(field="--owner-url", reason="is missing")
    try:
        applied = apply(owner, settings.database_url.get_secret_value())
        prepare(owner)
    except psycopg.OperationalError as error:
        raise UnavailableError(part="PostgreSQL") from error
    terminal.result({"applied": applied})
    terminal.say("Migrations applied: {n}", n=len(applied))
