"""Identifiers: UUID version 7, made in Python so that rows sort by time of creation."""

from __future__ import annotations

import secrets
import time
from uuid import UUID

_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62


def new_id() -> UUID:
    """Return a UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds, 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    head = (milliseconds & ((1 << 48) - 1)) << 80
    return UUID(int=head | _VERSION | secrets.randbits(12) << 64 | _VARIANT | secrets.randbits(62))
