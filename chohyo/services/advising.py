"""Keep what a chat model was asked, and what came of it; hashes, never the texts."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from uuid import UUID

from chohyo.domain.access import Actor
from chohyo.domain.edition_advice import EditionAdvice
from chohyo.domain.proposals import Draft, Proposal
from chohyo.models.chat import Message, Reply
from chohyo.services.runtime import Runtime
from chohyo.storage import audit, collections, edition_advice, proposals, templates


def record_call(
    runtime: Runtime,
    proposal: Proposal,
    model: str,
    prompt_version: str,
    *,
    asked: str,
    answered: str,
    tokens: tuple[int, int],
) -> None:
    """Audit one call of the model: tokens of prompt and answer, keyed hashes of both texts."""
    with runtime.database.transaction() as connection:
        key = collections.audit_key(connection, proposal.collection_id)
        audit.append(
            connection, Actor.agent("advise", model), "model.called", "proposal", proposal.id,
            collection_id=proposal.collection_id,
            details={
                "prompt_version": prompt_version,
                "prompt_tokens": tokens[0],
                "answer_tokens": tokens[1],
            },
            before=audit.keyed_hash(key, asked),
            after=audit.keyed_hash(key, answered),
        )  # fmt: skip


def noting(
    runtime: Runtime, proposal: Proposal, model: str, prompt_version: str
) -> Callable[[Sequence[Message], Reply], None]:
    """Return what audits each call of a conversation about a proposal."""

    def note(messages: Sequence[Message], reply: Reply) -> None:
        record_call(
            runtime, proposal, model, prompt_version,
            asked=json.dumps(list(messages), ensure_ascii=False), answered=reply.text,
            tokens=(reply.prompt_tokens, reply.answer_tokens),
        )  # fmt: skip

    return note


def record_failure(runtime: Runtime, proposal: Proposal, model: str, code: str) -> None:
    """Audit that no advice came, and why; the deterministic draft stands."""
    with runtime.database.transaction() as connection:
        audit.append(
            connection, Actor.agent("advise", model), "model.failed", "proposal", proposal.id,
            collection_id=proposal.collection_id, details={"code": code},
        )  # fmt: skip


def store_advised(
    runtime: Runtime, proposal: Proposal, model: str, draft: Draft, kept: int, dropped: int
) -> None:
    """Store the draft with the advice that held; one that a person edited meanwhile stays."""
    with runtime.database.transaction() as connection:
        current = proposals.lock(connection, proposal.id)
        if current is None or current.draft != proposal.draft:
            return
        proposals.set_draft(connection, proposal.id, draft)
        audit.append(
            connection, Actor.agent("advise", model), "proposal.advised", "proposal", proposal.id,
            collection_id=proposal.collection_id, details={"kept": kept, "dropped": dropped},
        )  # fmt: skip


def store_edition_advice(runtime: Runtime, proposal: Proposal, advice: EditionAdvice) -> None:
    """Store what was said of a proposal beside another edition; it changes neither."""
    with runtime.database.transaction() as connection:
        current = proposals.lock(connection, proposal.id)
        if current is None or current.draft is None:
            return
        edition_advice.put(connection, proposal.id, advice)
        audit.append(
            connection, Actor.agent("advise", advice.model), "proposal.compared", "proposal",
            proposal.id, collection_id=proposal.collection_id,
            details={
                "other": str(advice.other_id), "kept": len(advice.statements),
                "dropped": advice.dropped,
            },
        )  # fmt: skip


def known_families(runtime: Runtime, collection_id: UUID) -> list[tuple[str, list[str]]]:
    """Return the names of a collection's families with the labels of their versions."""
    with runtime.database.transaction() as connection:
        found: dict[UUID, tuple[str, list[str]]] = {}
        for version in templates.versions_of_collection(connection, collection_id):
            found.setdefault(version.family_id, (version.family_name, []))[1].append(version.label)
    return list(found.values())
