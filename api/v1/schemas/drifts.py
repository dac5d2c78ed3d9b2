"""Drift: pages that begin to show other print than their blank form."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from chohyo.domain.drifts import Drift, DriftState
from chohyo.domain.geometry import Box, Transform
from chohyo.services.drifting import DriftView


class DriftOut(BaseModel):
    """Pages that differ alike from their template page; `boxes` lie on its blank form."""

    id: UUID
    collection_id: UUID
    template_page_id: UUID
    state: DriftState
    proposal_id: UUID | None
    boxes: list[list[float]]
    page_ids: list[UUID]
    created_at: datetime

    @classmethod
    def of(cls, drift: Drift) -> DriftOut:
        """Show drift."""
        return cls(
            id=drift.id,
            collection_id=drift.collection_id,
            template_page_id=drift.template_page_id,
            state=drift.state,
            proposal_id=drift.proposal_id,
            boxes=[box.as_list() for box in drift.boxes],
            page_ids=list(drift.page_ids),
            created_at=drift.created_at,
        )


class DriftedPageOut(BaseModel):
    """A page that differs, with the same boxes on it; none where it lies is not known any more."""

    page_id: UUID
    document_id: UUID
    image: str
    boxes: list[list[float]]


class DriftDetail(DriftOut):
    """Drift with its version, the blank form and the pages."""

    version_id: UUID
    blank: str
    pages: list[DriftedPageOut]

    @classmethod
    def of_view(cls, view: DriftView) -> DriftDetail:
        """Show drift with its pages."""
        return cls(
            **DriftOut.of(view.drift).model_dump(),
            version_id=view.page.version_id,
            blank=f"/v1/template-pages/{view.page.id}/blank",
            pages=[
                DriftedPageOut(
                    page_id=page.id,
                    document_id=page.document_id,
                    image=f"/v1/pages/{page.id}/image",
                    boxes=_on_page(view.drift.boxes, transform),
                )
                for page, transform in view.pages
            ],
        )


def _on_page(boxes: tuple[Box, ...], transform: Transform | None) -> list[list[float]]:
    if transform is None:
        return []
    back = transform.inverse()
    return [back.box(box).grown(0, 0).as_list() for box in boxes]
