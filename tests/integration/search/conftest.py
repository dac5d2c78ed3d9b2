"""Pages that say something, for a search to find."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from filing import new_document
from ledger import Ledger, file_ledger
from numpy.typing import NDArray

from chohyo.domain.collections import Collection
from chohyo.domain.documents import Page, PageState
from chohyo.domain.geometry import Box
from chohyo.domain.ids import new_id
from chohyo.domain.spaces import EmbeddingSpace, Purpose
from chohyo.models.embedder import Embedders
from chohyo.models.layout_grid import LayoutGrid
from chohyo.models.ocr import RecognizedText, TextLine
from chohyo.models.text_encoder import Encoders
from chohyo.pages.images import encode_png
from chohyo.services.indexing import IndexModels, index_page, refresh_values
from chohyo.services.runtime import Runtime
from chohyo.services.search import SearchEngine
from chohyo.storage import documents, pages

LINE_HEIGHT = 0.04


class WordBag:
    """Puts texts with the same letters close to each other: a stand-in for the network."""

    space = EmbeddingSpace("word-bag", "test", "1", 64, purpose=Purpose.TEXT)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a vector a text."""
        return np.stack([self.embed_query(text) for text in texts]) if texts else np.zeros((0, 64))

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Return a text's vector."""
        vector = np.full(64, 0.01, np.float32)
        for letter in text:
            vector[zlib.crc32(letter.encode()) % 64] += 1
        return vector / np.linalg.norm(vector)


class Script:
    """Reads on every page what the test says: lines from top to bottom."""

    def __init__(self) -> None:
        self.lines: Sequence[str] = ()
        self.read = 0

    def read_page(self, image: NDArray[np.uint8]) -> list[TextLine]:
        """Return the lines, one below the other."""
        self.read += 1
        found = []
        for number, text in enumerate(self.lines):
            box = line_box(number, len(text))
            corners = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
            found.append(TextLine(text, box, 0.9, corners))
        return found

    def read_regions(self, images: Sequence[NDArray[np.uint8]]) -> list[RecognizedText]:
        """Read nothing."""
        return [RecognizedText("", 0.0, ())] * len(images)


def line_box(number: int, length: int) -> Box:
    """Return where the script has a line."""
    top = 0.05 + 1.5 * LINE_HEIGHT * number
    return Box(0.1, top, min(0.95, 0.1 + 0.02 * length), top + LINE_HEIGHT)


@pytest.fixture
def script() -> Script:
    """Return the reader of the test's pages."""
    return Script()


@pytest.fixture
def engine(script: Script) -> SearchEngine:
    """Return what is searched with."""
    return SearchEngine(
        Encoders(WordBag()), Embedders(LayoutGrid()), script, ZoneInfo("Asia/Tokyo")
    )


@pytest.fixture
def write_page(runtime: Runtime, collection: Collection, script: Script) -> Callable[..., Page]:
    """Return a function that files a page with these lines and indexes it."""

    def write(*lines: str, where: UUID | None = None, image: NDArray[np.uint8] | None = None):
        page = file_page(runtime, where or collection.id, image)
        script.lines = lines
        index_page(
            runtime, IndexModels(script, Encoders(WordBag()), Embedders(LayoutGrid())), page.id
        )
        return page

    return write


def file_page(
    runtime: Runtime,
    collection_id: UUID,
    image: NDArray[np.uint8] | None = None,
    model: NDArray[np.uint8] | None = None,
) -> Page:
    """File a document of one page that no template explains."""
    pixels = np.full((200, 140), 255, np.uint8) if image is None else image
    blob = runtime.blobs.put(encode_png(pixels))
    for_models = blob if model is None else runtime.blobs.put(encode_png(model))
    with runtime.database.transaction() as connection:
        document = new_document(runtime, connection, collection_id)
        page = Page(
            id=new_id(), document_id=document.id, collection_id=collection_id, page_no=1,
            width=pixels.shape[1], height=pixels.shape[0], dpi=None, rotation=0,
            state=PageState.UNKNOWN, evidence_blob=blob, model_blob=for_models,
            content_key=document.id.hex * 2, failure=None,
        )  # fmt: skip
        pages.insert(connection, page, [])
        pages.set_state(connection, page.id, PageState.UNKNOWN)
        documents.set_split(connection, document.id, 1)
    return page


@pytest.fixture
def ledger(
    runtime: Runtime, collection: Collection, script: Script, engine: SearchEngine
) -> Ledger:
    """Return forms with dates and amounts, filed and indexed."""
    filed = file_ledger(runtime, collection.id)
    for page in filed.pages:
        script.lines = ("在留期間更新許可申請書", "出入国在留管理局長殿")
        index_page(runtime, IndexModels(script, engine.encoders, engine.embedders), page.id)
    with runtime.database.transaction() as connection:
        refresh_values(connection, filed.pages)
    return filed
