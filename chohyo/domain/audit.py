"""The audit chain: each entry is bound to the one before it by a hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chohyo.domain.access import Actor

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what, on which ids, why; no document content.

    `before` and `after` are keyed hashes of the changed content, or None where there is none.
    """

    seq: int
    at: datetime
    actor: Actor
    action: str
    object_kind: str
    object_id: UUID
    collection_id: UUID | None
    details: Mapping[str, str | int | float | bool | None]
    before: str | None
    after: str | None
    reason: str | None
    previous: str
    hash: str


def entry_hash(entry: AuditEntry) -> str:
    """Return the SHA-256, in hex, of the entry's canonical JSON and the previous hash."""
    body = {
        "seq": entry.seq,
        "at": entry.at.isoformat(),
        "actor": [
            entry.actor.kind.value,
            entry.actor.id,
            str(entry.actor.key_id) if entry.actor.key_id else None,
            entry.actor.model,
        ],
        "action": entry.action,
        "object": [entry.object_kind, str(entry.object_id)],
        "collection": str(entry.collection_id) if entry.collection_id else None,
        "details": dict(entry.details),
        "before": entry.before,
        "after": entry.after,
        "reason": entry.reason,
        "previous": entry.previous,
    }
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
