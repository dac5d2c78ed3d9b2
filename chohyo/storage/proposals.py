"""Proposals and their member pages: rows to domain types and back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic import TypeAdapter

from chohyo.domain.documents import Failure
from chohyo.domain.geometry import Transform
from chohyo.domain.proposals import Draft, MemberPage, Proposal, ProposalKind, ProposalState
from chohyo.storage.codec import JsonColumn
from chohyo.storage.database import Connection, Row
from chohyo.storage.documents import failure_of
from chohyo.storage.statements import Statements

_SQL = Statements("discovery")
_DRAFT = JsonColumn(TypeAdapter(Draft | None))
_TRANSFORM = JsonColumn(TypeAdapter(Transform | None))


def insert(connection: Connection, proposal: Proposal) -> bool:
    """Store a proposal that is being drafted; False when its set of pages was proposed before."""
    row = connection.execute(
        _SQL["insert_proposal"],
        {
            "id": proposal.id,
            "run_id": proposal.run_id,
            "collection_id": proposal.collection_id,
            "kind": proposal.kind.value,
            "family_id": proposal.family_id,
            "kin_key": proposal.kin_key,
            "fingerprint": proposal.fingerprint,
        },
    ).fetchone()
    if row is None:
        return False
    put_members(connection, proposal.id, proposal.members)
    return True


def put_members(connection: Connection, proposal_id: UUID, members: Sequence[MemberPage]) -> None:
    """Add pages to a proposal, or change how they lie on the template page."""
    params = [
        {
            "proposal_id": proposal_id,
            "page_id": member.page_id,
            "template_page_no": member.template_page_no,
            "transform": _TRANSFORM.dump(member.transform) if member.transform else None,
        }
        for member in members
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_SQL["insert_proposal_page"], params)


def remove_members(connection: Connection, proposal_id: UUID, page_ids: Sequence[UUID]) -> None:
    """Take pages out of a proposal."""
    connection.execute(
        _SQL["remove_proposal_pages"], {"proposal_id": proposal_id, "page_ids": list(page_ids)}
    )


def get(connection: Connection, proposal_id: UUID) -> Proposal | None:
    """Return a proposal with its members."""
    rows = connection.execute(_SQL["proposal"], {"id": proposal_id}).fetchall()
    return next(iter(_proposals(connection, rows)), None)


def by_fingerprint(
    connection: Connection, collection_id: UUID, fingerprint: str
) -> Proposal | None:
    """Return the proposal of this very set of pages, whatever became of it."""
    rows = connection.execute(
        _SQL["by_fingerprint"], {"collection_id": collection_id, "fingerprint": fingerprint}
    ).fetchall()
    return next(iter(_proposals(connection, rows)), None)


def lock(connection: Connection, proposal_id: UUID) -> Proposal | None:
    """Return a proposal, locked until the transaction ends, so that one decision wins."""
    rows = connection.execute(_SQL["lock_proposal"], {"id": proposal_id}).fetchall()
    return next(iter(_proposals(connection, rows)), None)


def in_states(
    connection: Connection,
    collections: Sequence[UUID],
    states: Sequence[ProposalState],
    *,
    after: UUID | None = None,
    limit: int = 200,
) -> list[Proposal]:
    """Return proposals in these states, oldest first."""
    rows = connection.execute(
        _SQL["proposals"],
        {
            "collections": list(collections),
            "states": [state.value for state in states],
            "after": after,
            "limit": limit,
        },
    ).fetchall()
    return _proposals(connection, rows)


def open_of_collection(connection: Connection, collection_id: UUID) -> list[Proposal]:
    """Return the proposals nobody has decided yet, oldest first."""
    rows = connection.execute(
        _SQL["open_of_collection"], {"collection_id": collection_id}
    ).fetchall()
    return _proposals(connection, rows)


def open_with_page(connection: Connection, page_id: UUID) -> UUID | None:
    """Return the undecided proposal that has a page."""
    row = connection.execute(_SQL["open_with_page"], {"page_id": page_id}).fetchone()
    return row["id"] if row else None


def regroup(connection: Connection, proposal_id: UUID, fingerprint: str, kin_key: str) -> None:
    """Send a proposal whose members changed back to drafting."""
    connection.execute(
        _SQL["regroup"], {"id": proposal_id, "fingerprint": fingerprint, "kin_key": kin_key}
    )


def set_draft(connection: Connection, proposal_id: UUID, draft: Draft) -> None:
    """Store what would be published."""
    connection.execute(_SQL["set_draft"], {"id": proposal_id, "draft": _DRAFT.dump(draft)})


def relate(
    connection: Connection, proposal_id: UUID, kind: ProposalKind, family_id: UUID | None
) -> None:
    """Say whether a proposal is a new family or a new version of one."""
    connection.execute(
        _SQL["relate"], {"id": proposal_id, "kind": kind.value, "family_id": family_id}
    )


def set_state(
    connection: Connection,
    proposal_id: UUID,
    state: ProposalState,
    *,
    decided_by: str | None = None,
    reason: str | None = None,
    version_id: UUID | None = None,
) -> None:
    """Move a proposal on, forgetting an earlier failure; what is not given keeps its value."""
    connection.execute(
        _SQL["set_proposal_state"],
        {
            "id": proposal_id,
            "state": state.value,
            "decided_by": decided_by,
            "reason": reason,
            "version_id": version_id,
        },
    )


def fail(connection: Connection, proposal_id: UUID, failure: Failure) -> None:
    """Note why the agent could not go on; what was drafted or published stays."""
    connection.execute(
        _SQL["fail_proposal"],
        {"id": proposal_id, "code": failure.code, "params": Jsonb(failure.params)},
    )


def kin_of(connection: Connection, proposal: Proposal, limit: int) -> list[Proposal]:
    """Return drafted proposals of other editions of the same form, oldest first."""
    rows = connection.execute(
        _SQL["kin_of"],
        {
            "collection_id": proposal.collection_id,
            "kin_key": proposal.kin_key,
            "id": proposal.id,
            "limit": limit,
        },
    ).fetchall()
    return _proposals(connection, rows)


def published_kin(connection: Connection, collection_id: UUID, kin_key: str) -> UUID | None:
    """Return the family under which an edition found together with this one was published."""
    row = connection.execute(
        _SQL["published_kin"], {"collection_id": collection_id, "kin_key": kin_key}
    ).fetchone()
    return row["family_id"] if row else None


def _proposals(connection: Connection, rows: Sequence[Row]) -> list[Proposal]:
    members: dict[UUID, list[MemberPage]] = defaultdict(list)
    ids = [row["id"] for row in rows]
    for row in connection.execute(_SQL["proposal_pages"], {"proposal_ids": ids}):
        members[row["proposal_id"]].append(
            MemberPage(row["page_id"], row["template_page_no"], _TRANSFORM.load(row["transform"]))
        )
    return [
        Proposal(
            id=row["id"],
            run_id=row["run_id"],
            collection_id=row["collection_id"],
            kind=ProposalKind(row["kind"]),
            state=ProposalState(row["state"]),
            family_id=row["family_id"],
            kin_key=row["kin_key"],
            fingerprint=row["fingerprint"],
            draft=_DRAFT.load(row["draft"]),
            members=tuple(members[row["id"]]),
            decided_by=row["decided_by"],
            reason=row["reason"],
            version_id=row["version_id"],
            created_at=row["created_at"],
            failure=failure_of(row),
        )
        for row in rows
    ]
