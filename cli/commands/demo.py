"""`chohyo demo`: the whole way, on a pile of forms drawn here."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser
from typing import Annotated

import typer

from chohyo.domain.proposals import DiscoveryRun, Proposal
from chohyo.services.discovery import start_run
from cli.commands.ingest import ingest_files, report
from cli.commands.persons import login_url
from cli.commands.proposals import show
from cli.commands.up import Port, Workers, chosen_settings, running_desk
from cli.desk import Desk
from cli.options import AsJson, DataDir, Timeout
from cli.waiting import await_documents, await_run
from eval.forms import sample_pile


def demo(
    copies: Annotated[int, typer.Option(min=2, max=20, help="Copies of each form type.")] = 5,
    exit_when_ready: Annotated[
        bool, typer.Option("--exit-when-ready", help="Stop once the proposals are there.")
    ] = False,
    browser: Annotated[
        bool, typer.Option("--open", help="Open the console in a browser, if there is a screen.")
    ] = False,
    timeout: Timeout = 3600,
    port: Port = None,
    workers: Workers = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Start chohyo, take a sample pile in, and find the form types in it."""
    settings = chosen_settings(data_dir, port, workers)
    with running_desk(settings, as_json=as_json) as desk:
        link = login_url(desk)
        desk.terminal.note("The console is open already: {url}", url=link)
        if browser and _has_screen():
            webbrowser.open(login_url(desk))  # a link of its own: each works once
        run, found = _find_form_types(desk, copies, timeout)
        desk.terminal.result({"url": desk.url, "login_url": link, "run": run, "proposals": found})
        show(desk, found)
        desk.terminal.say("Look at them and approve them here:")
        desk.terminal.say("  {url}", url=f"{desk.url}/proposals")
        if not exit_when_ready:
            desk.terminal.say("Stop with Ctrl-C.")
            threading.Event().wait()


def _has_screen() -> bool:
    # Without one, webbrowser would start a text browser in this terminal.
    return sys.platform == "darwin" or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))


def _find_form_types(
    desk: Desk, copies: int, timeout: float
) -> tuple[DiscoveryRun, list[Proposal]]:
    desk.terminal.note("Drawing sample forms …")
    files = sample_pile(desk.settings.data_dir / "sample", copies=copies)
    summary = ingest_files(desk, files)
    report(desk, summary)
    taken = [*summary.accepted, *summary.duplicates]
    await_documents(desk, [each.document_id for each in taken], timeout)
    run = start_run(desk.runtime, desk.caller, desk.collection_id)
    return await_run(desk, run.id, timeout)
