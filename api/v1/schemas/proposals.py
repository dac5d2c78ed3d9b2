"""Proposals and what people decide about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from api.v1.schemas.basics import FailureOut, FindingOut, Input, Label, Line, Output, Prose
from api.v1.schemas.fields import FieldModel, ShownBox
from chohyo.discovery.field_changes import ChangeKind, FieldChange
from chohyo.domain.documents import Page
from chohyo.domain.edition_advice import EditionAdvice, Relation
from chohyo.domain.figures import FieldFigures
from chohyo.domain.kinship import KinSide, Tie
from chohyo.domain.proposals import (
    MemberPage,
    Proposal,
    ProposalKind,
    ProposalState,
    ProposedPage,
)
from chohyo.services.carrying import FieldsDifference
from chohyo.services.differences import EditionDifference
from chohyo.services.kinships import KinLink
from chohyo.services.proposals import ProposalView, revision


class ProposalOut(BaseModel):
    """A proposal in a list; `name` and `version_label` are null while it is drafted."""

    id: UUID
    run_id: UUID
    collection_id: UUID
    kind: ProposalKind
    state: ProposalState
    family_id: UUID | None
    name: str | None
    version_label: str | None
    member_count: int
    decided_by: str | None
    reason: str | None
    version_id: UUID | None
    failure: FailureOut | None
    created_at: datetime

    @classmethod
    def of(cls, proposal: Proposal, locale: str) -> ProposalOut:
        """Show a proposal in short."""
        draft = proposal.draft
        return cls(
            id=proposal.id,
            run_id=proposal.run_id,
            collection_id=proposal.collection_id,
            kind=proposal.kind,
            state=proposal.state,
            family_id=proposal.family_id,
            name=draft.name if draft else None,
            version_label=draft.version_label if draft else None,
            member_count=len(proposal.members),
            decided_by=proposal.decided_by,
            reason=proposal.reason,
            version_id=proposal.version_id,
            failure=FailureOut.of(proposal.failure, locale),
            created_at=proposal.created_at,
        )


class ProposedPageOut(BaseModel):
    """A template page as rebuilt from `copies` filled pages."""

    page_no: int
    width: int
    height: int
    copies: int
    blank: str

    @classmethod
    def of(cls, page: ProposedPage, proposal_id: UUID) -> ProposedPageOut:
        """Show a proposed template page."""
        return cls(
            page_no=page.page_no,
            width=page.width,
            height=page.height,
            copies=page.copies,
            blank=f"/v1/proposals/{proposal_id}/pages/{page.page_no}/blank",
        )


class MemberOut(BaseModel):
    """A page of the pool that is a copy of a proposed template page."""

    page_id: UUID
    template_page_no: int
    document_id: UUID | None
    page_no: int | None
    image: str

    @classmethod
    def of(cls, member: MemberPage, page: Page | None) -> MemberOut:
        """Show a member; its page is None when it is gone."""
        return cls(
            page_id=member.page_id,
            template_page_no=member.template_page_no,
            document_id=page.document_id if page else None,
            page_no=page.page_no if page else None,
            image=f"/v1/pages/{member.page_id}/image",
        )


class FieldFiguresOut(BaseModel):
    """What the check measured of a field, on the `read` pages it tried.

    It is filled in on `filled` of them; `valid` of these fit its type, `readable` can be read, and
    `confidence` is their mean. On the pages `at_fault` a value does not fit or can hardly be read.
    `overlaps` are fields that lie in its box. Figures are absent once the field was edited.
    """

    name: str
    read: int | None
    filled: int | None
    valid: int | None
    readable: int | None
    confidence: float | None
    at_fault: list[UUID]
    overlaps: list[str]

    @classmethod
    def of(cls, name: str, found: FieldFigures | None, overlaps: Sequence[str]) -> FieldFiguresOut:
        """Show the figures of a field."""
        return cls(
            name=name,
            read=found.read if found else None,
            filled=found.filled if found else None,
            valid=found.valid if found else None,
            readable=found.readable if found else None,
            confidence=found.confidence if found else None,
            at_fault=list(found.at_fault) if found else [],
            overlaps=list(overlaps),
        )


class ProposalDetail(ProposalOut):
    """A proposal with its blank forms, fields, findings and members.

    `revision` tells one state of name and fields from another; it is null while it is drafted.
    """

    revision: str | None
    pages: list[ProposedPageOut]
    fields: list[FieldModel]
    findings: list[FindingOut]
    figures: list[FieldFiguresOut]
    members: list[MemberOut]

    @classmethod
    def of_view(cls, view: ProposalView, locale: str) -> ProposalDetail:
        """Show a proposal."""
        proposal, draft = view.proposal, view.proposal.draft
        return cls(
            **ProposalOut.of(proposal, locale).model_dump(),
            revision=revision(draft) if draft else None,
            pages=[ProposedPageOut.of(page, proposal.id) for page in draft.pages] if draft else [],
            fields=[FieldModel.of(spec) for spec in draft.fields] if draft else [],
            findings=[FindingOut.of(each, locale) for each in draft.findings] if draft else [],
            figures=[
                FieldFiguresOut.of(
                    spec.name, view.figures.get(spec.name), view.overlaps.get(spec.name, ())
                )
                for spec in (draft.fields if draft else ())
            ],
            members=[MemberOut.of(each, view.pages.get(each.page_id)) for each in proposal.members],
        )


class PageDifferenceOut(BaseModel):
    """Where one page differs from the other edition's: the same places on both, in order.

    `comparable` is false when one blank form cannot be laid on the other.
    """

    page_no: int
    comparable: bool
    here: list[ShownBox]
    there: list[ShownBox]


class FieldChangeOut(BaseModel):
    """What became of a field; what it was is null for an added one, what it is for a removed."""

    kind: ChangeKind
    name: str
    before: FieldModel | None
    after: FieldModel | None

    @classmethod
    def of(cls, change: FieldChange) -> FieldChangeOut:
        """Show a difference."""
        return cls(
            kind=change.kind,
            name=change.name,
            before=FieldModel.of(change.before) if change.before else None,
            after=FieldModel.of(change.after) if change.after else None,
        )


class CitedPrintOut(Output):
    """A place on a template page of this form, of the other one, or of both."""

    page_no: int
    here: ShownBox | None
    there: ShownBox | None


class StatementOut(Output):
    """A sentence of the chat model, and the print it rests on."""

    text: str
    cited: list[CitedPrintOut]


class EditionAdviceOut(Output):
    """What a chat model says of both forms; nothing follows from it by itself.

    `dropped` counts what it said without print that bears it.
    """

    relation: Relation | None
    statements: list[StatementOut]
    model: str
    dropped: int


class KinSideOut(Output):
    """One edition of two: title and page number as read, null where nothing was.

    `alike` are the places that the other has too, in its order, `alone` those it has not.
    """

    title: str | None
    page_mark: str | None
    alike: list[ShownBox]
    alone: list[ShownBox]

    @classmethod
    def of_side(cls, side: KinSide) -> KinSideOut:
        """Show one side."""
        return cls(
            title=side.title or None,
            page_mark=side.page_mark or None,
            alike=list(side.alike),
            alone=list(side.alone),
        )


class KinshipOut(BaseModel):
    """Why a proposal is taken for an edition of the same form as another one.

    `print`: print in the same places, of which `share` agrees. `words`: words that were moved,
    under one title; `share` of the words on either is found on the other. `divided`: gathered as
    one print, of which `share` agrees, and told apart by the places in `alone`. Boxes lie on the
    blank forms of the two template pages. Titles are null for whom personal data is masked.
    """

    other_proposal_id: UUID
    tie: Tie
    share: float
    page_no: int
    other_page_no: int
    here: KinSideOut
    there: KinSideOut

    @classmethod
    def of(cls, link: KinLink) -> KinshipOut:
        """Show a link."""
        return cls(
            other_proposal_id=link.other.id,
            tie=link.kinship.tie,
            share=link.kinship.share,
            page_no=link.page.page_no,
            other_page_no=link.other_page.page_no,
            here=KinSideOut.of_side(link.kinship.here),
            there=KinSideOut.of_side(link.kinship.there),
        )


class EditionDifferenceOut(BaseModel):
    """How a proposed edition differs from the one most like it; null without another edition.

    `kinship` says why discovery takes it for an edition of the same form as others.
    """

    other_proposal_id: UUID | None
    other_version_label: str | None
    pages: list[PageDifferenceOut]
    base_version_id: UUID | None
    base_version_label: str | None
    fields: list[FieldChangeOut]
    advice: EditionAdviceOut | None
    kinship: list[KinshipOut]

    @classmethod
    def of(
        cls,
        found: Sequence[EditionDifference],
        carried: FieldsDifference | None,
        advice: EditionAdvice | None,
        kin: Sequence[KinLink],
    ) -> EditionDifferenceOut:
        """Show the differences of the pages of two editions."""
        other = found[0].other if found else None
        return cls(
            other_proposal_id=other.id if other else None,
            other_version_label=other.draft.version_label if other and other.draft else None,
            pages=[
                PageDifferenceOut(
                    page_no=each.page.page_no,
                    comparable=each.place is not None,
                    here=list(each.place.here) if each.place else [],
                    there=list(each.place.there) if each.place else [],
                )
                for each in found
            ],
            base_version_id=carried.version.id if carried else None,
            base_version_label=carried.version.label if carried else None,
            fields=[FieldChangeOut.of(each) for each in carried.changes] if carried else [],
            advice=EditionAdviceOut.model_validate(advice) if advice else None,
            kinship=[KinshipOut.of(each) for each in kin],
        )


class ProposalChange(Input):
    """What to change in a waiting proposal; what is left out stays.

    `revision` is that of the proposal as you saw it.
    """

    name: Line | None = None
    version_label: Line | None = None
    fields: Annotated[list[FieldModel], Field(max_length=1000)] | None = None
    revision: Label | None = None


class Approval(Input):
    """Which revision of the proposal is approved."""

    revision: Label | None = None


class Rejection(Input):
    """Why a proposal is rejected."""

    reason: Prose
