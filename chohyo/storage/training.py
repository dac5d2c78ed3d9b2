"""Trainings and the projections they led to: rows to domain types and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from psycopg.types.json import Jsonb
from pydantic import TypeAdapter

from chohyo.domain.documents import Failure
from chohyo.domain.spaces import EmbeddingSpace
from chohyo.domain.training import (
    LessonCounts,
    StoredProjection,
    Training,
    TrainingFigures,
    TrainingState,
)
from chohyo.storage.codec import JsonColumn
from chohyo.storage.database import Connection, Row
from chohyo.storage.documents import failure_of
from chohyo.storage.spaces import StoredSpace
from chohyo.storage.statements import Statements

_SQL = Statements("training")
_SPACE = JsonColumn(TypeAdapter(EmbeddingSpace))
_FIGURES = JsonColumn(TypeAdapter(TrainingFigures))


@dataclass(frozen=True, slots=True)
class Lesson:
    """A page whose template page people vouch for, with its vector, shape (dimensions,)."""

    page_id: UUID
    document_id: UUID
    template_page_id: UUID
    family_id: UUID
    vector: NDArray[np.float32]


def lessons(connection: Connection, space: StoredSpace, each: int, limit: int) -> list[Lesson]:
    """Return at most `limit` pages, of each template page the newest `each`."""
    params = {"space_id": space.id, "each": each, "limit": limit}
    return [
        Lesson(
            row["page_id"], row["document_id"], row["template_page_id"], row["family_id"],
            row["v"].to_numpy().astype(np.float32),
        )
        for row in connection.execute(_SQL["lessons"], params)
    ]  # fmt: skip


def insert(connection: Connection, training_id: UUID, made_by: UUID, *, dry_run: bool) -> None:
    """Store a training that waits to be done."""
    connection.execute(_SQL["insert"], {"id": training_id, "made_by": made_by, "dry_run": dry_run})


def get(connection: Connection, training_id: UUID) -> Training | None:
    """Return a training."""
    row = connection.execute(_SQL["get"], {"id": training_id}).fetchone()
    return _training(row) if row else None


def newest(connection: Connection, before: UUID | None, limit: int) -> list[Training]:
    """Return trainings, newest first; `before` is the cursor."""
    rows = connection.execute(_SQL["newest"], {"before": before, "limit": limit})
    return [_training(row) for row in rows]


def at_step(connection: Connection, training_id: UUID, step: int, steps: int) -> None:
    """Note how far a training has come."""
    connection.execute(_SQL["at_step"], {"id": training_id, "step": step, "steps": steps})


def finish(
    connection: Connection,
    training_id: UUID,
    base: EmbeddingSpace,
    counts: LessonCounts,
    figures: TrainingFigures,
    space: str | None,
) -> None:
    """Store what came of a training; `space` where something is kept of it."""
    connection.execute(
        _SQL["done"],
        {
            "id": training_id,
            "base": base.name,
            "documents": counts.documents,
            "pages": counts.pages,
            "template_pages": counts.template_pages,
            "families": counts.families,
            "figures": _FIGURES.dump(figures),
            "better": figures.better,
            "space": space,
        },
    )


def fail(connection: Connection, training_id: UUID, failure: Failure) -> None:
    """Note why a training came to nothing."""
    params = {"id": training_id, "code": failure.code, "params": Jsonb(dict(failure.params))}
    connection.execute(_SQL["fail"], params)


def put_projection(
    connection: Connection, projection: StoredProjection, weights: bytes, documents: Sequence[UUID]
) -> bool:
    """Store a projection with the documents it was fitted on; say whether all are still there.

    Until the transaction ends none of them is forgotten.
    """
    connection.execute(
        _SQL["put_projection"],
        {
            "space": projection.space,
            "base": _SPACE.dump(projection.base),
            "digest": projection.digest,
            "weights": weights,
        },
    )
    params = {"space": projection.space, "document_ids": sorted(set(documents))}
    connection.execute(_SQL["put_documents"], params)
    counted = connection.execute(_SQL["count_documents"], params).fetchone()
    assert counted is not None
    return bool(counted["n"] == len(params["document_ids"]))


def projections(connection: Connection) -> list[StoredProjection]:
    """Return all projections, oldest first."""
    return [
        StoredProjection(row["space"], _SPACE.load(row["base"]), row["digest"], row["forgotten"])
        for row in connection.execute(_SQL["projections"])
    ]


def weights(connection: Connection, space: str) -> bytes | None:
    """Return the weights of the projection that makes a space."""
    row: Mapping[str, bytes] | None = connection.execute(
        _SQL["weights"], {"space": space}
    ).fetchone()
    return row["weights"] if row else None


def mark_forgotten(connection: Connection, document_id: UUID) -> list[str]:
    """Mark the projections that were fitted on a document as stale; return their spaces."""
    rows = connection.execute(_SQL["mark_forgotten"], {"document_id": document_id})
    return sorted(row["space"] for row in rows)


def drop_projection(connection: Connection, space: str) -> None:
    """Remove a projection with its weights; a space of another kind has none."""
    connection.execute(_SQL["drop_projection"], {"space": space})


def _training(row: Row) -> Training:
    return Training(
        id=row["id"],
        dry_run=row["dry_run"],
        state=TrainingState(row["state"]),
        step=row["step"],
        steps=row["steps"],
        base=row["base"],
        lessons=LessonCounts(
            row["documents"], row["pages"], row["template_pages"], row["families"]
        ),
        figures=_FIGURES.load(row["figures"]) if row["figures"] is not None else None,
        better=row["better"],
        space=row["space"],
        failure=failure_of(row),
        made_by=row["made_by"],
        created_at=row["created_at"],
        finished_at=row["finished_at"],
    )
