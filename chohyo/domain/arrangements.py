"""What people change about groups and families, kept so that it can be undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from chohyo.domain.geometry import Transform


class ArrangementKind(StrEnum):
    """What a person did."""

    PAGES_MOVED = "pages-moved"
    PAGES_REMOVED = "pages-removed"
    GROUP_SPLIT = "group-split"
    GROUPS_MERGED = "groups-merged"
    FAMILIES_MERGED = "families-merged"
    VERSION_MOVED = "version-moved"
    VERSION_SPLIT = "version-split"


@dataclass(frozen=True, slots=True)
class PageMove:
    """A page that went from one proposal to another, as it lay in the first.

    Without `target_id` it went back to the pool; without `source_id` it came from a published
    version, routed there by the decision `match_id`.
    """

    page_id: UUID
    source_id: UUID | None
    target_id: UUID | None
    template_page_no: int
    transform: Transform | None
    match_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class VersionMove:
    """A version that went from one family to another, and what it was called in each."""

    version_id: UUID
    source_id: UUID
    source_label: str
    target_id: UUID
    target_label: str


@dataclass(frozen=True, slots=True)
class Arrangement:
    """One change a person made to groups or families."""

    id: UUID
    collection_id: UUID
    kind: ArrangementKind
    made_by: UUID
    created_at: datetime
    undone_at: datetime | None
    pages: tuple[PageMove, ...] = ()
    versions: tuple[VersionMove, ...] = ()
