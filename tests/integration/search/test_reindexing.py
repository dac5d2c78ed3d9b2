"""Pages are indexed once more: those asked for, what was asked for, and it goes on after a stop."""

from __future__ import annotations

import numpy as np
import pytest

from chohyo.domain.documents import Failure
from chohyo.domain.reindexing import ReindexPart, ReindexState
from chohyo.domain.search import SearchQuery
from chohyo.errors import ForbiddenError, InvalidInputError, NotFoundError
from chohyo.services import indexing, reindexing
from chohyo.services.indexing import IndexModels, index_page
from chohyo.services.search import search_pages
from chohyo.storage import embeddings, search_index, spaces, work
from chohyo.storage.work import WorkKind


@pytest.fixture
def admin(callers):
    return callers["admin"].caller


@pytest.fixture
def models(script, engine):
    return IndexModels(script, engine.encoders, engine.embedders)


@pytest.fixture
def indexed(runtime, filing, script, models):
    """Return the cabinet, each of its pages indexed with an old text."""
    script.lines = ("まえの文字",)
    for page in (filing.read_page, filing.review_page, filing.unknown_page):
        index_page(runtime, models, page.id)
    script.read = 0
    return filing


def _waiting(runtime) -> set:
    with runtime.database.transaction() as connection:
        rows = connection.execute("SELECT object_id FROM work WHERE kind = 'index'")
        return {row["object_id"] for row in rows}


def test_a_documents_pages_are_read_again_and_found_by_what_they_say_now(
    runtime, indexed, admin, script, models, engine
):
    run = reindexing.request(runtime, admin, ReindexPart.TEXT, document_id=indexed.document.id)
    assert (run.pages, run.left, run.state) == (3, 3, ReindexState.RUNNING)
    script.lines = ("いまの文字",)
    for number, page_id in enumerate(sorted(_waiting(runtime)), start=1):
        index_page(runtime, models, page_id)
        assert reindexing.get_run(runtime, admin, run.id).done == number
    assert script.read == 3
    assert reindexing.get_run(runtime, admin, run.id).state is ReindexState.DONE
    found = search_pages(runtime, engine, admin, SearchQuery(text="いまの文字"))
    assert found.found == 3
    assert search_pages(runtime, engine, admin, SearchQuery(text="まえの文字")).hits == () or all(
        "まえの" not in region.text
        for hit in search_pages(runtime, engine, admin, SearchQuery(text="まえの文字")).hits
        for region in hit.regions
    )


def test_the_layout_alone_is_embedded_again_in_the_space_of_the_embedder(
    runtime, indexed, admin, script, models, engine
):
    with runtime.database.transaction() as connection:
        space = spaces.ensure(connection, engine.embedders.own.space)
        wrong = np.full(space.space.dimensions, 0.1, np.float32)
        embeddings.put(connection, space, indexed.read_page.id, wrong)
    reindexing.request(runtime, admin, ReindexPart.LAYOUT, template_id=indexed.version_id)
    assert _waiting(runtime) == {indexed.read_page.id}
    index_page(runtime, models, indexed.read_page.id)
    with runtime.database.transaction() as connection:
        (vector,) = embeddings.vectors(connection, space, [indexed.read_page.id]).values()
    assert np.linalg.norm(vector) == pytest.approx(1, abs=0.01)
    assert script.read == 0


def test_a_familys_pages_are_those_routed_to_it(runtime, indexed, admin):
    run = reindexing.request(runtime, admin, ReindexPart.BOTH, template_id=indexed.family_id)
    assert run.pages == 1
    assert reindexing.request(runtime, admin, ReindexPart.BOTH, everything=True).pages >= 3


def test_what_was_interrupted_is_still_to_be_done(runtime, indexed, admin, models, monkeypatch):
    run = reindexing.request(runtime, admin, ReindexPart.BOTH, document_id=indexed.document.id)

    def died(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(indexing, "embed_again", died)
    with pytest.raises(KeyboardInterrupt):
        index_page(runtime, models, indexed.read_page.id)
    monkeypatch.undo()
    assert reindexing.get_run(runtime, admin, run.id).left == 3
    index_page(runtime, models, indexed.read_page.id)
    assert reindexing.get_run(runtime, admin, run.id).left == 2


def test_a_page_that_fails_keeps_what_it_had(runtime, indexed, admin):
    run = reindexing.request(runtime, admin, ReindexPart.TEXT, document_id=indexed.document.id)
    indexing.fail_index(runtime, indexed.read_page.id, Failure("worker-died", {}))
    after = reindexing.get_run(runtime, admin, run.id)
    assert (after.left, after.failed) == (2, 1)
    with runtime.database.transaction() as connection:
        (text,) = search_index.texts(connection, [indexed.read_page.id]).values()
    assert [line.raw for line in text.lines] == ["まえの文字"]


def test_a_forgotten_page_is_not_waited_for(runtime, indexed, admin):
    run = reindexing.request(runtime, admin, ReindexPart.TEXT, everything=True)
    with runtime.database.transaction() as connection:
        connection.execute("DELETE FROM page WHERE id = %s", [indexed.read_page.id])
    assert reindexing.get_run(runtime, admin, run.id).done == 1


def test_one_thing_has_to_be_named_that_the_caller_administers(runtime, indexed, callers, admin):
    for wrong in ({}, {"document_id": indexed.document.id, "everything": True}):
        with pytest.raises(InvalidInputError):
            reindexing.request(runtime, admin, ReindexPart.BOTH, **wrong)
    with pytest.raises(NotFoundError):
        reindexing.request(runtime, admin, ReindexPart.BOTH, template_id=indexed.document.id)
    with pytest.raises(ForbiddenError):
        reindexing.request(
            runtime, callers["reviewer"].caller, ReindexPart.BOTH, template_id=indexed.family_id
        )


def test_asking_is_audited_and_work_waits_behind_new_pages(runtime, indexed, admin):
    run = reindexing.request(runtime, admin, ReindexPart.TEXT, document_id=indexed.document.id)
    with runtime.database.transaction() as connection:
        rows = connection.execute(
            "SELECT details FROM audit_entry WHERE action = 'reindex.requested'"
        ).fetchall()
        priorities = connection.execute("SELECT DISTINCT priority FROM work WHERE kind = 'index'")
        assert [row["priority"] for row in priorities] == [indexing.PRIORITY + 1]
        assert work.pending(connection)[WorkKind.INDEX] == run.pages
    assert rows[0]["details"]["pages"] == 3
