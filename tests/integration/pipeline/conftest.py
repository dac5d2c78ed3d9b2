"""Documents and proposals made without models, for tests of what is kept about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import numpy as np
import pymupdf
import pytest

from chohyo.domain.access import Actor
from chohyo.domain.collections import Collection
from chohyo.domain.documents import Page
from chohyo.domain.geometry import Box, Transform
from chohyo.domain.ids import new_id
from chohyo.domain.matches import Match, Outcome
from chohyo.domain.proposals import Draft, MemberPage, ProposedPage
from chohyo.domain.spaces import EmbeddingSpace
from chohyo.domain.templates import FieldSpec, FieldType
from chohyo.services import discovery, drafting, embedding, pool, processing
from chohyo.services.ingest import ingest
from chohyo.services.runtime import Runtime
from chohyo.services.spaces import settle

SPACE = EmbeddingSpace(name="test", model_id="test", revision="1", dimensions=4)


@pytest.fixture
def add_document(
    runtime: Runtime, collection: Collection, callers, tmp_path: Path
) -> Callable[[str, int], UUID]:
    """Ingest a PDF with so many pages, each with a text of its own."""

    def add(text: str, pages: int = 1) -> UUID:
        pdf = pymupdf.open()
        for number in range(pages):
            page = pdf.new_page(width=200, height=280)
            page.insert_text((20, 40), f"{text} {number + 1}")
        path = tmp_path / f"{text}.pdf"
        pdf.save(path)
        caller = callers["operator"].caller
        return ingest(runtime, caller, collection.id, path, path.name).document.id

    return add


@pytest.fixture
def pooled(runtime: Runtime, add_document) -> Callable[..., Page]:
    """Bring a one-page document as far as the pool; its vector points where it is told to."""

    def bring(text: str, direction: Sequence[float] = (1, 0, 0, 0)) -> Page:
        document, _ = processing.load_document(runtime, add_document(text))
        page = processing.split(runtime, document)[0]
        settle(runtime, [SPACE])
        vectors = {SPACE.name: np.array([direction], np.float32)}
        embedding.store_vectors(runtime, [page], vectors)
        match = Match(
            id=new_id(), page_id=page.id, collection_id=page.collection_id,
            outcome=Outcome.UNKNOWN, template_page_id=None, version_id=None, family_id=None,
            probability=0.0, margin=0.0, reason="no-candidate", transform=None, candidates=(),
            decided_by="registration", created_at=datetime.now(UTC),
        )  # fmt: skip
        processing.record_match(runtime, Actor.agent("decide"), match)
        processing.finish_document(runtime, document.id)
        return page

    return bring


def group_of(*pages: Page) -> pool.FoundGroup:
    """Return the pages as copies of one template page."""
    members = tuple(MemberPage(page.id, 1, Transform.identity()) for page in pages)
    return pool.FoundGroup(members, kin_key="")


def run_over(runtime: Runtime, collection: Collection, *groups: pool.FoundGroup) -> list[UUID]:
    """Keep the groups as a discovery run would."""
    run = discovery.request_run(runtime, Actor.system("test"), collection.id, "on-demand")
    pool.gather(runtime, run.id, SPACE)
    return pool.open_proposals(runtime, run.id, groups)


def draft_for(runtime: Runtime, proposal_id: UUID, name: str = "Form") -> Draft:
    """Store a small draft and show it to people."""
    proposal, pages = drafting.load_proposal(runtime, proposal_id)
    page = next(iter(pages.values()))
    field = FieldSpec("total", "Total", FieldType.AMOUNT, 1, Box(0.1, 0.1, 0.4, 0.2), 1)
    blank = ProposedPage(1, page.width, page.height, 2, page.evidence_blob, page.model_blob)
    draft = Draft(name, "1", (blank,), (field,))
    drafting.store_draft(runtime, proposal_id, draft, proposal.members)
    drafting.present(runtime, proposal_id)
    return draft
