"""Look at every member once more: is it the same print?"""

from __future__ import annotations

from dataclasses import replace
from math import isclose
from uuid import UUID

from langgraph.runtime import Runtime

from agent.context import AgentContext
from agent.discovery import copies
from agent.discovery.state import ProposalThread
from chohyo.domain.documents import Page
from chohyo.domain.geometry import Transform
from chohyo.domain.proposals import MemberPage
from chohyo.matching.features import PageFeatures
from chohyo.matching.print_comparison import compare_print
from chohyo.matching.registration import register
from chohyo.services import drafting


def verify(state: ProposalThread, runtime: Runtime[AgentContext]) -> ProposalThread:
    """Drop members that do not lie on their group's reference, or show other print."""
    context = runtime.context
    proposal, pages = drafting.load_proposal(context.runtime, UUID(state["proposal_id"]))
    strangers: list[UUID] = []
    for members in copies.by_template_page(proposal).values():
        laid = _laid(context, members, pages)
        if laid != members:
            drafting.store_laid(context.runtime, proposal, laid)
        strangers += _strangers(context, laid, pages)
    placed = drafting.placed_by_people(context.runtime, proposal)
    strangers = [page_id for page_id in strangers if page_id not in placed]
    if strangers:
        drafting.drop_strangers(context.runtime, proposal, strangers)
    return {}


def _laid(
    context: AgentContext, members: list[MemberPage], pages: dict[UUID, Page]
) -> list[MemberPage]:
    """Lay the members that came from elsewhere on the group's frame, by way of a copy that lies."""
    base = _reference(members) or next((m for m in members if m.transform is not None), None)
    if base is None:  # all came from elsewhere: the first one is the frame
        base = replace(members[0], transform=Transform.identity())
        members = [base, *members[1:]]
    assert base.transform is not None
    expected = copies.features(context, pages[base.page_id])
    result = []
    for member in members:
        if member.transform is not None:
            result.append(member)
            continue
        found = register(copies.features(context, pages[member.page_id]), expected)
        move = base.transform.after(found.transform) if found else None
        result.append(replace(member, transform=move))
    return result


def _strangers(
    context: AgentContext, members: list[MemberPage], pages: dict[UUID, Page]
) -> list[UUID]:
    reference = _reference(members)
    if reference is None:
        return []
    expected = copies.features(context, pages[reference.page_id])
    return [
        member.page_id
        for member in members
        if member is not reference
        and not _agrees(context, copies.features(context, pages[member.page_id]), expected, member)
    ]


def _agrees(
    context: AgentContext, page: PageFeatures, reference: PageFeatures, member: MemberPage
) -> bool:
    if member.transform is None:
        return False
    found = compare_print(page, reference, member.transform, pair=True)
    return found.score >= context.thresholds.same_print


def _reference(members: list[MemberPage]) -> MemberPage | None:
    """Return the member in whose frame the group lies; one that grew may lie on its blank form."""
    unmoved = Transform.identity().rows
    for member in members:
        if member.transform is not None and all(
            isclose(a, b, abs_tol=1e-6) for a, b in zip(member.transform.rows, unmoved, strict=True)
        ):
            return member
    return None
