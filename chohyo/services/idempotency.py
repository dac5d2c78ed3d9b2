"""Answer a repeated request with the answer the first one got."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from chohyo.domain.access import Caller
from chohyo.domain.ids import new_id
from chohyo.errors import RequestUnderWayError
from chohyo.services.runtime import Runtime
from chohyo.storage import idempotency
from chohyo.storage.idempotency import KeptAnswer

KEPT_SECONDS = 24 * 3600.0
# A request whose process died frees its key after this long; an upload of many files takes minutes.
CLAIM_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Claim:
    """A key reserved for a request under way."""

    key_hash: bytes
    id: UUID


def begin(runtime: Runtime, caller: Caller, key: str) -> Claim | KeptAnswer:
    """Reserve a key for the caller's request, or return the answer kept under it.

    Raises:
        RequestUnderWayError: a request with this key is being answered right now.
    """
    claim = Claim(_hash(caller, key), new_id())
    with runtime.database.transaction() as connection:
        if idempotency.claim(connection, claim.key_hash, claim.id, CLAIM_SECONDS):
            return claim
        kept = idempotency.get(connection, claim.key_hash)
    if kept is None:
        raise RequestUnderWayError
    return kept


def keep(runtime: Runtime, claim: Claim, answer: KeptAnswer) -> None:
    """Keep the answer of a claimed request for a day."""
    with runtime.database.transaction() as connection:
        idempotency.keep(connection, claim.key_hash, claim.id, answer, KEPT_SECONDS)


def release(runtime: Runtime, claim: Claim) -> None:
    """Free the key of a request that failed: it changed nothing and may be sent again."""
    with runtime.database.transaction() as connection:
        idempotency.release(connection, claim.key_hash, claim.id)


def _hash(caller: Caller, key: str) -> bytes:
    # With the roles: an answer is not shown again to someone who may meanwhile see less.
    roles = sorted(f"{each}={role.value}" for each, role in caller.roles.items())
    return hashlib.sha256("\0".join([str(caller.principal.id), *roles, key]).encode()).digest()
