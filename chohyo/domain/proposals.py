"""Discovery runs and the proposals that wait for a person."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from chohyo.domain.documents import Failure
from chohyo.domain.figures import FieldFigures
from chohyo.domain.findings import Finding
from chohyo.domain.geometry import Transform
from chohyo.domain.templates import FieldSpec

# With a single copy nothing tells print from what was filled in.
FEWEST_COPIES: Final = 2


class RunState(StrEnum):
    """How far a discovery run has come."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class ProposalKind(StrEnum):
    """What the agent wants approved."""

    NEW_FAMILY = "new_family"
    NEW_VERSION = "new_version"


class ProposalState(StrEnum):
    """Where a proposal stands. `drafting` is not shown; `waiting` wants a person."""

    DRAFTING = "drafting"
    WAITING = "waiting"
    APPROVED = "approved"
    PUBLISHED = "published"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DiscoveryRun:
    """One execution of the discovery graph over the pool of unknown pages."""

    id: UUID
    collection_id: UUID
    state: RunState
    trigger: str
    pool_pages: int | None
    grouped_pages: int | None
    proposal_count: int | None
    created_at: datetime
    finished_at: datetime | None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class MemberPage:
    """A page in a proposal: which template page it is a copy of, and how it lies on it."""

    page_id: UUID
    template_page_no: int
    transform: Transform | None


@dataclass(frozen=True, slots=True)
class ProposedPage:
    """The rebuilt blank form of one template page."""

    page_no: int
    width: int
    height: int
    copies: int
    blank_blob: str
    reference_blob: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be published: name, blank forms and fields, with the findings of the check.

    `figures` are what the check measured, of the fields that are still as they were then.

    Once `edited` by a person, the agent changes it no more; when it is `stale` as well, its blank
    forms are rebuilt, for a page they were made from was forgotten. `base_version_id` is the
    version whose fields it starts from.
    """

    name: str
    version_label: str
    pages: tuple[ProposedPage, ...]
    fields: tuple[FieldSpec, ...]
    findings: tuple[Finding, ...] = ()
    edited: bool = False
    stale: bool = False
    figures: tuple[FieldFigures, ...] = ()
    base_version_id: UUID | None = None

    def blobs(self) -> set[str]:
        """Return the names of the blobs it refers to."""
        return {blob for page in self.pages for blob in (page.blank_blob, page.reference_blob)}


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the agent wants approved, with its members.

    `fingerprint` identifies the set of member pages by content, so that the same pool, in any order
    of arrival, gives the same proposals and a second run adds none. Proposals with the same
    `kin_key` (not empty) are editions of one family. `failure` says why the agent could not go on.
    """

    id: UUID
    run_id: UUID
    collection_id: UUID
    kind: ProposalKind
    state: ProposalState
    family_id: UUID | None
    kin_key: str
    fingerprint: str
    draft: Draft | None
    members: tuple[MemberPage, ...]
    decided_by: str | None
    reason: str | None
    version_id: UUID | None
    created_at: datetime
    failure: Failure | None = None


def are_copies(members: Sequence[MemberPage]) -> bool:
    """Say whether there are enough pages of each template page to propose it."""
    numbers = Counter(member.template_page_no for member in members)
    return bool(numbers) and min(numbers.values()) >= FEWEST_COPIES


def fingerprint(content_keys: Iterable[str]) -> str:
    """Return what identifies a set of pages by their content, in any order."""
    return hashlib.sha256("\n".join(sorted(content_keys)).encode()).hexdigest()


def arranged_fingerprint(proposal_id: UUID, content_keys: Iterable[str]) -> str:
    """Return the fingerprint of a proposal whose pages a person arranged: its own in any case."""
    return fingerprint([*content_keys, f"arranged {proposal_id}"])
