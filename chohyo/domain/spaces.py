"""Embedding spaces: vectors of different spaces never mix."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5

from chohyo.domain.documents import Failure

_NAMESPACE = UUID("5f3c1c0e-6a6f-5b0e-9a53-0d3c8f0c5f11")


class Purpose(StrEnum):
    """What a space is for; one space leads for each.

    Layout routes pages and finds those laid out alike. Image, where there is one, finds by
    pictures in its stead. Text has the passages of pages.
    """

    LAYOUT = "layout"
    IMAGE = "image"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class EmbeddingSpace:
    """Everything that decides whether two vectors may be compared.

    `dtype` is the number format of the network, or its quantisation; `auto` is what suits the
    device.
    """

    name: str
    model_id: str
    revision: str
    dimensions: int
    instruction: str = ""
    pixel_budget: int = 0
    prompt_version: str = ""
    dtype: str = "float32"
    purpose: Purpose = Purpose.LAYOUT

    @property
    def source(self) -> tuple[str, ...]:
        """Return what its vectors have in common with those of its cuts: all but the length.

        Spaces of one source are filled by one pass of the network.
        """
        return (
            self.purpose, self.model_id, self.revision, self.instruction, str(self.pixel_budget),
            self.prompt_version, self.dtype,
        )  # fmt: skip

    @property
    def fill_id(self) -> UUID:
        """Return the id of the work that fills the spaces of its source."""
        return uuid5(_NAMESPACE, "\n".join(self.source))

    @property
    def audit_id(self) -> UUID:
        """Return the id under which the audit has it."""
        return uuid5(_NAMESPACE, self.name)


class SpaceState(StrEnum):
    """How it is with a space."""

    ACTIVE = "active"
    FILLING = "filling"
    FULL = "full"
    INCOMPLETE = "incomplete"
    STOPPED = "stopped"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class SpaceView:
    """A space, and how far it is filled.

    `registered` spaces have rows; others could be filled. `served` says that a model here computes
    its vectors, `kept` that arriving pages get one in it too. Pages are `filled`, still `missing`,
    or `failed` for good. `left_at` is when another space took its place. A trained one stands on
    the space `base`, and is stale once documents it was fitted on were `forgotten`.
    """

    space: EmbeddingSpace
    registered: bool
    active: bool
    kept: bool
    served: bool
    filling: bool
    filled: int
    missing: int
    failed: int
    failure: Failure | None = None
    left_at: datetime | None = None
    base: str | None = None
    forgotten: int = 0

    @property
    def state(self) -> SpaceState:
        """Return in one word how it is with the space."""
        if self.active:
            return SpaceState.ACTIVE
        if not self.registered:
            return SpaceState.POSSIBLE
        if self.failure is not None:
            return SpaceState.STOPPED
        if self.filling:
            return SpaceState.FILLING
        return SpaceState.INCOMPLETE if self.missing or not self.kept else SpaceState.FULL


@dataclass(frozen=True, slots=True)
class Disagreement:
    """The space that leads is not the one of the profile; `served` says it can be gone on with."""

    purpose: Purpose
    active: str
    own: str
    served: bool
