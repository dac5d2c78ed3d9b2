"""Look at every member once more: is it the same print?"""

from __future__ import annotations

from uuid import UUID

from langgraph.runtime import Runtime

from agent.context import AgentContext
from agent.discovery import copies
from agent.discovery.state import ProposalThread
from chohyo.domain.documents import Page
from chohyo.domain.proposals import MemberPage
from chohyo.matching.print_comparison import compare_print
from chohyo.services import drafting


def verify(state: ProposalThread, runtime: Runtime[AgentContext]) -> ProposalThread:
    """Drop members that do not lie on their group's reference, or show other print."""
    context = runtime.context
    proposal, pages = drafting.load_proposal(context.runtime, UUID(state["proposal_id"]))
    strangers: list[UUID] = []
    for members in copies.by_template_page(proposal).values():
        strangers += _strangers(context, members, pages)
    if strangers:
        drafting.drop_strangers(context.runtime, proposal, strangers)
    return {}


def _strangers(
    context: AgentContext, members: list[MemberPage], pages: dict[UUID, Page]
) -> list[UUID]:
    reference = next((m for m in members if _is_reference(m)), members[0])
    print_of_reference = copies.features(context, pages[reference.page_id])
    found: list[UUID] = []
    for member in members:
        if member is reference:
            continue
        print_of_member = copies.features(context, pages[member.page_id])
        agrees = member.transform is not None and (
            compare_print(print_of_member, print_of_reference, member.transform, pair=True).score
            >= context.thresholds.same_print
        )
        if not agrees:
            found.append(member.page_id)
    return found


def _is_reference(member: MemberPage) -> bool:
    return member.transform is not None and member.transform == member.transform.identity()
