"""Taking files in."""

from __future__ import annotations

import threading
from pathlib import Path

import pymupdf
import pytest

from chohyo.domain.collections import Collection
from chohyo.errors import FileDamagedError, FileTypeError, ForbiddenError, NotFoundError
from chohyo.services.ingest import Ingested, ingest
from chohyo.services.runtime import Runtime
from chohyo.storage import audit, work
from chohyo.storage.work import WorkKind


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """Return a PDF of two pages."""
    path = tmp_path / "scan.pdf"
    with pymupdf.open() as document:
        document.new_page(width=200, height=100)
        document.new_page(width=200, height=100)
        document.save(path)
    return path


def _count(runtime: Runtime, table: str) -> int:
    with runtime.database.transaction() as connection:
        row = connection.execute(f"SELECT count(*) AS n FROM {table}".encode()).fetchone()
    assert row is not None
    return row["n"]


def _blobs(tmp_path: Path) -> list[Path]:
    return [each for each in (tmp_path / "blobs").rglob("*") if each.is_file()]


def test_a_file_is_stored_with_its_work_and_its_audit_entry(
    runtime: Runtime, collection: Collection, callers, queue, scan: Path
) -> None:
    caller = callers["operator"].caller
    done = ingest(runtime, caller, collection.id, scan, "scan.pdf")
    assert (done.duplicate, done.document.page_count) == (False, 2)
    assert runtime.blobs.get(done.document.blob) == scan.read_bytes()
    assert queue.sent == [("document", done.document.id, 5)]
    with runtime.database.transaction() as connection:
        assert work.pending(connection) == {WorkKind.DOCUMENT: 1}
        (entry,) = audit.newest(connection, [collection.id], object_id=done.document.id)
    assert (entry.action, entry.actor) == ("document.ingested", caller.actor)
    assert "scan.pdf" not in str(entry)


def test_the_audit_keeps_no_hash_that_could_be_guessed(
    runtime: Runtime, collection: Collection, callers, scan: Path
) -> None:
    done = ingest(runtime, callers["operator"].caller, collection.id, scan, "scan.pdf")
    with runtime.database.transaction() as connection:
        (entry,) = audit.newest(connection, [collection.id], object_id=done.document.id)
    assert entry.after is not None
    assert entry.after != done.document.sha256


def test_the_same_bytes_are_stored_once(
    runtime: Runtime, collection: Collection, callers, scan: Path, tmp_path: Path
) -> None:
    caller = callers["operator"].caller
    first = ingest(runtime, caller, collection.id, scan, "scan.pdf")
    entries = _count(runtime, "audit_entry")
    second = ingest(runtime, caller, collection.id, scan, "again.pdf")
    assert second == Ingested(first.document, duplicate=True)
    assert (_count(runtime, "document"), _count(runtime, "audit_entry")) == (1, entries)
    assert len(_blobs(tmp_path)) == 1


def test_the_same_bytes_at_once_are_stored_once(
    runtime: Runtime, collection: Collection, callers, scan: Path
) -> None:
    done: list[Ingested] = []
    start = threading.Barrier(4)

    def take_in() -> None:
        start.wait()
        done.append(ingest(runtime, callers["operator"].caller, collection.id, scan, "scan.pdf"))

    threads = [threading.Thread(target=take_in) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each.duplicate for each in done) == [False, True, True, True]
    assert len({each.document.id for each in done}) == 1
    assert _count(runtime, "work") == 1


@pytest.mark.parametrize(
    ("data", "error"), [(b"just text", FileTypeError), (b"%PDF-1.7 cut", FileDamagedError)]
)
def test_a_rejected_file_leaves_nothing_behind(
    runtime: Runtime, collection: Collection, callers, queue, tmp_path: Path, data, error
) -> None:
    path = tmp_path / "bad"
    path.write_bytes(data)
    entries = _count(runtime, "audit_entry")
    with pytest.raises(error):
        ingest(runtime, callers["operator"].caller, collection.id, path, "bad.pdf")
    assert (_count(runtime, "document"), _count(runtime, "work")) == (0, 0)
    assert _count(runtime, "audit_entry") == entries
    assert (_blobs(tmp_path), queue.sent) == ([], [])


def test_a_file_is_taken_in_while_the_broker_is_away_and_sent_by_the_sweep(
    runtime: Runtime, collection: Collection, callers, queue, scan: Path
) -> None:
    queue.reachable = False
    done = ingest(runtime, callers["operator"].caller, collection.id, scan, "scan.pdf")
    with runtime.database.transaction() as connection:
        overdue = work.overdue(connection, resend_seconds=3600)
    assert [each.object_id for each in overdue] == [done.document.id]


@pytest.mark.parametrize(
    ("role", "error"), [("viewer", ForbiddenError), ("stranger", NotFoundError)]
)
def test_who_may_not_add_is_refused_before_the_file_is_looked_at(
    runtime: Runtime, collection: Collection, callers, tmp_path: Path, role: str, error
) -> None:
    with pytest.raises(error):
        ingest(runtime, callers[role].caller, collection.id, tmp_path / "absent.pdf", "absent.pdf")
