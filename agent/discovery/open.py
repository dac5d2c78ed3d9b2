"""Open a proposal's thread at the stage its row is in."""

from __future__ import annotations

from uuid import UUID

from langgraph.runtime import Runtime

from agent.context import AgentContext
from agent.discovery.state import ProposalThread
from chohyo.services import drafting


def open_thread(state: ProposalThread, runtime: Runtime[AgentContext]) -> ProposalThread:
    """Read the proposal's state from its row."""
    proposal, _ = drafting.load_proposal(runtime.context.runtime, UUID(state["proposal_id"]))
    drafted = proposal.draft is not None and not proposal.draft.edited
    return {"stage": proposal.state.value, "drafted": drafted, "revisions": 0, "sound": False}
