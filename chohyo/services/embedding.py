"""Give pages their vectors, in the space that leads and in those that are kept beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.documents import Page, PageState
from chohyo.domain.spaces import EmbeddingSpace
from chohyo.errors import SpaceNotServedError
from chohyo.models.embedder import Embedders
from chohyo.pages.images import decode_grey
from chohyo.services.runtime import Runtime, change
from chohyo.services.trained import with_trained
from chohyo.storage import embeddings, pages, spaces
from chohyo.storage.database import Connection
from chohyo.storage.spaces import PAGE_PURPOSES, StoredSpace
from chohyo.storage.work import Work, WorkKind

FILL_PRIORITY = 8  # before indexing, after everything that people wait for

Vectors = Mapping[str, NDArray[np.float32]]


def embed_pages(runtime: Runtime, embedders: Embedders, wanted: Sequence[Page]) -> None:
    """Store the vectors that pages lack, computed in one call, and move the pages on.

    Inline are the space that leads and those that the same pass of the network computes; what
    another model has to compute is filled in the background, so that nobody waits for it. When
    another space has come to lead meanwhile, its vectors are computed as well.

    Raises:
        SpaceNotServedError: no model here fills the space that leads.
    """
    able = with_trained(runtime, embedders)
    while lacking := _lacking(runtime, able, wanted):
        images = [decode_grey(runtime.blobs.get(page.model_blob)) for page in lacking[1]]
        store_vectors(runtime, lacking[1], able.embed(lacking[0], images))
        able = with_trained(runtime, embedders)


def embed_again(runtime: Runtime, embedders: Embedders, page: Page) -> None:
    """Replace a page's vectors in the space that leads and those of the same pass.

    Raises:
        SpaceNotServedError: no model here fills the space that leads.
    """
    able = with_trained(runtime, embedders)
    with runtime.database.transaction() as connection:
        inline = [each.space for each in _inline(connection, able)]
    image = decode_grey(runtime.blobs.get(page.model_blob))
    store_vectors(runtime, [page], able.embed(inline, [image]))


def store_vectors(runtime: Runtime, embedded: Sequence[Page], vectors: Vectors) -> None:
    """Store pages' vectors by the name of their space, a row for each page, and move pages on.

    Spaces that are kept beside are filled with what they lack in the background.
    """
    with change(runtime) as doing:
        connection = doing.connection
        kept = spaces.in_use(connection, PAGE_PURPOSES)
        for space in kept:
            if space.space.name in vectors:
                for page, vector in zip(embedded, vectors[space.space.name], strict=True):
                    embeddings.put(connection, space, page.id, vector)
        for page in embedded:
            if page.state is PageState.SPLIT:
                pages.set_state(connection, page.id, PageState.EMBEDDED)
        having = embeddings.having(connection, kept, [page.id for page in embedded])
        for fill_id in {s.space.fill_id for s in kept if _short(s, embedded, having)}:
            doing.request(Work(WorkKind.SPACE, fill_id, FILL_PRIORITY))


def stored_vector(
    runtime: Runtime, space: EmbeddingSpace, page_id: UUID
) -> NDArray[np.float32] | None:
    """Return a page's vector in the space, shape (dimensions,), or None when it has none."""
    with runtime.database.transaction() as connection:
        stored = spaces.by_name(connection, space.name)
        return embeddings.vectors(connection, stored, [page_id]).get(page_id) if stored else None


def leading_space(connection: Connection, own: EmbeddingSpace) -> StoredSpace:
    """Return the space that leads for a purpose; where there is none yet, one's own does."""
    return spaces.active(connection, own.purpose) or spaces.ensure(connection, own)


def _lacking(
    runtime: Runtime, embedders: Embedders, wanted: Sequence[Page]
) -> tuple[list[EmbeddingSpace], list[Page]] | None:
    """Return the spaces in which pages lack vectors, and those pages; None when none does."""
    ids = [page.id for page in wanted]
    with runtime.database.transaction() as connection:
        inline = _inline(connection, embedders)
        having = embeddings.having(connection, inline, ids)
        there = {page.id for page in pages.some(connection, ids)}
    present = [page for page in wanted if page.id in there]
    lacking = [page for page in present if any((page.id, s.id) not in having for s in inline)]
    return ([s.space for s in inline if _short(s, lacking, having)], lacking) if lacking else None


def _inline(connection: Connection, embedders: Embedders) -> list[StoredSpace]:
    """Return the space that leads and those that are kept which the same pass computes."""
    leading = leading_space(connection, embedders.own.space)
    if not embedders.serves(leading.space):
        raise SpaceNotServedError(space=leading.space.name)
    source = embedders.base(leading.space).source
    return [
        space
        for space in spaces.in_use(connection, PAGE_PURPOSES)
        if embedders.serves(space.space) and embedders.base(space.space).source == source
    ]


def _short(space: StoredSpace, wanted: Sequence[Page], having: set[tuple[UUID, int]]) -> bool:
    return any((page.id, space.id) not in having for page in wanted)
