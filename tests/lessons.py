"""Form types to train on: copies of known template pages that lie apart along one direction."""

from __future__ import annotations

import hashlib
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.collections import Collection
from chohyo.domain.documents import Page, PageState
from chohyo.domain.ids import new_id
from chohyo.domain.spaces import EmbeddingSpace
from chohyo.domain.templates import TemplatePage
from chohyo.services import embedding
from chohyo.services.runtime import Runtime
from chohyo.storage import collections, documents, embeddings, pages, templates
from chohyo.storage.database import Connection
from chohyo.storage.spaces import StoredSpace

FAMILIES, EDITIONS, COPIES = 8, 2, 4
ELSEWHERE = "elsewhere"


def plant(runtime: Runtime, space: EmbeddingSpace) -> list[UUID]:
    """Store form types in a collection of their own; return their documents.

    Their pages have vectors in the space and no images.
    """
    random, found = np.random.default_rng(7), []
    elsewhere = Collection(new_id(), ELSEWHERE)
    disturbed = _unit(random.normal(size=space.dimensions))
    with runtime.database.transaction() as connection:
        collections.insert(connection, elsewhere)
        leading = embedding.leading_space(connection, space)
        for _ in range(FAMILIES):
            form, family_id = _unit(random.normal(size=space.dimensions)), new_id()
            templates.insert_family(connection, family_id, elsewhere.id, f"form {family_id}")
            for edition in range(EDITIONS):
                print_ = form + 0.2 * _unit(random.normal(size=space.dimensions))
                template_page = _template_page(connection, elsewhere, family_id, str(edition))
                for _ in range(COPIES):
                    vector = _unit(print_ + 1.2 * random.normal() * disturbed)
                    found.append(_copy(connection, elsewhere, template_page, leading, vector))
    return found


def plant_too_few(runtime: Runtime, space: EmbeddingSpace) -> UUID:
    """Store a form type with one copy beside the others; return its document."""
    with runtime.database.transaction() as connection:
        (elsewhere,) = [e for e in collections.every(connection) if e.name == ELSEWHERE]
        leading, family_id = embedding.leading_space(connection, space), new_id()
        templates.insert_family(connection, family_id, elsewhere.id, f"form {family_id}")
        template_page = _template_page(connection, elsewhere, family_id, "0")
        vector = _unit(np.ones(space.dimensions))
        return _copy(connection, elsewhere, template_page, leading, vector)


def _copy(
    connection: Connection,
    where: Collection,
    template_page: UUID,
    leading: StoredSpace,
    vector: NDArray[np.float32],
) -> UUID:
    page = _page(connection, where)
    templates.insert_exemplar(connection, template_page, page.id)
    embeddings.put(connection, leading, page.id, vector)
    return page.document_id


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def _template_page(connection: Connection, where: Collection, family_id: UUID, label: str) -> UUID:
    version_id, page_id = new_id(), new_id()
    templates.insert_version(connection, version_id, family_id, where.id, label)
    templates.insert_page(connection, TemplatePage(page_id, version_id, 1, 100, 100, "-", "-"))
    return page_id


def _page(connection: Connection, where: Collection) -> Page:
    document_id = new_id()
    documents.insert(
        connection, id=document_id, collection_id=where.id, filename="copy.pdf",
        media_type="application/pdf", byte_size=1,
        sha256=hashlib.sha256(document_id.bytes).hexdigest(), blob="-", page_count=1,
    )  # fmt: skip
    page = Page(
        new_id(), document_id, where.id, 1, 100, 100, None, 0, PageState.ROUTED, "-", "-",
        str(document_id), None,
    )  # fmt: skip
    pages.insert(connection, page, ())
    return page
