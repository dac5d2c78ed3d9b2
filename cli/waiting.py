"""Wait, by looking again and again, until the workers have done what was asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from uuid import UUID

from chohyo.domain.documents import Document, DocumentState
from chohyo.domain.proposals import DiscoveryRun, Proposal, ProposalState, RunState
from chohyo.services import discovery, documents, proposals
from cli.desk import Desk
from cli.errors import StillWorkingError

_LOOK_SECONDS = 0.5


def until(done: Callable[[], bool], timeout: float) -> None:
    """Look until `done` says so.

    Raises:
        StillWorkingError: it does not within the timeout (seconds).
    """
    deadline = time.monotonic() + timeout
    while not done():
        if time.monotonic() > deadline:
            raise StillWorkingError(seconds=round(timeout))
        time.sleep(_LOOK_SECONDS)


def await_documents(desk: Desk, ids: Sequence[UUID], timeout: float) -> list[Document]:
    """Wait until the documents are done or failed; show how many are."""
    waiting, finished = list(ids), list[Document]()
    with desk.terminal.progress() as progress:
        task = progress.add_task(desk.terminal.text("Processing"), total=len(waiting))

        def look() -> bool:
            for document in [_document(desk, each) for each in waiting]:
                if document.state in (DocumentState.DONE, DocumentState.FAILED):
                    waiting.remove(document.id)
                    finished.append(document)
            progress.update(task, completed=len(finished))
            return not waiting

        until(look, timeout)
    return finished


def await_run(desk: Desk, run_id: UUID, timeout: float) -> tuple[DiscoveryRun, list[Proposal]]:
    """Wait until a discovery run is over and its proposals are drafted; show how many are."""
    with desk.terminal.progress() as progress:
        task = progress.add_task(desk.terminal.text("Looking for form types"), total=None)

        def look() -> bool:
            run = discovery.get_run(desk.runtime, desk.caller, run_id)
            if run.state not in (RunState.DONE, RunState.FAILED):
                return False
            found = _proposals(desk, run_id)
            drafted = [each for each in found if each.state is not ProposalState.DRAFTING]
            progress.update(task, total=len(found), completed=len(drafted))
            return len(drafted) == len(found)

        until(look, timeout)
    return discovery.get_run(desk.runtime, desk.caller, run_id), _proposals(desk, run_id)


def _document(desk: Desk, document_id: UUID) -> Document:
    return documents.get_document(desk.runtime, desk.caller, document_id).document


def _proposals(desk: Desk, run_id: UUID) -> list[Proposal]:
    found = proposals.list_proposals(desk.runtime, desk.caller, list(ProposalState), limit=1000)
    return [each for each in found if each.run_id == run_id]
