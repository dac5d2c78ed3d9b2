"""Try the proposed fields on the members."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from uuid import UUID

from langgraph.runtime import Runtime

from agent.context import AgentContext
from agent.discovery import copies
from agent.discovery.state import ProposalThread
from chohyo.discovery import soundness
from chohyo.domain.documents import Page
from chohyo.domain.proposals import Draft, Proposal
from chohyo.domain.values import Reading
from chohyo.extraction.reading import read_fields
from chohyo.pages.images import decode_colour
from chohyo.services import drafting

_TRIED = 3  # copies read for each template page: enough to tell a broken type, and a few seconds


def check(state: ProposalThread, runtime: Runtime[AgentContext]) -> ProposalThread:
    """Read the fields on some members, and keep what is wrong or weak as findings."""
    context = runtime.context
    proposal, pages = drafting.load_proposal(context.runtime, UUID(state["proposal_id"]))
    assert proposal.draft is not None
    if proposal.draft.edited:
        return {"sound": True}
    readings = _readings(context, proposal, proposal.draft, pages)
    fewest = min(page.copies for page in proposal.draft.pages)
    findings = soundness.find(proposal.draft.fields, readings, fewest)
    checked = replace(proposal.draft, findings=tuple(findings))
    drafting.store_draft(context.runtime, proposal.id, checked, ())
    return {"sound": soundness.is_sound(findings)}


def _readings(
    context: AgentContext, proposal: Proposal, draft: Draft, pages: dict[UUID, Page]
) -> dict[str, list[Reading]]:
    found: dict[str, list[Reading]] = defaultdict(list)
    members = copies.by_template_page(proposal)
    for page in draft.pages:
        fields = [spec for spec in draft.fields if spec.page_no == page.page_no]
        blank = decode_colour(context.runtime.blobs.get(page.blank_blob))
        laid = [m for m in members.get(page.page_no, []) if m.transform is not None]
        for member in laid[:_TRIED]:
            image = copies.evidence(context, pages[member.page_id])
            assert member.transform is not None
            read = read_fields(image, member.transform, blank, fields, context.recognizer)
            for spec, reading in zip(fields, read, strict=True):
                found[spec.name].append(reading)
    return found
