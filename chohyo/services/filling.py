"""Fill embedding spaces in the background, a slice at a time, from where it was left."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.access import Actor
from chohyo.domain.documents import Failure, Page
from chohyo.domain.spaces import EmbeddingSpace, Purpose
from chohyo.errors import ChohyoError, SpaceNotServedError
from chohyo.models.embedder import Embedders
from chohyo.models.text_encoder import Encoders
from chohyo.pages.images import decode_grey
from chohyo.services.embedding import FILL_PRIORITY, Vectors
from chohyo.services.indexing import store_passages
from chohyo.services.runtime import Runtime
from chohyo.services.trained import with_trained
from chohyo.storage import audit, embeddings, pages, search_index, spaces, work
from chohyo.storage.database import Connection
from chohyo.storage.spaces import StoredSpace
from chohyo.storage.work import Work, WorkKind

_log = logging.getLogger(__name__)

_AT_ONCE = 32  # pages whose images are in memory
_SLICE = 8  # so often, then others that wait have their turn


@dataclass(frozen=True, slots=True)
class FillModels:
    """What computes vectors of pages and of their text."""

    embedders: Embedders
    encoders: Encoders

    @property
    def own_spaces(self) -> list[EmbeddingSpace]:
        """Return the profile's own spaces, one for each purpose that always has one."""
        return [self.embedders.own.space, self.encoders.own.space]

    @property
    def spaces(self) -> list[EmbeddingSpace]:
        """Return all spaces whose vectors can be computed here."""
        return [*self.embedders.spaces, *self.encoders.spaces]

    def serves(self, space: StoredSpace) -> bool:
        """Say whether the vectors of a space can be computed here."""
        return space.space.name in {each.name for each in self.spaces}


@dataclass(frozen=True, slots=True)
class _Portion:
    """The next `pages` that `space` lacks, with all its `cuts` that are filled with it."""

    space: StoredSpace
    cuts: list[StoredSpace]
    pages: list[Page]


def fill(runtime: Runtime, models: FillModels, fill_id: UUID) -> None:
    """Embed a slice of the pages that the spaces of a source lack; the rest is asked for again.

    Cuts of one another are filled together. A page that fails is noted and left out. It goes on
    where it was left, whatever became of the worker that was at it. Where no model here computes
    them, it ends until it is asked for again.
    """
    models = replace(models, embedders=with_trained(runtime, models.embedders))
    for _ in range(_SLICE):
        portion = _next(runtime, models, fill_id)
        if portion is None:
            return
        if portion.pages:
            _fill(runtime, models, portion)
    with runtime.database.transaction() as connection:
        work.request(connection, Work(WorkKind.SPACE, fill_id, FILL_PRIORITY))


def fail(runtime: Runtime, fill_id: UUID, failure: Failure) -> None:
    """Note why filling has ended, until somebody asks for it again."""
    with runtime.database.transaction() as connection:
        spaces.fail(connection, _of(connection, fill_id), failure)


def leave_page_out(runtime: Runtime, fill_id: UUID, failure: Failure) -> bool:
    """Note the page that killed the worker each time, and say whether there was one."""
    with runtime.database.transaction() as connection:
        for space in _of(connection, fill_id):
            for page_id in spaces.missing(connection, space, space.fill_after, 1):
                for each in _of(connection, fill_id):
                    spaces.note_gap(connection, each, page_id, failure.code)
                return True
    return False


def _of(connection: Connection, fill_id: UUID) -> list[StoredSpace]:
    kept = spaces.in_use(connection, list(Purpose))
    return [each for each in kept if each.space.fill_id == fill_id]


def _next(runtime: Runtime, models: FillModels, fill_id: UUID) -> _Portion | None:
    """Return the next pages that one of the spaces lacks; None when there is nothing to do."""
    with runtime.database.transaction() as connection:
        found = _of(connection, fill_id)
        served = [space for space in found if models.serves(space)]
        if found and not served:
            failure = Failure(SpaceNotServedError.code, {"space": found[0].space.name})
            spaces.fail(connection, found, failure)
        # After a death one page at a time tells which one it was.
        died = work.attempts(connection, WorkKind.SPACE, fill_id) > 1
        for space in served:
            lacking = _lacking(connection, space, 1 if died else _AT_ONCE)
            if lacking:
                stored = sorted(pages.some(connection, lacking), key=lambda page: page.id)
                return _Portion(space, served, stored)
    return None


