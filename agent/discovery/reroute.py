"""Route the pool again after a template was published."""

from __future__ import annotations

from uuid import UUID

from langgraph.runtime import Runtime

from agent.context import AgentContext
from agent.discovery.state import ProposalThread
from chohyo.services import drafting, publishing, replaying


def reroute(state: ProposalThread, runtime: Runtime[AgentContext]) -> ProposalThread:
    """Send the pages that no template explained back to routing, and those the replay named."""
    services = runtime.context.runtime
    proposal, _ = drafting.load_proposal(services, UUID(state["proposal_id"]))
    replaying.reroute_changed(services, proposal.id)
    publishing.reroute_pool(services, proposal.collection_id)
    return {}
