"""`chohyo audit`: the record of who did what."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import typer

from chohyo.domain.audit import AuditEntry
from chohyo.services.audit import list_entries, verify_chain
from cli.desk import Desk, open_desk
from cli.options import AsJson, DataDir, Limit

app = typer.Typer(help="The record of who did what.", no_args_is_help=True)
_BROKEN_EXIT_CODE = 9


@app.command()
def verify(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Recompute the chain; fails when an entry was changed or removed."""
    with open_desk(data_dir, as_json=as_json) as desk:
        report = verify_chain(desk.runtime)
        desk.terminal.result(report)
        if report.intact:
            desk.terminal.say("The audit is whole: {n} entries.", n=report.entries)
        else:
            desk.terminal.say("The audit was changed at entry {n}.", n=report.broken_at)
    if not report.intact:
        raise typer.Exit(_BROKEN_EXIT_CODE)


@app.command("list")
def list_newest(
    limit: Limit = 50,
    object_id: Annotated[UUID | None, typer.Option("--object", help="Only about this id.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List audit entries, newest first."""
    with open_desk(data_dir, as_json=as_json) as desk:
        found = list_entries(desk.runtime, desk.caller, object_id=object_id, limit=limit)
        desk.terminal.result(found)
        rows = [_row(desk, each) for each in found]
        desk.terminal.table(["No.", "At", "Who", "What", "On", "Reason"], rows)


def _row(desk: Desk, entry: AuditEntry) -> list[object]:
    zone = ZoneInfo(desk.settings.timezone)
    who = f"{desk.terminal.label('actor_kind', entry.actor.kind)} {entry.actor.id}"
    return [
        entry.seq,
        entry.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"),
        who,
        desk.terminal.label("action", entry.action),
        f"{desk.terminal.label('object_kind', entry.object_kind)} {entry.object_id}",
        entry.reason,
    ]
