"""Try the proposed fields on the members."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from langgraph.runtime import Runtime

from agent.context import AgentContext
from agent.discovery import copies
from agent.discovery.state import ProposalThread
from chohyo.discovery import soundness
from chohyo.discovery.trial import TRIED, Copy, retyped, try_fields
from chohyo.domain.documents import Page
from chohyo.domain.proposals import Draft, Proposal
from chohyo.domain.values import Reading
from chohyo.pages.images import decode_colour
from chohyo.services import drafting


def check(state: ProposalThread, runtime: Runtime[AgentContext]) -> ProposalThread:
    """Read the fields on some members, and keep what is wrong or weak as findings."""
    context = runtime.context
    proposal, pages = drafting.load_proposal(context.runtime, UUID(state["proposal_id"]))
    assert proposal.draft is not None
    if proposal.draft.edited:
        return {"sound": True}
    readings = _readings(context, proposal, proposal.draft, pages)
    fields = retyped(proposal.draft.fields, readings)
    fewest = min(page.copies for page in proposal.draft.pages)
    findings = [
        *soundness.find(fields, readings, fewest),
        *soundness.figures_of(fields, readings),
    ]
    checked = replace(proposal.draft, fields=tuple(fields), findings=tuple(findings))
    drafting.store_draft(context.runtime, proposal.id, checked, ())
    return {"sound": soundness.is_sound(fields, findings)}


def _readings(
    context: AgentContext, proposal: Proposal, draft: Draft, pages: dict[UUID, Page]
) -> dict[str, list[Reading]]:
    found: dict[str, list[Reading]] = {}
    members = copies.by_template_page(proposal)
    for page in draft.pages:
        fields = [spec for spec in draft.fields if spec.page_no == page.page_no]
        blank = decode_colour(context.runtime.blobs.get(page.blank_blob))
        tried = [
            Copy(copies.evidence(context, pages[member.page_id]), member.transform)
            for member in members.get(page.page_no, [])
            if member.transform is not None
        ][:TRIED]
        found |= try_fields(tried, blank, fields, context.recognizer)
    return found
