"""What cannot be done ends with its reason, and everything else goes on."""

from __future__ import annotations

import importlib
import signal

import pytest

from chohyo.domain.documents import DocumentState, PageState
from chohyo.domain.proposals import ProposalState, RunState
from chohyo.errors import ConflictError
from chohyo.services import discovery, documents, drafting, processing, proposals
from chohyo.storage.work import WorkKind
from tests.integration.faults.conftest import Shift

BROKEN = "the third page is never right"


def _break(monkeypatch, target: str, wrong) -> list[object]:
    """Make a function raise where `wrong` says so; return the calls that did."""
    module_name, _, name = target.partition(":")
    module = importlib.import_module(module_name)
    intact, raised = getattr(module, name), []

    def breaking(*args, **kwargs):
        if wrong(*args):
            raised.append(args)
            raise RuntimeError(BROKEN)
        return intact(*args, **kwargs)

    monkeypatch.setattr(module, name, breaking)
    return raised


def _states(shift: Shift, document_id) -> list[PageState]:
    return [page.state for page in processing.load_document(shift.runtime, document_id)[1]]


@pytest.mark.parametrize(
    "step",
    [
        "embedding:store_vectors", "processing:nearest_templates", "processing:record_match",
        "processing:store_readings",
    ],
)  # fmt: skip
def test_a_page_that_cannot_be_done_fails_alone(shift, letter, monkeypatch, step):
    document = shift.add(letter)
    page_ids: list[object] = []

    def on_first_page(*args) -> bool:
        if not page_ids:
            page_ids.append(processing.load_document(shift.runtime, document.id)[1][0].id)
        flat = [each for arg in args for each in (arg if isinstance(arg, list) else [arg])]
        named = (getattr(arg, "page_id", getattr(arg, "id", arg)) for arg in flat)
        return page_ids[0] in list(named)

    raised = _break(monkeypatch, f"chohyo.services.{step}", on_first_page)
    shift.work()

    stored, pages = processing.load_document(shift.runtime, document.id)
    assert [page.state for page in pages] == [PageState.FAILED, PageState.READ]
    assert pages[0].failure.code == "internal"
    assert BROKEN not in str(pages[0].failure.params)
    assert stored.state is DocumentState.DONE
    # Pages are embedded together first, and one by one when that fails.
    assert len(raised) == 3 + (step == "embedding:store_vectors")

    monkeypatch.undo()
    documents.retry(shift.runtime, shift.admin, document.id)
    shift.work()
    assert _states(shift, document.id) == [PageState.READ, PageState.READ]


def test_a_page_that_kills_its_worker_each_time_fails_alone(shift, letter):
    document = shift.add(letter)
    most = shift.workshop.settings.work.max_attempts
    for _ in range(most + 1):  # the first one stores the pages, so it does not count
        ended = shift.die(WorkKind.DOCUMENT, document.id, "agent.document.graph:rerank")
        assert ended == -signal.SIGKILL
    shift.sweep()

    stored, pages = processing.load_document(shift.runtime, document.id)
    assert [page.state for page in pages] == [PageState.FAILED, PageState.READ]
    assert pages[0].failure.code == "worker-died"
    assert stored.state is DocumentState.DONE


def test_a_failed_page_that_a_person_routed_is_only_read_again(shift, letter):
    document = shift.add(letter)
    shift.work()
    _, (page, _) = processing.load_document(shift.runtime, document.id)
    shift.sql(
        "UPDATE page SET state = 'failed', failure_code = 'internal', failure_params = '{}'"
        " WHERE id = %s",
        page.id,
    )
    documents.retry(shift.runtime, shift.admin, document.id)
    assert _states(shift, document.id)[0] is PageState.ROUTED


def test_a_document_that_cannot_be_split_fails_with_its_reason(shift, letter):
    document = shift.add(letter)
    (shift.blobs / document.blob[:2] / document.blob).rename(shift.blobs / "away")
    try:
        shift.work()
    finally:
        (shift.blobs / "away").rename(shift.blobs / document.blob[:2] / document.blob)

    failed, _ = processing.load_document(shift.runtime, document.id)
    assert (failed.state, failed.failure.code) == (DocumentState.FAILED, "not-found")

    documents.retry(shift.runtime, shift.admin, document.id)
    shift.work()
    assert _states(shift, document.id) == [PageState.READ, PageState.READ]


def test_a_run_that_fails_says_why_and_another_one_does_its_work(shift, monkeypatch):
    run = discovery.start_run(shift.runtime, shift.admin, shift.collection.id)
    _break(monkeypatch, "chohyo.services.pool:gather", lambda *_: True)
    for _ in range(shift.workshop.settings.work.max_attempts):
        shift.sweep()

    failed = discovery.get_run(shift.runtime, shift.admin, run.id)
    assert (failed.state, failed.failure.code) == (RunState.FAILED, "internal")
    assert shift.sql("SELECT * FROM work WHERE kind <> 'index'") == []

    monkeypatch.undo()
    again = discovery.start_run(shift.runtime, shift.admin, shift.collection.id)
    shift.work()
    assert discovery.get_run(shift.runtime, shift.admin, again.id).proposal_count == 1


@pytest.mark.parametrize(("step", "decided"), [("store_draft", False), ("publish", True)])
def test_a_proposal_that_fails_is_taken_up_where_it_was(shift, monkeypatch, step, decided):
    module = "publishing" if decided else "drafting"
    discovery.start_run(shift.runtime, shift.admin, shift.collection.id)
    if decided:
        shift.work()
        (waiting,) = proposals.list_proposals(shift.runtime, shift.admin)
        proposals.approve(shift.runtime, shift.admin, waiting.id)
    _break(monkeypatch, f"chohyo.services.{module}:{step}", lambda *_: True)
    for _ in range(shift.workshop.settings.work.max_attempts):
        shift.sweep()
    (failed,) = proposals.list_proposals(shift.runtime, shift.admin, [ProposalState.FAILED])
    assert failed.failure.code == "internal"
    assert failed.reason is None

    monkeypatch.undo()
    proposals.retry(shift.runtime, shift.admin, failed.id)
    shift.work()

    proposal, _ = drafting.load_proposal(shift.runtime, failed.id)
    assert proposal.state is (ProposalState.PUBLISHED if decided else ProposalState.WAITING)
    assert proposal.failure is None
    with pytest.raises(ConflictError):
        proposals.retry(shift.runtime, shift.admin, failed.id)
