"""Pages and the decisions for them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from api.v1.schemas.basics import Evidence, FailureOut, Input
from api.v1.schemas.values import ValueOut, values_by_name
from chohyo.domain.documents import Page, PageState
from chohyo.domain.matches import Candidate, Match, Outcome
from chohyo.services.values import PageView
from chohyo.translation import render_reason


class PageOut(BaseModel):
    """A page of a document; `page_no` counts from 1, `width` and `height` are pixels."""

    id: UUID
    document_id: UUID
    collection_id: UUID
    page_no: int
    width: int
    height: int
    dpi: float | None
    rotation: int
    state: PageState
    failure: FailureOut | None
    image: str
    thumbnail: str

    @classmethod
    def of(cls, page: Page, locale: str) -> PageOut:
        """Show a page."""
        return cls(
            id=page.id,
            document_id=page.document_id,
            collection_id=page.collection_id,
            page_no=page.page_no,
            width=page.width,
            height=page.height,
            dpi=page.dpi,
            rotation=page.rotation,
            state=page.state,
            failure=FailureOut.of(page.failure, locale),
            image=f"/v1/pages/{page.id}/image",
            thumbnail=f"/v1/pages/{page.id}/thumbnail",
        )


class RegionOut(BaseModel):
    """A region of the template page that speaks for or against it; `agreement` in 0..1."""

    box: list[float]
    agreement: float


class CandidateOut(BaseModel):
    """A template page that was considered, and how well the page fits it."""

    template_page_id: UUID
    version_id: UUID
    family_id: UUID
    similarity: float
    score: float | None
    probability: float | None
    registered: bool
    regions: list[RegionOut]

    @classmethod
    def of(cls, candidate: Candidate) -> CandidateOut:
        """Show a candidate."""
        return cls(
            template_page_id=candidate.template_page_id,
            version_id=candidate.version_id,
            family_id=candidate.family_id,
            similarity=candidate.similarity,
            score=candidate.score,
            probability=candidate.probability,
            registered=candidate.transform is not None,
            regions=[
                RegionOut(box=region.box.as_list(), agreement=region.agreement)
                for region in candidate.regions
            ],
        )


class MatchOut(BaseModel):
    """The decision in force for a page. `transform` maps the page onto the template page.

    It is a row-major 3 × 3 homography between fractions of either page. Candidates are ordered best
    first; `reason` is a code, `reason_text` says it in the reader's language.
    """

    id: UUID
    outcome: Outcome
    template_page_id: UUID | None
    version_id: UUID | None
    family_id: UUID | None
    probability: float
    margin: float
    reason: str
    reason_text: str
    decided_by: str
    created_at: datetime
    transform: list[float] | None
    candidates: list[CandidateOut]
    evidence: Evidence

    @classmethod
    def of(cls, match: Match, locale: str) -> MatchOut:
        """Show a decision."""
        at = f"/v1/pages/{match.page_id}/match"
        return cls(
            id=match.id,
            outcome=match.outcome,
            template_page_id=match.template_page_id,
            version_id=match.version_id,
            family_id=match.family_id,
            probability=match.probability,
            margin=match.margin,
            reason=match.reason,
            reason_text=render_reason(match.reason, locale),
            decided_by=match.decided_by,
            created_at=match.created_at,
            transform=list(match.transform.rows) if match.transform else None,
            candidates=[CandidateOut.of(each) for each in match.candidates],
            evidence=Evidence(crop=f"{at}/crop", overlay=f"{at}/overlay"),
        )


class DecidedPage(PageOut):
    """A page with the decision in force."""

    match: MatchOut | None

    @classmethod
    def of_decided(cls, view: PageView, locale: str) -> DecidedPage:
        """Show a page without its values."""
        match = MatchOut.of(view.match, locale) if view.match else None
        return cls(**PageOut.of(view.page, locale).model_dump(), match=match)


class PageDetail(DecidedPage):
    """A page with the decision in force and its values by the name of the field."""

    filename: str
    values: dict[str, ValueOut]

    @classmethod
    def of_view(cls, view: PageView, locale: str) -> PageDetail:
        """Show a page with everything known of it."""
        return cls(
            **DecidedPage.of_decided(view, locale).model_dump(),
            filename=view.document.filename,
            values=values_by_name(view.values),
        )


class Decision(Input):
    """Where a person sends a page: to a candidate's template page, or with null to the pool."""

    template_page_id: UUID | None