def _lacking(connection: Connection, space: StoredSpace, limit: int) -> list[UUID]:
    """Return the next pages a space lacks; at the end, those that arrived behind it."""
    lacking = spaces.missing(connection, space, space.fill_after, limit)
    if lacking or space.fill_after is None:
        return lacking
    spaces.move_on(connection, space, None)
    lacking = spaces.missing(connection, space, None, limit)
    if not lacking:
        _record_full(connection, space)
    return lacking


def _record_full(connection: Connection, space: StoredSpace) -> None:
    counted = spaces.progress(connection, space)
    audit.append(
        connection, Actor.system("worker"), "space.filled", "embedding_space", space.space.audit_id,
        details={"space": space.space.name, "pages": counted.filled, "failed": counted.failed},
    )  # fmt: skip


def _fill(runtime: Runtime, models: FillModels, portion: _Portion) -> None:
    """Embed pages together, or one by one when that fails; one that fails alone is noted."""
    try:
        _embed(runtime, models, portion)
    except ChohyoError as error:
        if error.passing:
            raise
        _fall_back(runtime, models, portion, Failure(error.code, error.params))
    except Exception:  # noqa: BLE001 - whatever it is, the page that is to blame is left out
        _log.exception("%d pages went wrong in %s", len(portion.pages), portion.space.space.name)
        _fall_back(runtime, models, portion, Failure(ChohyoError.code, {}))


def _fall_back(runtime: Runtime, models: FillModels, portion: _Portion, failure: Failure) -> None:
    if len(portion.pages) > 1:
        for page in portion.pages:
            _fill(runtime, models, replace(portion, pages=[page]))
        return
    with runtime.database.transaction() as connection:
        for space in portion.cuts:
            spaces.note_gap(connection, space, portion.pages[0].id, failure.code)


def _embed(runtime: Runtime, models: FillModels, portion: _Portion) -> None:
    if portion.space.space.purpose is Purpose.TEXT:
        for page in portion.pages:
            with runtime.database.transaction() as connection:
                text = search_index.texts(connection, [page.id]).get(page.id)
            if text is not None:
                store_passages(runtime, models.encoders, page, text, portion.space.space.fill_id)
        vectors: Vectors = {}
    else:
        vectors = _page_vectors(runtime, models.embedders, portion)
    _store(runtime, portion, vectors)


def _page_vectors(runtime: Runtime, embedders: Embedders, portion: _Portion) -> Vectors:
    """Compute vectors of pages; in a trained space from those in its base, where there are any."""
    wanted = [each.space for each in portion.cuts]
    base = embedders.base(portion.space.space)
    there = {} if base in wanted else _stored_vectors(runtime, base, portion.pages)
    others = [page for page in portion.pages if page.id not in there]
    if others:
        images = [decode_grey(runtime.blobs.get(page.model_blob)) for page in others]
        if not there:
            return embedders.embed(wanted, images)
        found = embedders.embed([base], images)[base.name]
        there |= {page.id: vector for page, vector in zip(others, found, strict=True)}
    vectors = np.stack([there[page.id] for page in portion.pages])
    return {space.name: embedders.project(space, vectors) for space in wanted}


def _stored_vectors(
    runtime: Runtime, space: EmbeddingSpace, wanted: Sequence[Page]
) -> dict[UUID, NDArray[np.float32]]:
    with runtime.database.transaction() as connection:
        stored = spaces.by_name(connection, space.name)
        if stored is None or stored.space != space:
            return {}
        return embeddings.vectors(connection, stored, [page.id for page in wanted])


def _store(runtime: Runtime, portion: _Portion, vectors: Vectors) -> None:
    with runtime.database.transaction() as connection:
        for space in _of(connection, portion.space.space.fill_id):
            for page, vector in zip(portion.pages, vectors.get(space.space.name, ()), strict=False):
                embeddings.put(connection, space, page.id, vector)
        spaces.move_on(connection, portion.space, portion.pages[-1].id)
        work.progressed(connection, WorkKind.SPACE, portion.space.space.fill_id)
