"""Work: a row is claimed by one worker at a time, and never forgotten."""

from __future__ import annotations

from uuid import UUID

import pytest

from chohyo.domain.ids import new_id
from chohyo.storage import work
from chohyo.storage.database import Connection, Database
from chohyo.storage.work import Work, WorkKind

KIND = WorkKind.DOCUMENT
LONG = 3600.0
# A lease of negative length is over at once: no test waits for one to run out.
OVER = -1.0


@pytest.fixture
def wanted(database: Database) -> UUID:
    """Ask for work on a document; return its id."""
    document_id = new_id()
    with database.transaction() as connection:
        work.request(connection, Work(KIND, document_id))
    return document_id


def _claim(database: Database, document_id: UUID, owner: str, seconds: float) -> int | None:
    # Each step in a transaction of its own, for within one the database's clock stands still.
    with database.transaction() as connection:
        return work.claim(connection, KIND, document_id, owner, seconds)


def _overdue(database: Database, resend_seconds: float = LONG) -> list[UUID]:
    with database.transaction() as connection:
        return [each.object_id for each in work.overdue(connection, resend_seconds)]


def _pending(connection: Connection) -> int:
    return work.pending(connection).get(KIND, 0)


def test_one_worker_at_a_time_has_the_lease(database: Database, wanted: UUID) -> None:
    assert _claim(database, wanted, "first", LONG) == 1
    assert _claim(database, wanted, "second", LONG) is None


def test_a_lease_that_ran_out_is_free_and_counts_the_attempt(
    database: Database, wanted: UUID
) -> None:
    _claim(database, wanted, "first", OVER)
    assert _claim(database, wanted, "second", LONG) == 2


def test_a_renewed_lease_is_not_free(database: Database, wanted: UUID) -> None:
    _claim(database, wanted, "first", OVER)
    with database.transaction() as connection:
        assert work.renew(connection, KIND, wanted, "first", LONG)
    assert _claim(database, wanted, "second", LONG) is None


def test_a_worker_that_lost_its_lease_neither_renews_nor_finishes(
    database: Database, wanted: UUID
) -> None:
    _claim(database, wanted, "slow", OVER)
    _claim(database, wanted, "quick", LONG)
    with database.transaction() as connection:
        assert not work.renew(connection, KIND, wanted, "slow", LONG)
        assert not work.finish(connection, KIND, wanted, "slow")
        assert _pending(connection) == 1


def test_finished_work_is_gone(database: Database, wanted: UUID) -> None:
    _claim(database, wanted, "first", LONG)
    with database.transaction() as connection:
        assert not work.finish(connection, KIND, wanted, "first")
        assert _pending(connection) == 0


def test_work_asked_for_while_it_is_done_is_done_once_more(
    database: Database, wanted: UUID
) -> None:
    _claim(database, wanted, "first", LONG)
    with database.transaction() as connection:
        work.request(connection, Work(KIND, wanted))
        assert work.finish(connection, KIND, wanted, "first")
    assert _claim(database, wanted, "second", LONG) is not None
    with database.transaction() as connection:
        assert not work.finish(connection, KIND, wanted, "second")


def test_work_given_back_is_free_and_sent_again(database: Database, wanted: UUID) -> None:
    _claim(database, wanted, "first", LONG)
    with database.transaction() as connection:
        work.release(connection, KIND, wanted, "first")
    assert _overdue(database) == [wanted]
    assert _claim(database, wanted, "second", LONG) is not None


def test_work_that_was_never_sent_is_overdue_once(database: Database, wanted: UUID) -> None:
    assert _overdue(database) == [wanted]
    assert _overdue(database) == []


def test_a_hint_that_nobody_took_up_is_sent_again(database: Database, wanted: UUID) -> None:
    with database.transaction() as connection:
        work.mark_sent(connection, KIND, wanted)
    assert _overdue(database) == []
    assert _overdue(database, resend_seconds=OVER) == [wanted]


def test_work_under_way_is_not_overdue(database: Database, wanted: UUID) -> None:
    _claim(database, wanted, "first", LONG)
    assert _overdue(database, resend_seconds=OVER) == []


def test_work_of_a_worker_that_is_gone_is_overdue(database: Database, wanted: UUID) -> None:
    with database.transaction() as connection:
        work.mark_sent(connection, KIND, wanted)
    _claim(database, wanted, "gone", OVER)
    assert _overdue(database, resend_seconds=OVER) == [wanted]


def test_work_of_one_kind_is_not_that_of_another(database: Database, wanted: UUID) -> None:
    with database.transaction() as connection:
        assert work.claim(connection, WorkKind.RUN, wanted, "first", LONG) is None
