"""Publish hundreds of generated forms at once: rows and images as the product keeps them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.documents import DocumentState, Page, PageState
from chohyo.domain.ids import new_id
from chohyo.domain.templates import TemplatePage
from chohyo.matching.features import LONG_SIDE
from chohyo.pages.images import encode_jpeg, encode_png, shrunk
from chohyo.services import blanks
from chohyo.services.embedding import leading_space
from chohyo.storage import documents, embeddings, pages, templates
from chohyo.storage.database import Connection
from eval.bench import Bench
from eval.speed.sheets import Sheets

Pixels = NDArray[np.uint8]

_WORN = ("light", "scan", "scan")  # how the copies were degraded that a form is known by


def publish_forms(
    bench: Bench, sheets: Sheets, numbers: Iterable[int], asked: Collection[int]
) -> dict[UUID, int]:
    """Publish forms; return their numbers by template page.

    Two numbers in a row are two versions of one family. Families that pages will be of (`asked`)
    have three exemplars a version, the others one: they only stand in the way. What a discovery
    run would find out is given.
    """
    well_known = {number // 2 for number in asked}
    families: dict[int, UUID] = {}
    found: dict[UUID, int] = {}
    for number in numbers:
        worn = _WORN if number // 2 in well_known else _WORN[:1]
        blobs = blanks.store(bench.runtime, sheets.blank(number))
        copies = [sheets.copy(number, copy, kind) for copy, kind in enumerate(worn)]
        vectors = bench.context.embedders.own.embed([shrunk(copy, LONG_SIDE) for copy in copies])
        height, width = sheets.blank(number).shape
        with bench.runtime.database.transaction() as connection:
            if number // 2 not in families:
                families[number // 2] = new_id()
                templates.insert_family(
                    connection, families[number // 2], bench.collection_id, f"form {number // 2}"
                )
            version_id, page_id = new_id(), new_id()
            templates.insert_version(
                connection, version_id, families[number // 2], bench.collection_id, str(number)
            )
            templates.insert_page(
                connection, TemplatePage(page_id, version_id, 1, width, height, *blobs)
            )
            for exemplar in _filed(bench, connection, copies, vectors):
                templates.insert_exemplar(connection, page_id, exemplar)
        found[page_id] = number
    return found


def _filed(
    bench: Bench, connection: Connection, copies: Sequence[Pixels], vectors: NDArray[np.float32]
) -> list[UUID]:
    """Keep copies as the pages of a document that is done; return their ids."""
    document_id = new_id()
    name = document_id.hex
    documents.insert(
        connection, id=document_id, collection_id=bench.collection_id, filename=f"{name}.png",
        media_type="image/png", byte_size=1, sha256=name, blob=name, page_count=len(copies),
    )  # fmt: skip
    documents.set_state(connection, document_id, DocumentState.DONE)
    space = leading_space(connection, bench.context.embedders.own.space)
    ids = []
    for page_no, (copy, vector) in enumerate(zip(copies, vectors, strict=True), 1):
        height, width = copy.shape
        page = Page(
            id=new_id(), document_id=document_id, collection_id=bench.collection_id,
            page_no=page_no, width=width, height=height, dpi=None, rotation=0,
            state=PageState.READ,
            evidence_blob=bench.runtime.blobs.put(encode_jpeg(copy)),
            model_blob=bench.runtime.blobs.put(encode_png(shrunk(copy, LONG_SIDE))),
            content_key=hashlib.sha256(copy.tobytes()).hexdigest(), failure=None,
        )  # fmt: skip
        pages.insert(connection, page, ())
        embeddings.put(connection, space, page.id, vector)
        ids.append(page.id)
    return ids
