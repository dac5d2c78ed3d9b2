"""Embedding spaces: vectors of different spaces never mix."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EmbeddingSpace:
    """Everything that decides whether two vectors may be compared."""

    name: str
    model_id: str
    revision: str
    dimensions: int
    instruction: str = ""
    pixel_budget: int = 0
    prompt_version: str = ""
