"""How the installation is doing."""

from __future__ import annotations

from typing import Literal

from api.v1.schemas.basics import Output
from chohyo.domain.documents import DocumentState, PageState


class SpaceOut(Output):
    """The embedding space that routing uses."""

    name: str
    model_id: str
    revision: str
    dimensions: int


class StatusOut(Output):
    """Counts by state in the collections the caller may see, and work still to do."""

    documents: dict[DocumentState, int]
    pages: dict[PageState, int]
    waiting_proposals: int
    pending_work: dict[str, int]
    space: SpaceOut | None


class HealthOut(Output):
    """A sign of life; `models` is left out where nothing has to be loaded apart."""

    status: str
    models: Literal["loaded", "loading", "remote"] | None = None
