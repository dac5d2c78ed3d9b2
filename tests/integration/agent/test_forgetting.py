"""A forgotten document leaves nothing behind; what was derived from it is rebuilt without it."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from chohyo.domain.documents import PageState
from chohyo.domain.proposals import Proposal, ProposalState
from chohyo.domain.reindexing import ReindexPart
from chohyo.errors import NotFoundError
from chohyo.pages.images import decode_grey
from chohyo.services import audit as audits
from chohyo.services import (
    documents,
    forgetting,
    idempotency,
    processing,
    reindexing,
    retention,
    working,
)
from chohyo.services import proposals as deciding
from chohyo.services.forgetting import OnHoldError
from chohyo.storage import audit, proposals, templates, values
from chohyo.storage import forgetting as traces
from tests.integration.agent.conftest import Bench, scan


def copy_of(bench: Bench, proposal: Proposal, number: int = 0) -> UUID:
    """Return the document of one of a proposal's pages."""
    with bench.runtime.database.transaction() as connection:
        row = connection.execute(
            "SELECT document_id FROM page WHERE id = %s", [proposal.members[number].page_id]
        ).fetchone()
    return UUID(str(row["document_id"]))


def told_of(bench: Bench, document_id: UUID) -> set[str]:
    """Return the strings by which a document's content could be known again."""
    view = documents.get_document(bench.runtime, bench.admin, document_id)
    told = {view.document.filename, view.document.sha256, view.document.blob}
    with bench.runtime.database.transaction() as connection:
        for page in view.pages:
            told |= {page.evidence_blob, page.model_blob, page.content_key}
            told |= {v.reading.raw for v in values.of_page(connection, page.id)}
        shared = connection.execute("SELECT raw FROM value GROUP BY raw HAVING count(*) > 1")
        told -= {row["raw"] for row in shared}
    return {each for each in told if len(each) >= 6}


def ids_of(bench: Bench, document_id: UUID) -> set[str]:
    """Return the ids of a document, its pages, and what hangs on them."""
    view = documents.get_document(bench.runtime, bench.admin, document_id)
    return {str(document_id)} | {str(page.id) for page in view.pages}


def dump(bench: Bench, *, but: set[str] = frozenset()) -> str:
    """Return every row of every table as text."""
    with psycopg.connect(bench.urls.superuser) as connection:
        tables = connection.execute(
            "SELECT schemaname, tablename FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        rows = [
            repr(row)
            for schema, table in tables
            if table not in but
            for row in connection.execute(
                sql.SQL("SELECT * FROM {}").format(sql.Identifier(schema, table))
            )
        ]
    return "\n".join(rows)


def keep_an_answer(bench: Bench, document_id: UUID, told: set[str]) -> None:
    """Keep what a request with an Idempotency-Key was answered, and have pages indexed again."""
    claim = idempotency.begin(bench.runtime, bench.admin, "again")
    body = json.dumps({"document_id": str(document_id), "told": sorted(told)}, ensure_ascii=False)
    answer = idempotency.KeptAnswer(b"hash", 200, "application/json", body)
    idempotency.keep(bench.runtime, claim, answer)
    reindexing.request(bench.runtime, bench.admin, ReindexPart.BOTH, document_id=document_id)


def blob_names(bench: Bench) -> set[str]:
    return set(bench.runtime.blobs.names())


def the_copies(bench: Bench, pages: int = 4) -> Proposal:
    return next(p for p in bench.waiting() if len(p.members) == pages)


def test_a_published_forms_document_is_forgotten_without_a_trace(discovered: Bench):
    bench = discovered
    proposal = the_copies(bench)
    bench.approve(proposal)
    bench.work()
    gone = copy_of(bench, proposal)
    told, ids, before = told_of(bench, gone), ids_of(bench, gone), blob_names(bench)
    keep_an_answer(bench, gone, told)
    assert len(told) > 8
    assert all(each in dump(bench) for each in told)

    forgotten = forgetting.forget(bench.runtime, bench.admin, gone)
    bench.work()

    assert (forgotten.pages, forgotten.versions) == (1, 1)
    left = dump(bench)
    assert [each for each in told if each in left] == []
    assert [each for each in ids if each in dump(bench, but={"audit_entry"})] == []
    assert not told & blob_names(bench)
    assert before - blob_names(bench) > {each for each in told if each in before}
    assert audits.verify_chain(bench.runtime).intact
    with pytest.raises(NotFoundError):
        documents.get_document(bench.runtime, bench.admin, gone)


