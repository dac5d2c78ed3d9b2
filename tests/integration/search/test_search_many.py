"""Filters on thousands of pages: those that are found are asked to pass, and none of the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import psycopg
import pytest

from chohyo.domain.collections import Collection
from chohyo.domain.ids import new_id
from chohyo.domain.search import SearchFilters
from chohyo.domain.spaces import EmbeddingSpace
from chohyo.search.grams import text_grams
from chohyo.services.runtime import Runtime
from chohyo.services.search_filters import narrow
from chohyo.services.search_words import GramStatistics, rank_words, words_of
from chohyo.storage import embeddings, search, spaces
from chohyo.storage.database import Connection
from chohyo.storage.spaces import StoredSpace

PAGES = 2_000
WANTED = 1_700
FEW = 40
SPACE = EmbeddingSpace("many", "model", "1", 8)
ZONE = ZoneInfo("Asia/Tokyo")
FILING = (
    "INSERT INTO document (id, collection_id, filename, media_type, byte_size, sha256, blob, state,"
    " page_count, audit_key) VALUES (%(document)s, %(collection)s, %(filename)s, 'image/png', 1,"
    " %(key)s, %(key)s, 'done', 1, '')",
    "INSERT INTO page (id, document_id, collection_id, page_no, width, height, state,"
    " evidence_blob, model_blob, content_key) VALUES (%(page)s, %(document)s, %(collection)s, 1, 7,"
    " 9, 'unknown', %(key)s, %(key)s, %(key)s)",
    "INSERT INTO search_entry (page_id, part, collection_id, folded, grams)"
    " VALUES (%(page)s, 'page', %(collection)s, %(text)s, %(grams)s)",
)


@dataclass(frozen=True, slots=True)
class Hall:
    """Pages by number, each its own document; `vectors` (n, 8) turn little by little."""

    pages: Sequence[UUID]
    vectors: np.ndarray
    space: StoredSpace


@pytest.fixture
def hall(
    runtime: Runtime, collection: Collection, database_urls, monkeypatch: pytest.MonkeyPatch
) -> Hall:
    """File many pages; two in five of the files are letters, the last sixty are faxes."""
    monkeypatch.setattr("chohyo.services.search_filters._FEW", FEW)
    ids = [(new_id(), new_id()) for _ in range(PAGES)]
    turned = np.linspace(0, 1.5, PAGES)[:, None]
    vectors = np.hstack([np.cos(turned), np.sin(turned), np.zeros((PAGES, 6))]).astype(np.float32)
    with psycopg.connect(database_urls.owner) as owner, owner.cursor() as cursor:
        rows = [_row(collection.id, number, *each) for number, each in enumerate(ids)]
        for statement in FILING:
            cursor.executemany(statement, rows)
    with runtime.database.transaction() as connection:
        space = spaces.ensure(connection, SPACE)
        for (_, page), vector in zip(ids, vectors, strict=True):
            embeddings.put(connection, space, page, vector)
    with psycopg.connect(database_urls.owner, autocommit=True) as owner:
        owner.execute("ANALYZE")
    return Hall([page for _, page in ids], vectors, space)


@pytest.fixture
def connection(runtime: Runtime, hall: Hall) -> Iterator[Connection]:
    """Return a transaction that is set as searches are."""
    with runtime.database.transaction() as opened:
        search.tune_vectors(opened, 40, 200)
        yield opened


def _row(where: UUID, number: int, document: UUID, page: UUID) -> dict[str, object]:
    kind = "fax" if number >= PAGES - 60 else "letter" if number % 5 < 2 else "form"
    text = "tawny owl" if number == WANTED else f"{number:05d}"
    return {
        "document": document, "page": page, "collection": where, "key": page.hex,
        "filename": f"{kind} {number}.png", "text": text,
        "grams": text_grams([text.replace(" ", "")]),
    }  # fmt: skip


def _rows_read(connection: Connection, *tables: str) -> int:
    """Return how many rows of tables this transaction has looked at."""
    row = connection.execute(
        "SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) AS n"
        " FROM pg_stat_xact_user_tables WHERE relname = ANY(%s)",
        (list(tables),),
    ).fetchone()
    return int(row["n"] or 0)


def test_words_are_looked_up_before_pages_are_asked_to_pass(connection, hall, callers):
    before = _rows_read(connection, "page", "document", "search_entry")
    filters = SearchFilters(source="letter", since=date(2020, 1, 1))
    among = narrow(connection, callers["operator"].caller, filters, ZONE)
    statistics = GramStatistics()
    words = words_of(connection, statistics, "tawny owl")
    found = rank_words(connection, callers["operator"].caller, words, statistics, among)
    read = _rows_read(connection, "page", "document", "search_entry") - before
    assert {page for ranking in found.values() for page, _ in ranking} == {hall.pages[WANTED]}
    # A few dozen tell that many pass: all of them would be 800 of each table.
    assert read < 500


def test_layouts_under_a_filter_are_found_by_the_index(connection, hall, callers):
    among = narrow(connection, callers["operator"].caller, SearchFilters(source="letter"), ZONE)
    asked = hall.vectors[WANTED]
    before = _rows_read(connection, "embedding")
    found = search.nearest_layouts(connection, hall.space, asked, among, 20)
    assert _rows_read(connection, "embedding") - before < PAGES / 4
    near = [n for n in range(WANTED - 25, WANTED + 26) if n % 5 < 2]
    assert {page for page, _ in found[:10]} <= {hall.pages[n] for n in near}
    assert len(found) == 20


def test_pages_that_pass_far_from_the_query_are_found_all_the_same(connection, hall, callers):
    # Sixty faxes lie at one end, the query at the other: the index is walked for nothing.
    among = narrow(connection, callers["operator"].caller, SearchFilters(source="fax"), ZONE)
    assert among.pages is None
    found = search.nearest_layouts(connection, hall.space, hall.vectors[0], among, 20)
    assert [page for page, _ in found] == hall.pages[PAGES - 60 : PAGES - 40]
