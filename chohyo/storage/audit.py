"""Append to the audit chain, read it, recompute it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from chohyo.domain.access import Actor, ActorKind
from chohyo.domain.audit import GENESIS, AuditEntry, entry_hash
from chohyo.storage.database import Connection, Row
from chohyo.storage.statements import Statements

_SQL = Statements("audit")
_LAST = 2**62

Detail = str | int | float | bool | None


def keyed_hash(key: bytes, content: str | bytes) -> str:
    """Return the HMAC-SHA-256 of content, in hex; a plain hash of a short value can be guessed."""
    data = content.encode() if isinstance(content, str) else content
    return hmac.new(key, data, hashlib.sha256).hexdigest()


def append(
    connection: Connection,
    actor: Actor,
    action: str,
    object_kind: str,
    object_id: UUID,
    *,
    collection_id: UUID | None = None,
    details: Mapping[str, Detail] | None = None,
    before: str | None = None,
    after: str | None = None,
    reason: str | None = None,
) -> AuditEntry:
    """Append an entry in the caller's transaction; call it last, for it serialises writers.

    `details` names ids, counts and codes, never document content; `before` and `after` are keyed
    hashes.
    """
    connection.execute(_SQL["lock_chain"])
    head = connection.execute(_SQL["head"]).fetchone()
    assert head is not None
    entry = AuditEntry(
        seq=head["seq"] + 1,
        at=datetime.now(UTC),
        actor=actor,
        action=action,
        object_kind=object_kind,
        object_id=object_id,
        collection_id=collection_id,
        details=details or {},
        before=before,
        after=after,
        reason=reason,
        previous=head["hash"],
        hash="",
    )
    entry = replace(entry, hash=entry_hash(entry))
    connection.execute(_SQL["append"], _params(entry))
    return entry


def newest(
    connection: Connection,
    collections: Sequence[UUID],
    *,
    with_global: bool = False,
    object_id: UUID | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[AuditEntry]:
    """Return entries of the collections, newest first; `with_global` adds those of none."""
    rows = connection.execute(
        _SQL["newest"],
        {
            "collections": list(collections),
            "global": with_global,
            "object_id": object_id,
            "before": before or _LAST,
            "limit": limit,
        },
    )
    return [_entry(row) for row in rows]


def unmasked_lately(connection: Connection, actor: Actor, ids: Sequence[UUID]) -> set[UUID]:
    """Return the documents of which an entry of the last hour says that they were shown to one."""
    params = {"ids": list(ids), "actor_id": actor.id}
    return {row["object_id"] for row in connection.execute(_SQL["unmasked_lately"], params)}


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What recomputing the chain found; `broken_at` is the first entry that does not hold."""

    entries: int
    intact: bool
    broken_at: int | None = None


def verify(connection: Connection) -> ChainReport:
    """Recompute the chain from its first entry and compare its end with the remembered head."""
    previous, seq = GENESIS, 0
    for row in connection.execute(_SQL["all_in_order"]):
        entry = _entry(row)
        seq += 1
        if entry.seq != seq or entry.previous != previous or entry.hash != entry_hash(entry):
            return ChainReport(entries=seq, intact=False, broken_at=seq)
        previous = entry.hash
    head = connection.execute(_SQL["head"]).fetchone()
    if head is None or (head["seq"], head["hash"]) != (seq, previous):
        return ChainReport(entries=seq, intact=False, broken_at=seq + 1)
    return ChainReport(entries=seq, intact=True)


def _params(entry: AuditEntry) -> Row:
    return {
        "seq": entry.seq,
        "at": entry.at,
        "actor_kind": entry.actor.kind.value,
        "actor_id": entry.actor.id,
        "actor_key_id": entry.actor.key_id,
        "actor_model": entry.actor.model,
        "action": entry.action,
        "object_kind": entry.object_kind,
        "object_id": entry.object_id,
        "collection_id": entry.collection_id,
        "details": Jsonb(dict(entry.details)),
        "before": entry.before,
        "after": entry.after,
        "reason": entry.reason,
        "previous": entry.previous,
        "hash": entry.hash,
    }


def _entry(row: Row) -> AuditEntry:
    actor = Actor(
        ActorKind(row["actor_kind"]), row["actor_id"], row["actor_key_id"], row["actor_model"]
    )
    return AuditEntry(
        seq=row["seq"],
        at=row["at"].astimezone(UTC),
        actor=actor,
        action=row["action"],
        object_kind=row["object_kind"],
        object_id=row["object_id"],
        collection_id=row["collection_id"],
        details=row["details"],
        before=row["before_hash"],
        after=row["after_hash"],
        reason=row["reason"],
        previous=row["previous"],
        hash=row["hash"],
    )