def test_the_blank_form_of_a_published_version_is_rebuilt_from_the_pages_that_are_left(
    discovered: Bench,
):
    bench = discovered
    proposal = the_copies(bench)
    bench.approve(proposal)
    bench.work()
    with bench.runtime.database.transaction() as connection:
        version_id = proposals.get(connection, proposal.id).version_id
        before = templates.version(connection, version_id)

    forgetting.forget(bench.runtime, bench.admin, copy_of(bench, proposal))
    with bench.runtime.database.transaction() as connection:
        assert len(traces.stale_pages(connection, version_id)) == 1
    bench.work()

    with bench.runtime.database.transaction() as connection:
        after = templates.version(connection, version_id)
        assert traces.stale_pages(connection, version_id) == []
    assert after.fields == before.fields
    (old,), (new,) = before.pages, after.pages
    assert (new.id, new.width, new.height) == (old.id, old.width, old.height)
    assert new.blank_blob != old.blank_blob
    assert new.blank_blob in blob_names(bench)
    assert not {old.blank_blob, old.reference_blob} & blob_names(bench)


def test_with_one_page_left_the_blank_form_has_its_fields_painted_over(discovered: Bench):
    bench = discovered
    proposal = the_copies(bench)
    bench.approve(proposal)
    bench.work()
    for number in range(3):
        forgetting.forget(bench.runtime, bench.admin, copy_of(bench, proposal, number))
    bench.work()

    with bench.runtime.database.transaction() as connection:
        version_id = proposals.get(connection, proposal.id).version_id
        (page,) = templates.version(connection, version_id).pages
        fields = templates.version(connection, version_id).fields
    blank = decode_grey(bench.runtime.blobs.get(page.blank_blob))
    height, width = blank.shape
    for field in fields:
        box = field.spec.box
        inside = blank[
            round(box.y0 * height) : round(box.y1 * height),
            round(box.x0 * width) : round(box.x1 * width),
        ]
        assert inside.min() == 255


def test_a_waiting_proposal_is_drafted_again_without_the_page(discovered: Bench):
    bench = discovered
    proposal = the_copies(bench)
    gone = copy_of(bench, proposal)
    old = proposal.draft.blobs()

    forgetting.forget(bench.runtime, bench.admin, gone)
    bench.work()

    again = next(p for p in bench.waiting() if p.id == proposal.id)
    assert len(again.members) == 3
    assert again.draft.pages[0].copies == 3
    assert again.draft.blobs() <= blob_names(bench)
    assert not (old - again.draft.blobs()) & blob_names(bench)


def test_what_a_person_edited_stays_when_its_blank_form_is_rebuilt(discovered: Bench):
    bench = discovered
    proposal = the_copies(bench)
    deciding.edit(bench.runtime, bench.admin, proposal.id, name="わたしの様式")
    kept = next(p for p in bench.waiting() if p.id == proposal.id).draft

    forgetting.forget(bench.runtime, bench.admin, copy_of(bench, proposal))
    bench.work()

    again = next(p for p in bench.waiting() if p.id == proposal.id).draft
    assert (again.name, again.fields, again.edited) == (kept.name, kept.fields, True)
    assert not again.stale
    assert not kept.blobs() & again.blobs()
    working.sweep(bench.runtime, 60)
    assert not kept.blobs() & blob_names(bench)


def test_a_proposal_ends_when_too_few_of_its_pages_are_left(discovered: Bench):
    bench = discovered
    proposal = the_copies(bench)
    for number in range(3):
        forgetting.forget(bench.runtime, bench.admin, copy_of(bench, proposal, number))
    bench.work()

    with bench.runtime.database.transaction() as connection:
        ended = proposals.get(connection, proposal.id)
    assert ended.state is ProposalState.SUPERSEDED
    assert ended.draft is None


