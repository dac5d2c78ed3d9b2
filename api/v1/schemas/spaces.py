"""Embedding spaces."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from api.v1.schemas.basics import FailureOut, Input, Output
from chohyo.domain.spaces import Purpose, SpaceState, SpaceView


class EmbeddingSpaceOut(Output):
    """Everything that decides whether two vectors may be compared."""

    name: str
    purpose: Purpose
    model_id: str
    revision: str
    dimensions: int
    dtype: str
    pixel_budget: int
    instruction: str
    prompt_version: str


class SpaceViewOut(Output):
    """A space, and how far it is filled.

    The `active` one is used for its purpose. Arriving pages get a vector in a `kept` one too. One
    that is not `registered` could be filled, and one that is not `served` has no model here. A
    trained one stands on `base`, and is stale once documents it learned from were `forgotten`.
    """

    space: EmbeddingSpaceOut
    state: SpaceState
    registered: bool
    active: bool
    kept: bool
    served: bool
    filling: bool
    filled: int = Field(ge=0)
    missing: int
    failed: int
    failure: FailureOut | None
    left_at: datetime | None
    base: str | None
    forgotten: int

    @classmethod
    def of(cls, view: SpaceView, locale: str) -> SpaceViewOut:
        """Show a space, its failure in the reader's language."""
        return cls(
            space=EmbeddingSpaceOut.model_validate(view.space), state=view.state,
            registered=view.registered, active=view.active, kept=view.kept, served=view.served,
            filling=view.filling, filled=view.filled, missing=view.missing, failed=view.failed,
            failure=FailureOut.of(view.failure, locale), left_at=view.left_at,
            base=view.base, forgotten=view.forgotten,
        )  # fmt: skip


class SwitchIn(Input):
    """Whether to lead without the pages that could not be embedded in the space."""

    without_failed: bool = False


class GoBackIn(Input):
    """For which purpose the earlier space is to lead again."""

    purpose: Purpose = Purpose.LAYOUT
