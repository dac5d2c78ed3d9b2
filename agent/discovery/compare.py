"""Compare a group with the families that are known."""

from __future__ import annotations

from uuid import UUID

from langgraph.runtime import Runtime

from agent.context import AgentContext
from agent.discovery.state import ProposalThread
from chohyo.services import drafting


def compare(state: ProposalThread, runtime: Runtime[AgentContext]) -> ProposalThread:
    """Say whether the group is a new family, or a new version of a published one."""
    services = runtime.context.runtime
    proposal, _ = drafting.load_proposal(services, UUID(state["proposal_id"]))
    drafting.relate(services, proposal, drafting.known_family(services, proposal))
    return {}
