"""Show a drafted proposal to people."""

from __future__ import annotations

from uuid import UUID

from langgraph.runtime import Runtime

from agent.context import AgentContext
from agent.discovery.state import ProposalThread
from chohyo.services import drafting


def present(state: ProposalThread, runtime: Runtime[AgentContext]) -> ProposalThread:
    """Put the proposal where reviewers find it."""
    drafting.present(runtime.context.runtime, UUID(state["proposal_id"]))
    return {}
