"""Splitting and assembling can be repeated without losing or doubling anything."""

from __future__ import annotations

import numpy as np
from PIL import Image

from chohyo.pages.images import decode_grey
from chohyo.services import processing
from chohyo.services.ingest import ingest


def test_splitting_again_adds_no_page(runtime, add_document):
    document, _ = processing.load_document(runtime, add_document("three", 3))
    first = processing.split(runtime, document)
    again = processing.split(runtime, document)
    assert [page.id for page in again] == [page.id for page in first]
    assert [page.page_no for page in first] == [1, 2, 3]


def test_splitting_goes_on_where_a_crash_left_it(runtime, add_document):
    document, _ = processing.load_document(runtime, add_document("three", 3))
    complete = processing.split(runtime, document)
    with runtime.database.transaction() as connection:
        connection.execute("DELETE FROM page WHERE id = %s", (complete[1].id,))
    repaired = processing.split(runtime, document)
    assert [page.page_no for page in repaired] == [1, 2, 3]
    assert repaired[0].id == complete[0].id


class _LyingOnItsSide:
    """Says that every page lies on its left side."""

    def turn(self, page):
        return 90


def test_a_page_is_stored_upright_and_the_turn_remembered(runtime, collection, callers, tmp_path):
    path = tmp_path / "lying.png"
    Image.fromarray(np.tile(np.linspace(0, 255, 300, dtype=np.uint8), (200, 1))).save(path)
    caller = callers["operator"].caller
    scanned = ingest(runtime, caller, collection.id, path, path.name).document
    (page,) = processing.split(runtime, scanned, _LyingOnItsSide())
    evidence, model = (
        decode_grey(runtime.blobs.get(blob)) for blob in (page.evidence_blob, page.model_blob)
    )
    assert (page.width, page.height, page.rotation) == (200, 300, 90)
    assert evidence.shape == (300, 200)
    assert model.shape == (1000, 667)
    # What was dark on the left is dark on top.
    assert evidence[:20].mean() < 30
    assert evidence[-20:].mean() > 220


def test_the_text_layer_says_which_way_up_a_page_is(runtime, add_document):
    text = "a page with enough words of its own to be trusted"
    document, _ = processing.load_document(runtime, add_document(text))
    (page,) = processing.split(runtime, document, _LyingOnItsSide())
    assert (page.rotation, page.width < page.height) == (0, True)
