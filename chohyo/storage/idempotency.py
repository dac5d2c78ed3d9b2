"""Answers given under an Idempotency-Key, by the hash of caller and key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chohyo.storage.database import Connection
from chohyo.storage.statements import Statements

_SQL = Statements("idempotency")


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer, and the hash of the request it was given to."""

    request_hash: bytes
    status: int
    media_type: str
    body: str


def claim(connection: Connection, key_hash: bytes, claim_id: UUID, seconds: float) -> bool:
    """Reserve a key for a request under way; False when it is reserved or answered already."""
    params = {"key_hash": key_hash, "claim": claim_id, "seconds": seconds}
    return connection.execute(_SQL["claim"], params).fetchone() is not None


def get(connection: Connection, key_hash: bytes) -> KeptAnswer | None:
    """Return the answer kept under a key; None while its request is under way."""
    row = connection.execute(_SQL["get"], {"key_hash": key_hash}).fetchone()
    if row is None or row["status"] is None:
        return None
    return KeptAnswer(bytes(row["request_hash"]), row["status"], row["media_type"], row["body"])


def keep(
    connection: Connection, key_hash: bytes, claim_id: UUID, answer: KeptAnswer, seconds: float
) -> None:
    """Keep the answer of a claimed request for so many seconds."""
    connection.execute(
        _SQL["keep"],
        {
            "key_hash": key_hash,
            "claim": claim_id,
            "request_hash": answer.request_hash,
            "status": answer.status,
            "media_type": answer.media_type,
            "body": answer.body,
            "seconds": seconds,
        },
    )


def release(connection: Connection, key_hash: bytes, claim_id: UUID) -> None:
    """Free the key of a request that gave no answer to keep."""
    connection.execute(_SQL["release"], {"key_hash": key_hash, "claim": claim_id})


def delete_about(connection: Connection, ids: Sequence[UUID]) -> None:
    """Delete the answers that speak of these documents and pages, with what they quote."""
    connection.execute(_SQL["delete_about"], {"ids": [str(each) for each in ids]})


def delete_stale(connection: Connection) -> None:
    """Delete what is kept no longer."""
    connection.execute(_SQL["delete_stale"])
