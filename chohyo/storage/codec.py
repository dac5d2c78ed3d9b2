"""Domain types to JSON columns and back, by their type annotations."""

from __future__ import annotations

from typing import Generic, TypeVar

from psycopg.types.json import Jsonb
from pydantic import TypeAdapter

T = TypeVar("T")


class JsonColumn(Generic[T]):
    """Converts between a domain type and a `jsonb` column."""

    def __init__(self, adapter: TypeAdapter[T]) -> None:
        self._adapter = adapter

    def dump(self, value: T) -> Jsonb:
        """Return the value as a parameter for psycopg."""
        return Jsonb(self._adapter.dump_python(value, mode="json"))

    def load(self, value: object) -> T:
        """Return the column's content as the domain type."""
        return self._adapter.validate_python(value, strict=False)
