"""Which pages a template page is known by, from publishing on and as people decide."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from chohyo.domain.documents import Page
from chohyo.domain.geometry import Transform
from chohyo.domain.ids import new_id
from chohyo.domain.matches import Candidate, Match, Outcome
from chohyo.services import exemplars, processing, proposals, publishing, review
from chohyo.storage import matches, print_models, templates
from tests.integration.pipeline.conftest import draft_for, group_of, run_over

_NORTH, _EAST, _UP = (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0)


@pytest.fixture
def published(runtime, collection, pooled, callers):
    """Publish a form of seven pages, five alike; return its template page and the others."""
    pages = [pooled(f"north {number}", _NORTH) for number in range(5)]
    unlike = [pooled("east", _EAST), pooled("up", _UP)]
    (proposal_id,) = run_over(runtime, collection, group_of(*pages, *unlike))
    draft_for(runtime, proposal_id)
    proposals.approve(runtime, callers["reviewer"].caller, proposal_id)
    version = processing.version(runtime, publishing.publish(runtime, proposal_id))
    return version.pages[0].id, unlike


@pytest.fixture
def decide(runtime, published, callers):
    """Return a function by which a reviewer says whether a page is that form."""
    template_page_id = published[0]

    def decided(page: Page, *, is_it: bool) -> None:
        current = processing.matches_of(runtime, [page.id])[page.id]
        if not current.candidates:
            _put_in_review(runtime, current, template_page_id)
        reviewer = callers["reviewer"].caller
        review.decide(runtime, reviewer, page.id, template_page_id if is_it else None)

    return decided


def _put_in_review(runtime, current: Match, template_page_id: UUID) -> None:
    with runtime.database.transaction() as connection:
        found = templates.page(connection, template_page_id)
    assert found is not None
    version_id = found[0].version_id
    candidate = Candidate(
        template_page_id, version_id, processing.version(runtime, version_id).family_id,
        similarity=0.9, score=0.6, probability=0.6, transform=Transform.identity(),
    )  # fmt: skip
    waiting = replace(current, id=new_id(), outcome=Outcome.REVIEW, candidates=(candidate,))
    with runtime.database.transaction() as connection:
        matches.put(connection, waiting)


def _exemplars(runtime, template_page_id: UUID) -> set[UUID]:
    with runtime.database.transaction() as connection:
        return set(print_models.exemplars(connection, template_page_id))


def test_a_version_is_published_with_unlike_pages_as_its_exemplars(runtime, published):
    template_page_id, unlike = published
    kept = _exemplars(runtime, template_page_id)
    assert len(kept) == exemplars.PER_PAGE
    assert {page.id for page in unlike} <= kept


def test_a_page_that_a_person_routed_becomes_an_exemplar_and_stops_being_one(
    runtime, published, pooled, decide
):
    page = pooled("later", _EAST)
    decide(page, is_it=True)
    assert page.id in _exemplars(runtime, published[0])
    decide(page, is_it=False)
    assert page.id not in _exemplars(runtime, published[0])


def test_exemplars_stay_few_and_unlike_however_much_is_decided(runtime, published, pooled, decide):
    template_page_id, unlike = published
    for number in range(exemplars.MOST_LEARNED):
        decide(pooled(f"later {number}", _NORTH), is_it=True)
    kept = _exemplars(runtime, template_page_id)
    assert len(kept) == exemplars.MOST_LEARNED
    assert {page.id for page in unlike} <= kept
