"""Cursors and bounds of lists."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query

Limit = Annotated[int, Query(ge=1, le=200, description="Most items in the answer.")]
Cursor = Annotated[UUID | None, Query(description="`next_cursor` of the answer before.")]
