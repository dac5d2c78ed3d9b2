"""Documents and the results of an upload."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.problems import Problem
from api.v1.schemas.basics import FailureOut, FindingOut
from api.v1.schemas.pages import PageOut
from chohyo.domain.documents import Document, DocumentState, FormInstance
from chohyo.domain.matches import Match, Outcome
from chohyo.services.documents import DocumentView


class DocumentOut(BaseModel):
    """An uploaded file."""

    id: UUID
    collection_id: UUID
    filename: str
    media_type: str
    byte_size: int
    sha256: str
    state: DocumentState
    page_count: int | None
    failure: FailureOut | None
    created_at: datetime
    on_hold: bool

    @classmethod
    def of(cls, document: Document, locale: str) -> DocumentOut:
        """Show a document."""
        return cls(
            id=document.id,
            collection_id=document.collection_id,
            filename=document.filename,
            media_type=document.media_type,
            byte_size=document.byte_size,
            sha256=document.sha256,
            state=document.state,
            page_count=document.page_count,
            failure=FailureOut.of(document.failure, locale),
            created_at=document.created_at,
            on_hold=document.hold_reason is not None,
        )


class RoutedPageOut(PageOut):
    """A page with what was decided for it so far."""

    outcome: Outcome | None
    version_id: UUID | None
    probability: float | None

    @classmethod
    def of_match(cls, page: PageOut, match: Match | None) -> RoutedPageOut:
        """Show a page with its decision."""
        return cls(
            **page.model_dump(),
            outcome=match.outcome if match else None,
            version_id=match.version_id if match else None,
            probability=match.probability if match else None,
        )


class FormInstanceOut(BaseModel):
    """The run of pages that is one filled form, in the order of the form.

    `doubled_page_ids` are second scans of some of them; `findings` say what is amiss.
    `awaiting_page_ids` are taken for pages of this form until a person has looked at them.
    """

    id: UUID
    version_id: UUID
    first_page_no: int
    page_ids: list[UUID]
    missing_pages: list[int]
    doubled_page_ids: list[UUID]
    awaiting_page_ids: list[UUID]
    findings: list[FindingOut]

    @classmethod
    def of(cls, instance: FormInstance, locale: str) -> FormInstanceOut:
        """Show where a form instance lies."""
        return cls(
            id=instance.id,
            version_id=instance.version_id,
            first_page_no=instance.first_page_no,
            page_ids=list(instance.page_ids),
            missing_pages=list(instance.missing_pages),
            doubled_page_ids=list(instance.doubled_page_ids),
            awaiting_page_ids=list(instance.awaiting_page_ids),
            findings=[FindingOut.of(each, locale) for each in instance.findings],
        )


class DocumentDetail(DocumentOut):
    """A document with its pages in order and its filled forms."""

    pages: list[RoutedPageOut]
    instances: list[FormInstanceOut]

    @classmethod
    def of_view(cls, view: DocumentView, locale: str) -> DocumentDetail:
        """Show a document with all that is known of its pages."""
        return cls(
            **DocumentOut.of(view.document, locale).model_dump(),
            pages=[
                RoutedPageOut.of_match(PageOut.of(page, locale), view.matches.get(page.id))
                for page in view.pages
            ],
            instances=[FormInstanceOut.of(each, locale) for each in view.instances],
        )


class UploadResult(BaseModel):
    """What became of one file: a document, new or known before, or a problem."""

    filename: str
    duplicate: bool = False
    document: DocumentOut | None = None
    problem: Problem | None = None


class UploadResults(BaseModel):
    """What became of each file, in the order of the upload."""

    items: list[UploadResult]


class ForgottenOut(BaseModel):
    """What went with a document, and how much is rebuilt without it."""

    model_config = ConfigDict(from_attributes=True)

    document_id: UUID
    pages: int
    proposals: int
    versions: int


class Hold(BaseModel):
    """Why a document must be kept."""

    reason: str = Field(min_length=1, max_length=500)
