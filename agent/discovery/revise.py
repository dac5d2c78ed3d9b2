"""Mend what the check found."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from langgraph.runtime import Runtime

from agent.context import AgentContext
from agent.discovery.state import ProposalThread
from chohyo.discovery import soundness
from chohyo.services import drafting


def revise(state: ProposalThread, runtime: Runtime[AgentContext]) -> ProposalThread:
    """Drop overlapping fields and types that the values break; then it is checked again."""
    services = runtime.context.runtime
    proposal, _ = drafting.load_proposal(services, UUID(state["proposal_id"]))
    assert proposal.draft is not None
    fields = soundness.mend(proposal.draft.fields, proposal.draft.findings)
    drafting.store_draft(services, proposal.id, replace(proposal.draft, fields=fields), ())
    return {"revisions": state.get("revisions", 0) + 1}
