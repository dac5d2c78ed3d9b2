"""Keep what the agent works out about a proposal, until a person decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from chohyo.domain.access import Actor
from chohyo.domain.documents import Failure, Page
from chohyo.domain.proposals import Draft, MemberPage, Proposal, ProposalKind, ProposalState
from chohyo.domain.templates import TemplateFamily
from chohyo.errors import NotFoundError
from chohyo.services import notices, replaying
from chohyo.services.runtime import Runtime, change
from chohyo.storage import arrangements, audit, forgetting, matches, pages, proposals, templates


def load_proposal(runtime: Runtime, proposal_id: UUID) -> tuple[Proposal, dict[UUID, Page]]:
    """Return a proposal and its member pages by id."""
    with runtime.database.transaction() as connection:
        proposal = proposals.get(connection, proposal_id)
        if proposal is None:
            raise NotFoundError(kind="proposal", id=str(proposal_id))
        found = pages.some(connection, [member.page_id for member in proposal.members])
    return proposal, {page.id: page for page in found}


def placed_by_people(runtime: Runtime, proposal: Proposal) -> set[UUID]:
    """Return the pages that people put into a proposal; the agent does not take them out."""
    with runtime.database.transaction() as connection:
        return arrangements.placed(connection, proposal.id)


def store_laid(runtime: Runtime, proposal: Proposal, members: Sequence[MemberPage]) -> None:
    """Store how members lie on their group's reference."""
    with runtime.database.transaction() as connection:
        proposals.put_members(connection, proposal.id, members)


def drop_strangers(runtime: Runtime, proposal: Proposal, page_ids: Sequence[UUID]) -> None:
    """Take pages that turned out to be other print out of a proposal; they stay in the pool."""
    with runtime.database.transaction() as connection:
        proposals.remove_members(connection, proposal.id, page_ids)
        audit.append(
            connection, Actor.agent("verify"), "proposal.pages-dropped", "proposal", proposal.id,
            collection_id=proposal.collection_id, details={"pages": len(page_ids)},
        )  # fmt: skip


def known_family(runtime: Runtime, proposal: Proposal) -> TemplateFamily | None:
    """Return the published family that a proposal is a new edition of, if there is one.

    Either an edition found together with it was published, or most of its pages were refused by
    routing as an edition of that family that was never onboarded.
    """
    with runtime.database.transaction() as connection:
        family_id = proposals.published_kin(connection, proposal.collection_id, proposal.kin_key)
        if family_id is None:
            decided = matches.in_force(connection, [member.page_id for member in proposal.members])
            named = Counter(
                match.family_id for match in decided.values() if match.family_id is not None
            )
            family_id, votes = named.most_common(1)[0] if named else (None, 0)
            if votes * 2 <= len(proposal.members):
                return None
        return templates.family(connection, family_id) if family_id else None


def relate(runtime: Runtime, proposal: Proposal, family: TemplateFamily | None) -> None:
    """Say that a proposal is a new version of the family, or a new family with None."""
    kind = ProposalKind.NEW_VERSION if family else ProposalKind.NEW_FAMILY
    with runtime.database.transaction() as connection:
        proposals.relate(connection, proposal.id, kind, family.id if family else None)


def store_draft(
    runtime: Runtime, proposal_id: UUID, draft: Draft, members: Sequence[MemberPage]
) -> None:
    """Store what would be published, and how the members lie on it."""
    with runtime.database.transaction() as connection:
        before = proposals.get(connection, proposal_id)
        if before is not None and before.draft is not None:
            replaced = before.draft.blobs() - draft.blobs()
            forgetting.request_removal(connection, replaced, datetime.now(UTC))
        proposals.set_draft(connection, proposal_id, draft)
        proposals.put_members(connection, proposal_id, members)


def present(runtime: Runtime, proposal_id: UUID) -> None:
    """Show a drafted proposal to people; one that was decided meanwhile stays decided."""
    with change(runtime) as doing:
        connection = doing.connection
        proposal = proposals.lock(connection, proposal_id)
        if proposal is None or proposal.state is not ProposalState.DRAFTING:
            return
        proposals.set_state(connection, proposal_id, ProposalState.WAITING)
        notices.tell_of_proposal(doing, proposal)
        replaying.ask(doing, proposal)
        audit.append(
            connection, Actor.agent("check"), "proposal.waiting", "proposal", proposal_id,
            collection_id=proposal.collection_id,
            details={
                "pages": len(proposal.members),
                "fields": len(proposal.draft.fields) if proposal.draft else 0,
                "findings": len(proposal.draft.findings) if proposal.draft else 0,
            },
        )  # fmt: skip


def fail_proposal(runtime: Runtime, proposal_id: UUID, failure: Failure) -> None:
    """End work on a proposal with the reason; `retry` takes it up where it was."""
    with runtime.database.transaction() as connection:
        proposal = proposals.lock(connection, proposal_id)
        if proposal is None:
            return
        proposals.fail(connection, proposal_id, failure)
        audit.append(
            connection, Actor.system("worker"), "proposal.failed", "proposal", proposal_id,
            collection_id=proposal.collection_id, details={"code": failure.code},
        )  # fmt: skip
