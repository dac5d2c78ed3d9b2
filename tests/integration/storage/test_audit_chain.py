"""The audit: one chain that nobody can change unnoticed."""

from __future__ import annotations

import threading
from uuid import UUID

import psycopg
import pytest

from chohyo.domain.access import Actor
from chohyo.domain.ids import new_id
from chohyo.storage import audit
from chohyo.storage.audit import ChainReport
from chohyo.storage.database import Database

ACTOR = Actor.system("test")
CHANGES = [
    "UPDATE audit_entry SET reason = 'another' WHERE seq = 2",
    "DELETE FROM audit_entry WHERE seq = 2",
    "TRUNCATE audit_entry",
]


@pytest.fixture
def chain(database: Database) -> list[UUID]:
    """Append four entries, each in a transaction of its own; return their objects."""
    objects = [new_id() for _ in range(4)]
    for each in objects:
        _append(database, each)
    return objects


def _append(database: Database, object_id: UUID) -> None:
    with database.transaction() as connection:
        audit.append(connection, ACTOR, "page.read", "page", object_id, details={"fields": 3})


def _verify(database: Database) -> ChainReport:
    with database.transaction() as connection:
        return audit.verify(connection)


def _tamper(url: str, *statements: str) -> None:
    """Change the audit as somebody would who rules the database server."""
    with psycopg.connect(url) as connection:
        connection.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        for each in statements:
            connection.execute(each.encode())
        connection.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")


def test_an_untouched_chain_holds(database: Database, chain: list[UUID]) -> None:
    assert _verify(database) == ChainReport(entries=4, intact=True)


def test_an_empty_chain_holds(database: Database) -> None:
    assert _verify(database) == ChainReport(entries=0, intact=True)


def test_an_entry_comes_back_as_it_was_appended(database: Database) -> None:
    with database.transaction() as connection:
        appended = audit.append(
            connection, Actor.agent("propose", "model@1"), "proposal.waiting", "proposal", new_id(),
            details={"pages": 2, "share": 0.5, "new": True, "name": None, "字": "帳票"},
            before="a", after="b", reason="why",
        )  # fmt: skip
        (stored,) = audit.newest(connection, [], with_global=True)
    assert stored == appended


@pytest.mark.parametrize("change", CHANGES)
def test_the_service_role_may_not_change_the_audit(
    database: Database, chain: list[UUID], change: str
) -> None:
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"),
        database.transaction() as connection,
    ):
        connection.execute(change.encode())
    assert _verify(database).intact


@pytest.mark.parametrize("change", CHANGES)
def test_a_trigger_refuses_the_owner_too(
    database: Database, database_urls, chain: list[UUID], change: str
) -> None:
    with (
        psycopg.connect(database_urls.owner) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"),
    ):
        connection.execute(change.encode())
    assert _verify(database).intact


def test_the_service_role_may_not_move_the_head(database: Database) -> None:
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        database.transaction() as connection,
    ):
        connection.execute("UPDATE audit_head SET seq = 0")


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("DELETE FROM audit_entry WHERE seq = 4", 4),
        ("DELETE FROM audit_entry WHERE seq = 2", 2),
        ("DELETE FROM audit_entry", 1),
        ("UPDATE audit_entry SET action = 'page.routed' WHERE seq = 3", 3),
        ("UPDATE audit_entry SET details = '{\"fields\": 4}' WHERE seq = 1", 1),
        ("UPDATE audit_entry SET actor_id = 'nobody' WHERE seq = 4", 4),
        ("UPDATE audit_entry SET at = at + interval '1 microsecond' WHERE seq = 2", 2),
    ],
)
def test_a_change_past_the_triggers_is_noticed(
    database: Database, database_urls, chain: list[UUID], statement: str, broken_at: int
) -> None:
    _tamper(database_urls.superuser, statement)
    report = _verify(database)
    assert (report.intact, report.broken_at) == (False, broken_at)


def test_an_entry_that_does_not_extend_the_chain_is_refused(
    database: Database, chain: list[UUID]
) -> None:
    with (
        pytest.raises(psycopg.errors.RaiseException, match="does not extend the chain"),
        database.transaction() as connection,
    ):
        connection.execute(
            "INSERT INTO audit_entry SELECT seq + 4, at, actor_kind, actor_id, actor_key_id, "
            "actor_model, action, object_kind, object_id, collection_id, details, before_hash, "
            "after_hash, reason, previous, hash || 'x' FROM audit_entry WHERE seq = 1"
        )


def test_entries_appended_at_once_make_one_chain(database: Database) -> None:
    start = threading.Barrier(4)

    def append_some() -> None:
        start.wait()
        for _ in range(5):
            _append(database, new_id())

    threads = [threading.Thread(target=append_some) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _verify(database) == ChainReport(entries=20, intact=True)


def test_what_is_rolled_back_leaves_no_entry(database: Database, chain: list[UUID]) -> None:
    class ChangedMindError(Exception):
        pass

    with pytest.raises(ChangedMindError), database.transaction() as connection:
        audit.append(connection, ACTOR, "page.read", "page", new_id())
        raise ChangedMindError
    _append(database, new_id())
    assert _verify(database) == ChainReport(entries=5, intact=True)
