"""Pages are indexed in the background, once, and only while nothing else waits."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from chohyo.domain.documents import Failure
from chohyo.domain.geometry import Box
from chohyo.domain.ids import new_id
from chohyo.domain.search import SearchQuery
from chohyo.search.pictures import REVISION, describe, unpack
from chohyo.services import indexing, processing, working
from chohyo.services.indexing import IndexModels, index_page
from chohyo.services.search import search_pages
from chohyo.storage import search_index, work
from chohyo.storage.search_index import TextSource
from chohyo.storage.work import Work, WorkKind
from tests.integration.search.conftest import file_page

RESEND = 60.0


@pytest.fixture
def waiting(runtime, filing, queue):
    """Return the cabinet's document, whose pages wait to be indexed."""
    processing.finish_document(runtime, filing.document.id)
    queue.sent.clear()
    return filing


def _rows(runtime, kind=WorkKind.INDEX):
    with runtime.database.transaction() as connection:
        return work.pending(connection).get(kind, 0)


def test_a_finished_document_has_its_pages_indexed_later(runtime, waiting, queue):
    assert _rows(runtime) == 3
    working.sweep(runtime, RESEND)
    assert queue.sent == []


def test_pages_are_sent_a_few_at_a_time(runtime, waiting, queue):
    assert working.sweep_background(runtime, RESEND, 2) == 2
    assert {kind for kind, _, _ in queue.sent} == {"index"}
    assert working.sweep_background(runtime, RESEND, 2) == 0
    done = queue.sent[0][1]
    assert working.claim(runtime, WorkKind.INDEX, done, "me", 60) == 1
    assert working.sweep_background(runtime, RESEND, 2) == 0
    working.finish(runtime, WorkKind.INDEX, done, "me")
    assert working.sweep_background(runtime, RESEND, 2) == 1


def test_nothing_is_indexed_while_something_else_waits(runtime, waiting, queue):
    other = Work(WorkKind.DOCUMENT, new_id())
    with runtime.database.transaction() as connection:
        work.request(connection, other)
    assert working.sweep_background(runtime, RESEND, 2) == 0
    working.claim(runtime, other.kind, other.object_id, "me", 60)
    assert working.sweep_background(runtime, RESEND, 2) == 2


def test_what_a_dead_worker_was_at_is_sent_again(runtime, waiting, queue):
    working.sweep_background(runtime, RESEND, 1)
    (_, page_id, _) = queue.sent.pop()
    working.claim(runtime, WorkKind.INDEX, page_id, "dead", -1)
    with runtime.database.transaction() as connection:
        connection.execute("UPDATE work SET sent_at = now() - interval '1 hour'")
    working.sweep_background(runtime, RESEND, 3)
    assert page_id in {each for _, each, _ in queue.sent}


def test_an_indexed_page_is_not_asked_for_again(runtime, waiting, script, engine):
    models = IndexModels(script, engine.encoders, engine.embedders)
    index_page(runtime, models, waiting.read_page.id)
    index_page(runtime, models, waiting.read_page.id)
    assert script.read == 1
    with runtime.database.transaction() as connection:
        connection.execute("DELETE FROM work")
    processing.finish_document(runtime, waiting.document.id)
    assert _rows(runtime) == 2


def test_a_page_is_found_by_details_of_its_sharp_picture(runtime, collection, script, engine):
    sharp = np.full((1400, 1000), 255, np.uint8)
    for top in range(60, 1350, 40):
        cv2.putText(sharp, f"Detail {top * 7919}", (40, top), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    coarse = np.ascontiguousarray(sharp[::2, ::2])
    page = file_page(runtime, collection.id, sharp, coarse)
    index_page(runtime, IndexModels(script, engine.encoders, engine.embedders), page.id)
    with runtime.database.transaction() as connection:
        stored = search_index.keypoints(connection, [page.id], REVISION)[page.id]
    assert unpack(stored).words == describe(sharp).words


def test_a_text_layer_is_taken_as_it_is(runtime, waiting, script, engine, callers):
    words = [
        ("在留", Box(0.1, 0.1, 0.2, 0.13)), ("期間", Box(0.2, 0.1, 0.3, 0.13)),
        ("手数料", Box(0.1, 0.3, 0.2, 0.33)),
    ]  # fmt: skip
    with runtime.database.transaction() as connection:
        for seq, (text, box) in enumerate(words):
            connection.execute(
                "INSERT INTO page_word VALUES (%s, %s, %s, %s, %s, %s, %s)",
                [waiting.unknown_page.id, seq, text, *box.as_list()],
            )
    index_page(
        runtime, IndexModels(script, engine.encoders, engine.embedders), waiting.unknown_page.id
    )
    assert script.read == 0
    with runtime.database.transaction() as connection:
        (text,) = search_index.texts(connection, [waiting.unknown_page.id]).values()
    assert text.source is TextSource.TEXT_LAYER
    assert [line.raw for line in text.lines] == ["在留 期間", "手数料"]
    query = SearchQuery(text="在留期間")
    (hit,) = search_pages(runtime, engine, callers["operator"].caller, query).hits
    assert hit.regions[0].box.as_list() == pytest.approx([0.1, 0.1, 0.3, 0.13], abs=1e-4)


def test_a_page_that_cannot_be_read_is_not_tried_for_ever(runtime, waiting):
    failure = Failure("worker-died", {})
    indexing.fail_index(runtime, waiting.review_page.id, failure)
    with runtime.database.transaction() as connection:
        (text,) = search_index.texts(connection, [waiting.review_page.id]).values()
        rows = connection.execute("SELECT details FROM audit_entry WHERE action LIKE 'page.index%'")
        assert [row["details"] for row in rows] == [{"code": "worker-died"}]
    assert text.source is TextSource.NONE
    indexing.fail_index(runtime, new_id(), failure)


def test_a_deleted_page_leaves_nothing_to_be_found_by(runtime, waiting, script, engine):
    script.lines = ("秘密",)
    index_page(
        runtime, IndexModels(script, engine.encoders, engine.embedders), waiting.read_page.id
    )
    with runtime.database.transaction() as connection:
        connection.execute("DELETE FROM document WHERE id = %s", [waiting.document.id])
        for table in ("page_text", "search_entry", "passage", "page_feature"):
            assert connection.execute(f"SELECT count(*) AS n FROM {table}").fetchone()["n"] == 0
