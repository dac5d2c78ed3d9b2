"""Blank pages are passed over, neither unknown nor part of a form, until a person objects."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from chohyo.domain.documents import Document, Page, PageState
from chohyo.errors import ConflictError
from chohyo.services import audit, discovery, pool, processing, review
from chohyo.services.ingest import ingest
from tests.integration.pipeline.conftest import SPACE


@pytest.fixture
def scanned(runtime, collection, callers, tmp_path: Path) -> tuple[Document, list[Page]]:
    """Split a document whose second page has nothing on it."""
    pdf = pymupdf.open()
    for text in ("first", "", "third"):
        pdf.new_page(width=200, height=280).insert_text((20, 40), text)
    path = tmp_path / "scan.pdf"
    pdf.save(path)
    caller = callers["operator"].caller
    document = ingest(runtime, caller, collection.id, path, path.name).document
    return document, processing.split(runtime, document)


def test_a_blank_page_has_a_state_of_its_own_and_an_audit_entry(runtime, callers, scanned):
    _, (_, blank, _) = scanned
    entries = audit.list_entries(runtime, callers["reviewer"].caller, object_id=blank.id)

    assert [page.state for page in scanned[1]] == ["split", "blank", "split"]
    assert [entry.action for entry in entries] == ["page.blank"]


def test_a_blank_page_is_not_in_the_pool_and_not_counted_between_pages(
    runtime, collection, callers, scanned
):
    document, pages = scanned
    run = discovery.start_run(runtime, callers["operator"].caller, collection.id)
    gathered = pool.gather(runtime, run.id, SPACE)

    assert gathered.pages == ()
    assert gathered.blanks == {document.id: [2]}
    assert [gathered.place_of(page) for page in pages] == [1, 2, 2]


def test_a_reviewer_has_a_page_looked_at_that_is_not_blank(runtime, queue, callers, scanned):
    document, (_, blank, _) = scanned
    queue.sent.clear()

    review.decide(runtime, callers["reviewer"].caller, blank.id, None)

    assert processing.load_document(runtime, document.id)[1][1].state is PageState.SPLIT
    assert [object_id for _, object_id, _ in queue.sent] == [document.id]
    # Splitting once more does not take it for blank again.
    assert processing.split(runtime, document)[1].state is PageState.SPLIT


def test_a_blank_page_cannot_be_routed_to_a_form(runtime, callers, scanned):
    _, (first, blank, _) = scanned
    with pytest.raises(ConflictError):
        review.decide(runtime, callers["reviewer"].caller, blank.id, first.id)
