"""What people change about groups of pages and families of versions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from chohyo.domain.arrangements import ArrangementKind


class PagesMove(BaseModel):
    """Pages of undecided proposals, and where they are to go.

    To the proposal `target_id`; with `new_group` to a proposal of their own; else to the pool.
    """

    page_ids: list[UUID] = Field(min_length=1, max_length=500)
    target_id: UUID | None = None
    new_group: bool = False


class EffectOut(BaseModel):
    """The pages a proposal has and would have; without any it ends."""

    model_config = ConfigDict(from_attributes=True)

    proposal_id: UUID
    name: str
    before: int
    after: int
    ends: bool


class PreviewOut(BaseModel):
    """What would move."""

    model_config = ConfigDict(from_attributes=True)

    effects: list[EffectOut]
    to_pool: int
    new_groups: int


class FamilyMerge(BaseModel):
    """The family whose versions are to become versions of this one."""

    source_id: UUID


class VersionSplit(BaseModel):
    """The pages that are no copies of this version."""

    page_ids: list[UUID] = Field(min_length=1, max_length=500)


class VersionHome(BaseModel):
    """The family a version is to be in; without one, a new family of that name."""

    family_id: UUID | None = None
    name: str = Field(default="", max_length=200)


class PageMoveOut(BaseModel):
    """A page that moved between proposals; null stands for the pool or a published version."""

    model_config = ConfigDict(from_attributes=True)

    page_id: UUID
    source_id: UUID | None
    target_id: UUID | None


class VersionMoveOut(BaseModel):
    """A version that moved between families."""

    model_config = ConfigDict(from_attributes=True)

    version_id: UUID
    source_id: UUID
    target_id: UUID


class ArrangementOut(BaseModel):
    """A change to groups or families, with all that moved."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    collection_id: UUID
    kind: ArrangementKind
    made_by: UUID
    created_at: datetime
    undone_at: datetime | None
    pages: list[PageMoveOut]
    versions: list[VersionMoveOut]
