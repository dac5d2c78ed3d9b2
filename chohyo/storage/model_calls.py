"""Calls of models that another process has loaded, and which those are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from psycopg.types.json import Jsonb

from chohyo.domain.documents import Failure
from chohyo.storage.database import Connection
from chohyo.storage.statements import Statements

_SQL = Statements("model_calls")


class CallKind(StrEnum):
    """What is asked for: a vector, a score, or the next turn of a conversation."""

    EMBED = "embed"
    SCORE = "score"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One input, encoded by whoever asks; `model` is the one that is to answer."""

    id: UUID
    kind: CallKind
    payload: bytes
    model: str = ""


@dataclass(frozen=True, slots=True)
class HostedModel:
    """A model that is loaded somewhere."""

    role: CallKind
    model_id: str
    revision: str
    loaded_at: datetime


def insert(connection: Connection, call: ModelCall, priority: int, seconds: float) -> None:
    """Ask; nobody begins with it after so many seconds."""
    connection.execute(
        _SQL["insert"],
        {
            "id": call.id,
            "kind": call.kind.value,
            "model": call.model,
            "payload": call.payload,
            "priority": priority,
            "seconds": seconds,
        },
    )


def claim(
    connection: Connection, most: int, models: Sequence[tuple[CallKind, str]]
) -> list[ModelCall]:
    """Take the most urgent calls of these models that nobody is at."""
    kinds, names = [kind.value for kind, _ in models], [name for _, name in models]
    rows = connection.execute(_SQL["claim"], {"most": most, "kinds": kinds, "models": names})
    return [
        ModelCall(row["id"], CallKind(row["kind"]), bytes(row["payload"]), row["model"])
        for row in rows
    ]


def answer(connection: Connection, call_id: UUID, numbers: NDArray[np.float32]) -> None:
    """Answer a call with its vector or score, shape (n,)."""
    connection.execute(_SQL["answer"], {"id": call_id, "answer": [float(n) for n in numbers]})


def say(connection: Connection, call_id: UUID, said: str) -> None:
    """Answer a call with a text."""
    connection.execute(_SQL["say"], {"id": call_id, "said": said})


def tell(connection: Connection, call_id: UUID, so_far: str) -> bool:
    """Show what there is of an answer so far; return whether anybody still waits for it."""
    params = {"id": call_id, "so_far": so_far}
    return connection.execute(_SQL["tell"], params).fetchone() is not None


def so_far(connection: Connection, call_id: UUID) -> str | None:
    """Return what there is of an answer, None where nothing is."""
    row = connection.execute(_SQL["so_far"], {"id": call_id}).fetchone()
    return row["so_far"] if row is not None else None


def fail(connection: Connection, call_id: UUID, failure: Failure) -> None:
    """Answer a call with the reason why it cannot be."""
    params = Jsonb(dict(failure.params))
    connection.execute(_SQL["fail"], {"id": call_id, "code": failure.code, "params": params})


def take(connection: Connection, call_id: UUID) -> NDArray[np.float32] | str | Failure | None:
    """Remove an answered call and return its answer; None while there is none."""
    row = connection.execute(_SQL["take"], {"id": call_id}).fetchone()
    if row is None:
        return None
    if row["failure_code"] is not None:
        return Failure(row["failure_code"], row["failure_params"])
    if row["said"] is not None:
        return str(row["said"])
    return np.array(row["answer"], np.float32)


def drop(connection: Connection, call_ids: Sequence[UUID]) -> None:
    """Remove calls whose answer nobody waits for any more."""
    connection.execute(_SQL["drop"], {"ids": list(call_ids)})


def expire(connection: Connection) -> None:
    """Remove calls that were left behind by processes that died."""
    connection.execute(_SQL["expire"])


def appear(connection: Connection, role: CallKind, model_id: str, revision: str) -> None:
    """Note that a model is loaded."""
    params = {"role": role.value, "model_id": model_id, "revision": revision}
    connection.execute(_SQL["appear"], params)


def seen(connection: Connection) -> None:
    """Note that the loaded models are still there."""
    connection.execute(_SQL["seen"])


def leave(connection: Connection) -> None:
    """Note that no model is loaded any more."""
    connection.execute(_SQL["leave"])


def hosted(connection: Connection, seconds: float) -> list[HostedModel]:
    """Return the models that were heard of in the last so many seconds."""
    return [
        HostedModel(CallKind(row["role"]), row["model_id"], row["revision"], row["loaded_at"])
        for row in connection.execute(_SQL["hosted"], {"seconds": seconds})
    ]
