"""Spaces side by side: what is asked in one never answers from another."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest
from filing import Filing

from chohyo.domain.collections import Collection
from chohyo.domain.spaces import EmbeddingSpace, Purpose
from chohyo.services.runtime import Runtime
from chohyo.storage import embeddings, search, spaces, templates
from chohyo.storage.search_filters import Among
from chohyo.storage.spaces import StoredSpace

A = EmbeddingSpace("a", "model", "1", 4)
ALIKE = replace(A, name="b", revision="2")
SHORT = replace(A, name="c", revision="3", dimensions=3)


@pytest.fixture
def stored(runtime: Runtime) -> list[StoredSpace]:
    """Register three spaces, two of them of the same dimensions."""
    with runtime.database.transaction() as connection:
        return [spaces.ensure(connection, each) for each in (A, ALIKE, SHORT)]


@pytest.mark.parametrize("number", range(3))
def test_a_query_answers_from_its_own_space(
    runtime: Runtime, filing: Filing, collection: Collection, stored: list[StoredSpace], number: int
) -> None:
    exemplar, other = filing.read_page.id, filing.unknown_page.id
    first, second = np.eye(4, dtype=np.float32)[:2]
    with runtime.database.transaction() as connection:
        for place, space in enumerate(stored):
            # In the asked space the query's own direction; in the others everything is turned.
            mine = first if place == number else second
            theirs = second if place == number else first
            d = space.space.dimensions
            embeddings.put(connection, space, exemplar, mine[:d])
            embeddings.put(connection, space, other, theirs[:d])
        space = stored[number]
        query = first[: space.space.dimensions]
        templates.insert_exemplar(connection, filing.template_page_id, exemplar)
        candidates = embeddings.nearest_exemplars(connection, space, collection.id, query, 5)
        found = search.nearest_layouts(connection, space, query, Among([collection.id]), 10)
        vectors = embeddings.vectors(connection, space, [exemplar, other])

    assert [round(each.similarity, 3) for each in candidates] == [1.0]
    assert [(page_id, round(score, 3)) for page_id, score in found] == [(exemplar, 1.0), (other, 0)]
    assert vectors[exemplar].tolist() == query.tolist()
    assert {len(v) for v in vectors.values()} == {space.space.dimensions}


def test_a_query_with_a_vector_of_another_length_is_refused(
    runtime: Runtime, filing: Filing, collection: Collection, stored: list[StoredSpace]
) -> None:
    import psycopg

    with (
        pytest.raises(psycopg.errors.DataException),
        runtime.database.transaction() as connection,
    ):
        embeddings.nearest_exemplars(
            connection, stored[0], collection.id, np.ones(3, np.float32), 5
        )


def test_one_space_leads_for_each_purpose(runtime: Runtime, stored: list[StoredSpace]) -> None:
    text = replace(A, name="text", purpose=Purpose.TEXT)
    image = replace(A, name="image", purpose=Purpose.IMAGE)
    with runtime.database.transaction() as connection:
        spaces.ensure(connection, text)
        spaces.ensure(connection, image)
        lead = [spaces.active(connection, each) is not None for each in Purpose]
        spaces.lead(connection, stored[2])
        found = {each.space.name: each for each in spaces.every(connection)}
    assert lead == [True, False, True]
    assert [name for name, each in found.items() if each.active] == ["c", "text"]
    assert found["a"].kept
    assert found["a"].left_at is not None


def test_a_forgotten_page_leaves_nothing_in_any_space(
    runtime: Runtime, filing: Filing, stored: list[StoredSpace], callers
) -> None:
    from chohyo.services.forgetting import forget

    page = filing.unknown_page
    with runtime.database.transaction() as connection:
        for space in stored[:2]:
            embeddings.put(connection, space, page.id, np.ones(4, np.float32))
        spaces.note_gap(connection, stored[2], page.id, "internal")
    forget(runtime, callers["admin"].caller, page.document_id)

    assert _rows(runtime, "embedding", page.id) == _rows(runtime, "space_gap", page.id) == 0
    # A worker that was at it meanwhile leaves nothing behind either.
    with runtime.database.transaction() as connection:
        embeddings.put(connection, stored[0], page.id, np.ones(4, np.float32))
        spaces.note_gap(connection, stored[2], page.id, "internal")
    assert _rows(runtime, "embedding", page.id) == _rows(runtime, "space_gap", page.id) == 0


def test_dropping_a_space_removes_its_vectors_and_its_index(
    runtime: Runtime, filing: Filing, stored: list[StoredSpace]
) -> None:
    with runtime.database.transaction() as connection:
        for space in stored[:2]:
            embeddings.put(connection, space, filing.unknown_page.id, np.ones(4, np.float32))
        spaces.drop(connection, stored[1])
        left = connection.execute("SELECT space_id FROM embedding").fetchall()
        indexes = connection.execute(
            "SELECT indexname FROM pg_indexes WHERE indexname LIKE 'embedding_hnsw%'"
        ).fetchall()
    assert [row["space_id"] for row in left] == [stored[0].id]
    names = {row["indexname"] for row in indexes}
    assert names == {f"embedding_hnsw_{stored[0].id}", f"embedding_hnsw_{stored[2].id}"}


def test_the_database_refuses_to_drop_the_space_that_leads(
    runtime: Runtime, stored: list[StoredSpace]
) -> None:
    import psycopg

    with (
        pytest.raises(psycopg.errors.RaiseException, match="in use"),
        runtime.database.transaction() as connection,
    ):
        spaces.drop(connection, stored[0])


def _rows(runtime: Runtime, table: str, page_id: UUID) -> int:
    with runtime.database.transaction() as connection:
        query = f"SELECT count(*) AS n FROM {table} WHERE page_id = %s".encode()
        row = connection.execute(query, (page_id,)).fetchone()
        assert row is not None
        return int(row["n"])
