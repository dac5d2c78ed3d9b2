"""`chohyo discover`: look for form types among the pages nobody knows."""

from __future__ import annotations

from chohyo.services.discovery import start_run
from cli.commands.proposals import show
from cli.desk import open_desk
from cli.options import AsJson, DataDir, Timeout, Wait
from cli.waiting import await_run


def discover(
    wait: Wait = False, timeout: Timeout = 3600, data_dir: DataDir = None, as_json: AsJson = False
) -> None:
    """Look for form types among the unknown pages."""
    with open_desk(data_dir, as_json=as_json) as desk:
        run = start_run(desk.runtime, desk.caller, desk.collection_id)
        if not wait:
            desk.terminal.result(run)
            desk.terminal.say("Discovery run {id} is asked for.", id=run.id)
            return
        run, found = await_run(desk, run.id, timeout)
        desk.terminal.result({"run": run, "proposals": found})
        show(desk, found)
