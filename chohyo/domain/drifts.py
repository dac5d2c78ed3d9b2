"""Drift: pages routed to a version that begin to show other print than its blank form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from chohyo.domain.geometry import Box, Transform


class DriftState(StrEnum):
    """What became of it: a new version was proposed, or a person said that it is nothing."""

    SEEN = "seen"
    PROPOSED = "proposed"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Drift:
    """Pages that differ alike from their template page; `boxes` lie on that."""

    id: UUID
    collection_id: UUID
    template_page_id: UUID
    boxes: tuple[Box, ...]
    state: DriftState
    proposal_id: UUID | None
    created_at: datetime
    page_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class SeenPage:
    """A page of a template page with the cells in which it deviates, and how it lies on it."""

    page_id: UUID
    document_id: UUID
    cells: frozenset[int]
    transform: Transform
