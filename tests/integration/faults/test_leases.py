"""A worker that was taken for dead and lives on overwrites nothing of its successor's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chohyo.domain.access import Actor
from chohyo.domain.documents import Document, PageState
from chohyo.domain.ids import new_id
from chohyo.domain.matches import Outcome
from chohyo.errors import UnavailableError
from chohyo.services import processing, review, working
from chohyo.storage.work import LeaseLostError, WorkKind
from tests.integration.faults.conftest import Shift
from workers import shutdown
from workers.lease import held
from workers.perform import perform
from workers.shutdown import WorkerStoppingError

LONG = 3600.0


def _values(shift: Shift, document: Document) -> list[dict[str, object]]:
    return shift.sql(
        "SELECT v.id, v.page_id, v.raw FROM value v JOIN page p ON p.id = v.page_id"
        " WHERE p.document_id = %s ORDER BY v.id",
        document.id,
    )


def _attempts(shift: Shift) -> list[int]:
    return [row["attempts"] for row in shift.sql("SELECT attempts FROM work WHERE kind <> 'index'")]


def _recognizer_doing(shift: Shift, monkeypatch, deed) -> None:
    """Have something happen while the worker reads the first crop."""
    clerk = shift.workshop.context.recognizer
    read = type(clerk).read_regions

    def reading(self, images):
        monkeypatch.setattr(type(clerk), "read_regions", read)
        deed()
        return read(self, images)

    monkeypatch.setattr(type(clerk), "read_regions", reading)


def test_the_slower_of_two_workers_on_a_document_commits_nothing(shift, letter, monkeypatch):
    document = shift.add(letter)
    shift.queue.sent.clear()
    done_by_other: list[object] = []

    def taken_over() -> None:
        shift.expire_leases()
        perform(shift.workshop, WorkKind.DOCUMENT, document.id)
        done_by_other.extend(_values(shift, document))

    _recognizer_doing(shift, monkeypatch, taken_over)
    perform(shift.workshop, WorkKind.DOCUMENT, document.id)

    assert len(done_by_other) == 4
    assert _values(shift, document) == done_by_other
    assert shift.sql("SELECT * FROM work WHERE kind <> 'index'") == []


def test_without_the_lease_nothing_is_committed(shift, letter):
    document = shift.add(letter)
    with held(shift.runtime, WorkKind.DOCUMENT, document.id, LONG) as lease:
        shift.expire_leases()
        assert working.claim(shift.runtime, WorkKind.DOCUMENT, document.id, "other", LONG)
        with pytest.raises(LeaseLostError):
            processing.split(lease.guarded, document)
    assert processing.load_document(shift.runtime, document.id)[1] == []


def test_a_decision_of_a_person_outlives_the_worker_that_decided_meanwhile(shift, letter):
    document = shift.add(letter)
    shift.work()
    _, (page, _) = processing.load_document(shift.runtime, document.id)
    old = processing.matches_of(shift.runtime, [page.id])[page.id]
    shift.sql("UPDATE page SET state = 'embedded' WHERE id = %s", page.id)
    decided = review.decide(shift.runtime, shift.admin, page.id, None)

    processing.record_match(shift.runtime, Actor.agent("decide"), replace(old, id=new_id()))

    assert processing.matches_of(shift.runtime, [page.id])[page.id].id == decided.id
    assert processing.load_document(shift.runtime, document.id)[1][0].state is PageState.UNKNOWN


def test_a_page_decided_differently_while_it_is_read_keeps_no_values_of_the_old_type(
    shift, letter, monkeypatch
):
    document = shift.add(letter)
    pages: list[object] = []

    def decide() -> None:
        pages.extend(processing.load_document(shift.runtime, document.id)[1])
        review.decide(shift.runtime, shift.admin, pages[0].id, None)

    _recognizer_doing(shift, monkeypatch, decide)
    shift.work()

    decided = processing.matches_of(shift.runtime, [pages[0].id])[pages[0].id]
    assert decided.outcome is Outcome.UNKNOWN
    assert {row["page_id"] for row in _values(shift, document)} == {pages[1].id}
    assert shift.sql("SELECT state FROM document WHERE id = %s", document.id)[0]["state"] == "done"


def test_a_page_that_is_done_makes_the_attempts_before_it_not_count(shift, letter):
    document = shift.add(letter)
    for _ in range(5):
        shift.die(WorkKind.DOCUMENT, document.id, "agent.document.graph:split")
        shift.sql("DELETE FROM page WHERE page_no = 2 AND document_id = %s", document.id)
        shift.sql("UPDATE document SET state = 'received' WHERE id = %s", document.id)
    assert _attempts(shift) == [0]
    shift.sweep()
    assert shift.sql("SELECT state FROM document WHERE id = %s", document.id)[0]["state"] == "done"


def test_work_that_waits_for_a_part_does_not_use_up_its_attempts(shift, letter, monkeypatch):
    document = shift.add(letter)

    def away() -> None:
        raise UnavailableError(part="PostgreSQL")

    for _ in range(7):
        _recognizer_doing(shift, monkeypatch, away)
        perform(shift.workshop, WorkKind.DOCUMENT, document.id)
    assert _attempts(shift) == [0]
    perform(shift.workshop, WorkKind.DOCUMENT, document.id)
    assert shift.sql("SELECT state FROM document WHERE id = %s", document.id)[0]["state"] == "done"


def test_a_worker_that_is_to_stop_keeps_the_page_and_hands_the_rest_over(
    shift, letter, monkeypatch
):
    document = shift.add(letter)
    shift.queue.sent.clear()

    def stop() -> None:
        shutdown._STOPPING.set()

    _recognizer_doing(shift, monkeypatch, stop)
    perform(shift.workshop, WorkKind.DOCUMENT, document.id)
    shutdown._STOPPING.clear()

    states = [page.state for page in processing.load_document(shift.runtime, document.id)[1]]
    assert states == [PageState.READ, PageState.ROUTED]
    assert [each[:2] for each in shift.queue.sent] == [("document", document.id)]
    assert _attempts(shift) == [0]
    shift.work()
    assert shift.sql("SELECT * FROM work WHERE kind <> 'index'") == []


def test_a_stopping_worker_does_not_go_on():
    shutdown._STOPPING.set()
    with pytest.raises(WorkerStoppingError):
        shutdown.check()
    shutdown._STOPPING.clear()
