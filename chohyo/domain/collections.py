"""Collections: sets of documents and templates with their own permissions."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Collection:
    """A set of documents and templates with its own permissions."""

    id: UUID
    name: str
