"""What pages can be found by: written once a page, read where a hit is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector

from chohyo.domain.geometry import Box
from chohyo.storage.database import Connection
from chohyo.storage.spaces import StoredSpace
from chohyo.storage.statements import Statements

_SQL = Statements("search_index")


class TextSource(StrEnum):
    """Where a page's text came from; NONE where it could not be read."""

    OCR = "ocr"
    TEXT_LAYER = "text_layer"
    NONE = "none"


class EntryPart(StrEnum):
    """What of a page an entry holds."""

    PAGE = "page"
    VALUES = "values"


@dataclass(frozen=True, slots=True)
class StoredLine:
    """A line of a page as it was read and as it is searched; `confidence` in 0..1."""

    raw: str
    folded: str
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class StoredText:
    """The lines of a page from top to bottom, and what read them."""

    source: TextSource
    model: str
    lines: tuple[StoredLine, ...]


@dataclass(frozen=True, slots=True)
class Indexed:
    """What a page has in the index already."""

    features: bool
    text: bool
    passages: bool


def indexed(connection: Connection, page_id: UUID, revision: int, space: StoredSpace) -> Indexed:
    """Say what of a page is indexed: features of this revision, and passages of this space."""
    row = connection.execute(
        _SQL["indexed"], {"page_id": page_id, "revision": revision, "space_id": space.id}
    ).fetchone()
    assert row is not None
    return Indexed(**row)


def put_text(connection: Connection, page_id: UUID, collection_id: UUID, text: StoredText) -> None:
    """Store a page's lines in place of earlier ones."""
    lines = text.lines
    connection.execute(
        _SQL["put_text"],
        {
            "page_id": page_id,
            "collection_id": collection_id,
            "source": text.source.value,
            "model": text.model,
            "raw": [line.raw for line in lines],
            "folded": [line.folded for line in lines],
            "boxes": [side for line in lines for side in line.box.as_list()],
            "confidence": [line.confidence for line in lines],
        },
    )


def texts(connection: Connection, page_ids: Sequence[UUID]) -> dict[UUID, StoredText]:
    """Return the lines of those pages that have been read."""
    rows = connection.execute(_SQL["texts"], {"page_ids": list(page_ids)})
    found = {}
    for row in rows:
        boxes = np.array(row["boxes"], np.float64).reshape(-1, 4).tolist()
        parts = zip(row["raw"], row["folded"], boxes, row["confidence"], strict=True)
        lines = tuple(StoredLine(raw, folded, Box(*box), c) for raw, folded, box, c in parts)
        found[row["page_id"]] = StoredText(TextSource(row["source"]), row["model"], lines)
    return found


def put_entry(
    connection: Connection,
    page_id: UUID,
    part: EntryPart,
    collection_id: UUID,
    folded: Sequence[str],
    grams: Sequence[int],
) -> None:
    """Store what exact and noisy words are looked up in; without lines, remove it."""
    where = {"page_id": page_id, "part": part.value}
    if not folded:
        connection.execute(_SQL["delete_entry"], where)
        return
    connection.execute(
        _SQL["put_entry"],
        {**where, "collection_id": collection_id, "folded": "\n".join(folded),
         "grams": list(grams)},
    )  # fmt: skip


def forget_passages(connection: Connection, page_id: UUID, space: StoredSpace) -> None:
    """Remove a page's passages from a space, with the note that it has none."""
    where = {"page_id": page_id, "space_id": space.id}
    connection.execute(_SQL["delete_passages"], where)
    connection.execute(_SQL["delete_gap"], where)


def put_passages(
    connection: Connection,
    page_id: UUID,
    collection_id: UUID,
    space: StoredSpace,
    places: Sequence[tuple[int, int]],
    vectors: NDArray[np.float32],
) -> None:
    """Store a page's passages, as first and last line, with vectors of shape (n, dimensions)."""
    where = {"page_id": page_id, "space_id": space.id}
    connection.execute(_SQL["delete_passages"], where)
    params = [
        {**where, "collection_id": collection_id, "seq": seq, "first": first, "last": last,
         "v": HalfVector(vector)}
        for seq, ((first, last), vector) in enumerate(zip(places, vectors, strict=True))
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.executemany(_SQL["put_passage"], params)


def put_features(
    connection: Connection,
    page_id: UUID,
    collection_id: UUID,
    revision: int,
    words: Sequence[int],
    keypoints: bytes,
) -> None:
    """Store a page's keypoints, and the words they are found by, in place of earlier ones."""
    connection.execute(
        _SQL["put_features"],
        {
            "page_id": page_id,
            "collection_id": collection_id,
            "revision": revision,
            "words": list(words),
            "keypoints": keypoints,
        },
    )


def keypoints(connection: Connection, page_ids: Sequence[UUID], revision: int) -> dict[UUID, bytes]:
    """Return the stored keypoints of those pages that have them in this revision."""
    rows = connection.execute(_SQL["keypoints"], {"page_ids": list(page_ids), "revision": revision})
    return {row["page_id"]: bytes(row["keypoints"]) for row in rows}
