"""Documents, their pages, and the form instances that run through them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from chohyo.domain.findings import Finding
from chohyo.domain.rerankers import RerankerChoice


class DocumentState(StrEnum):
    """How far a document has come."""

    RECEIVED = "received"
    SPLIT = "split"
    DONE = "done"
    FAILED = "failed"


class PageState(StrEnum):
    """How far a page has come; the last five are where it rests. A blank one is passed over."""

    SPLIT = "split"
    EMBEDDED = "embedded"
    ROUTED = "routed"
    READ = "read"
    REVIEW = "review"
    UNKNOWN = "unknown"
    BLANK = "blank"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why work on a row ended for good: an error code with its parameters."""

    code: str
    params: dict[str, str | int | float]


@dataclass(frozen=True, slots=True)
class Document:
    """An uploaded file; one with a `hold_reason` is not forgotten until the hold ends.

    `reranker` judges its pages where the uploader chose one.
    """

    id: UUID
    collection_id: UUID
    filename: str
    media_type: str
    byte_size: int
    sha256: str
    blob: str
    state: DocumentState
    page_count: int | None
    failure: Failure | None
    created_at: datetime
    hold_reason: str | None = None
    reranker: RerankerChoice | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a document. `page_no` counts from 1.

    `evidence_blob` names the image people see (colour, long side at most 2,200 px);
    `model_blob` the grey one that matching works on (long side 1,000 px). Both are upright.
    """

    id: UUID
    document_id: UUID
    collection_id: UUID
    page_no: int
    width: int
    height: int
    dpi: float | None
    rotation: int
    state: PageState
    evidence_blob: str
    model_blob: str
    content_key: str
    failure: Failure | None


@dataclass(frozen=True, slots=True)
class FormInstance:
    """The run of pages in a document that is one filled form.

    `page_ids` are in the order of the form; `doubled_page_ids` are second scans of some of them,
    which are not read. `findings` say what is amiss. `awaiting_page_ids` wait for a person; a form
    of which all pages do counts nowhere yet.
    """

    id: UUID
    collection_id: UUID
    document_id: UUID
    version_id: UUID
    first_page_no: int
    page_ids: tuple[UUID, ...]
    missing_pages: tuple[int, ...]
    created_at: datetime
    doubled_page_ids: tuple[UUID, ...] = ()
    findings: tuple[Finding, ...] = ()
    awaiting_page_ids: tuple[UUID, ...] = ()

    @property
    def settled(self) -> bool:
        """Say whether at least one page was decided to be of this form."""
        return not set(self.page_ids) <= set(self.awaiting_page_ids)