def test_a_document_forgotten_while_it_is_split_leaves_no_image(discovered: Bench, tmp_path: Path):
    bench = discovered
    before = blob_names(bench)
    taken = bench.add(scan(tmp_path, "leave", 77))
    document, _ = processing.load_document(bench.runtime, taken.document.id)
    forgetting.forget(bench.runtime, bench.admin, document.id)

    with pytest.raises(NotFoundError):
        processing.split(bench.runtime, document)
    assert blob_names(bench) == before


def test_bytes_that_are_wanted_again_stay(discovered: Bench):
    bench = discovered
    name = bench.runtime.blobs.put(b"somebody's bytes")
    with bench.runtime.database.transaction() as connection:
        traces.request_removal(connection, [name], datetime.now(UTC) - timedelta(seconds=5))
    bench.runtime.blobs.put(b"somebody's bytes")  # for a row that is not committed yet

    forgetting.remove_blobs(bench.runtime)
    assert name in blob_names(bench)


def test_bytes_of_a_change_that_was_never_committed_are_found_a_day_later(discovered: Bench):
    bench = discovered
    young, old = (bench.runtime.blobs.put(data) for data in (b"young", b"old"))
    path = bench.runtime.blobs._path(old)
    long_ago = datetime.now(UTC) - timedelta(days=2)
    os.utime(path, (long_ago.timestamp(),) * 2)
    known = blob_names(bench) - {young, old}

    assert forgetting.remove_orphans(bench.runtime) == 1
    assert blob_names(bench) == known | {young}


def test_a_document_on_hold_stays_until_the_hold_ends(discovered: Bench):
    bench = discovered
    gone = copy_of(bench, the_copies(bench))
    forgetting.set_hold(bench.runtime, bench.admin, gone, "訴訟のため")
    retention.set_rule(bench.runtime, bench.admin, bench.collection.id, None, 1)
    _age(bench, gone, days=2)

    with pytest.raises(OnHoldError):
        forgetting.forget(bench.runtime, bench.admin, gone)
    assert [d.hold_reason for d in retention.list_due(bench.runtime, bench.admin)] == ["訴訟のため"]
    assert retention.tidy(bench.runtime) == 0

    forgetting.set_hold(bench.runtime, bench.admin, gone, None)
    assert retention.tidy(bench.runtime) == 1
    with pytest.raises(NotFoundError):
        documents.get_document(bench.runtime, bench.admin, gone)
    with bench.runtime.database.transaction() as connection:
        told = audit.newest(connection, [bench.collection.id], object_id=gone)
    assert [entry.action for entry in told][:3] == [
        "document.forgotten", "document.released", "document.held",
    ]  # fmt: skip
    assert "訴訟" not in dump(bench)


def test_a_familys_rule_goes_before_the_collections(discovered: Bench):
    bench = discovered
    proposal = the_copies(bench)
    bench.approve(proposal)
    bench.work()
    with bench.runtime.database.transaction() as connection:
        version_id = proposals.get(connection, proposal.id).version_id
        family_id = templates.version(connection, version_id).family_id
    routed = copy_of(bench, proposal)
    unknown = next(
        page.document_id
        for page in documents.list_pages(bench.runtime, bench.admin, [PageState.UNKNOWN])
    )
    for document_id in (routed, unknown):
        _age(bench, document_id, days=40)
    retention.set_rule(bench.runtime, bench.admin, bench.collection.id, None, 30)
    rule = retention.set_rule(bench.runtime, bench.admin, bench.collection.id, family_id, 365)

    due = retention.list_due(bench.runtime, bench.admin)
    assert [each.id for each in due] == [unknown]
    soon = retention.list_due(bench.runtime, bench.admin, within_days=360)
    assert {unknown, routed} <= {each.id for each in soon}

    retention.remove_rule(bench.runtime, bench.admin, rule.id)
    assert {e.id for e in retention.list_due(bench.runtime, bench.admin)} == {unknown, routed}


def _age(bench: Bench, document_id: UUID, *, days: int) -> None:
    with psycopg.connect(bench.urls.superuser) as connection:
        connection.execute(
            "UPDATE document SET created_at = created_at - %s * interval '1 day' WHERE id = %s",
            [days, document_id],
        )
