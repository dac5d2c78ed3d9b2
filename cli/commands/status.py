"""`chohyo status`: how the installation is doing."""

from __future__ import annotations

from chohyo.services.status import status as read_status
from cli.commands.spaces import tell_disagreements
from cli.desk import open_desk
from cli.options import AsJson, DataDir


def status(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Show what is done, what waits for a person, and what is still to do."""
    with open_desk(data_dir, as_json=as_json) as desk:
        found = read_status(desk.runtime, desk.caller)
        terminal = desk.terminal
        terminal.result({"url": desk.url, "status": found})
        terminal.say("Console: {url}", url=desk.url)
        files = [(terminal.label("document_state", k), n) for k, n in found.documents.items()]
        terminal.table(["Documents", "Number"], files)
        pages = [(terminal.label("page_state", k), n) for k, n in found.pages.items()]
        terminal.table(["Pages", "Number"], pages)
        work = [(terminal.label("work_kind", k), n) for k, n in found.pending_work.items()]
        terminal.table(["Still to do", "Number"], work)
        terminal.say("Proposals waiting for approval: {n}", n=found.waiting_proposals)
        tell_disagreements(desk)
