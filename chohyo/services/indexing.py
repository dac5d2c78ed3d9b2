"""Make pages findable, in the background: their details, their text and what it means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chohyo.domain.access import Actor
from chohyo.domain.documents import Failure, Page
from chohyo.domain.spaces import Purpose
from chohyo.errors import NotFoundError
from chohyo.models.embedder import Embedders
from chohyo.models.ocr import READER, TextRecognizer
from chohyo.models.text_encoder import Encoders
from chohyo.pages.images import decode_colour, decode_grey
from chohyo.search.grams import text_grams
from chohyo.search.lines import recognized_lines, text_layer_lines
from chohyo.search.passages import cut_passages
from chohyo.search.pictures import REVISION, describe, pack
from chohyo.search.value_lines import value_lines
from chohyo.services.embedding import FILL_PRIORITY, embed_again, leading_space
from chohyo.services.runtime import Runtime, change
from chohyo.storage import audit, pages, reindexing, search, search_index, spaces, work
from chohyo.storage.database import Connection
from chohyo.storage.search_index import EntryPart, Indexed, StoredText, TextSource
from chohyo.storage.work import Work, WorkKind

PRIORITY = 9  # after everything that people wait for


@dataclass(frozen=True, slots=True)
class IndexModels:
    """What reads pages, and what puts their text and their layout into vectors."""

    recognizer: TextRecognizer
    encoders: Encoders
    embedders: Embedders


def index_page(runtime: Runtime, models: IndexModels, page_id: UUID) -> None:
    """Index what a page lacks, or what is wanted of it once more.

    Each step is kept, and repeating one is harmless. What was there stays until it is replaced.
    """
    with runtime.database.transaction() as connection:
        page = pages.get(connection, page_id)
        if page is None:
            raise NotFoundError(kind="page", id=str(page_id))
        space = leading_space(connection, models.encoders.own.space)
        again = reindexing.wanted(connection, page_id)
        done = search_index.indexed(connection, page_id, REVISION, space)
        if again.text:
            done = Indexed(features=False, text=False, passages=False)
            refresh_values(connection, [page])
    if not done.features:
        _index_picture(runtime, page)
    text = _index_text(runtime, models.recognizer, page) if not done.text else None
    if not done.passages:
        if text is None:
            with runtime.database.transaction() as connection:
                text = search_index.texts(connection, [page.id])[page.id]
        store_passages(runtime, models.encoders, page, text)
    if again.layout:
        embed_again(runtime, models.embedders, page)
    with runtime.database.transaction() as connection:
        reindexing.finish(connection, page_id, again)


def fail_index(runtime: Runtime, page_id: UUID, failure: Failure) -> None:
    """Note that a page's text cannot be had, so that nobody tries again by himself."""
    with runtime.database.transaction() as connection:
        page = pages.get(connection, page_id)
        if page is None:
            return
        if page_id not in search_index.texts(connection, [page_id]):
            _store_text(connection, page, StoredText(TextSource.NONE, "", ()))
        again = reindexing.wanted(connection, page_id)
        reindexing.finish(connection, page_id, again, failure.code)
        audit.append(
            connection, Actor.system("worker"), "page.index-failed", "page", page_id,
            collection_id=page.collection_id, details={"code": failure.code},
        )  # fmt: skip


def request_missing(connection: Connection, stored: Sequence[Page]) -> None:
    """Ask for pages without text to be indexed; nobody is told, it is done when there is time."""
    known = search_index.texts(connection, [page.id for page in stored])
    for page in sorted(stored, key=lambda each: each.id):
        if page.id not in known:
            work.request(connection, Work(WorkKind.INDEX, page.id, PRIORITY))


def refresh_values(connection: Connection, stored: Sequence[Page]) -> None:
    """Have pages found by the values they have now."""
    found = search.values_of_pages(connection, [page.id for page in stored])
    for page in stored:
        read = [(each.raw, each.normalized) for each in found.get(page.id, ())]
        lines = [line for _, line in value_lines(read)]
        search_index.put_entry(
            connection, page.id, EntryPart.VALUES, page.collection_id, lines, text_grams_of(lines)
        )


def text_grams_of(lines: Sequence[str]) -> list[int]:
    """Return the hashed grams of folded lines."""
    return text_grams(line.replace(" ", "") for line in lines)


def _index_picture(runtime: Runtime, page: Page) -> None:
    # The picture for models is shrunk coarsely: a screenshot shares a third fewer words with it.
    described = describe(decode_grey(runtime.blobs.get(page.evidence_blob)))
    with runtime.database.transaction() as connection:
        search_index.put_features(
            connection, page.id, page.collection_id, REVISION, described.words, pack(described)
        )


def _index_text(runtime: Runtime, recognizer: TextRecognizer, page: Page) -> StoredText:
    with runtime.database.transaction() as connection:
        words = pages.words(connection, page.id)
    if words:
        text = StoredText(TextSource.TEXT_LAYER, "", text_layer_lines(words))
    else:
        image = decode_colour(runtime.blobs.get(page.evidence_blob))
        found = recognizer.read_page(image)
        text = StoredText(TextSource.OCR, READER, recognized_lines(found))
    with runtime.database.transaction() as connection:
        _store_text(connection, page, text)
        audit.append(
            connection, Actor.system("worker"), "page.indexed", "page", page.id,
            collection_id=page.collection_id,
            details={"lines": len(text.lines), "source": text.source.value, "model": text.model},
        )  # fmt: skip
    return text


def _store_text(connection: Connection, page: Page, text: StoredText) -> None:
    lines = [line.folded for line in text.lines]
    search_index.put_text(connection, page.id, page.collection_id, text)
    search_index.put_entry(
        connection, page.id, EntryPart.PAGE, page.collection_id, lines, text_grams_of(lines)
    )


def store_passages(
    runtime: Runtime, encoders: Encoders, page: Page, text: StoredText, fill_id: UUID | None = None
) -> None:
    """Store what a page's text means, in the spaces of the source that leads or is being filled.

    A space whose model is not here, or which has another source, is filled in the background; on
    arrival and when a page is read again, what it had is dropped.
    """
    with runtime.database.transaction() as connection:
        leading = leading_space(connection, encoders.own.space)
        wanted = [
            each.space
            for each in spaces.in_use(connection, [Purpose.TEXT])
            if each.space.fill_id == (fill_id or leading.space.fill_id) and encoders.of(each.space)
        ]
    passages = cut_passages([line.raw for line in text.lines])
    vectors = encoders.embed_passages(wanted, [passage.text for passage in passages])
    places = [(passage.first, passage.last) for passage in passages]
    with change(runtime) as doing:
        connection = doing.connection
        if pages.lock(connection, page.id) is None:
            return
        for space in spaces.in_use(connection, [Purpose.TEXT]):
            if fill_id is None:
                search_index.forget_passages(connection, page.id, space)
            if space.space.name in vectors and passages:
                found = vectors[space.space.name]
                search_index.put_passages(
                    connection, page.id, page.collection_id, space, places, found
                )
            elif not passages:
                spaces.note_gap(connection, space, page.id, spaces.NOTHING)
            elif fill_id is None:
                doing.request(Work(WorkKind.SPACE, space.space.fill_id, FILL_PRIORITY))
