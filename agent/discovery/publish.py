"""Publish an approved proposal."""

from __future__ import annotations

from uuid import UUID

from langgraph.runtime import Runtime

from agent.context import AgentContext
from agent.discovery.state import ProposalThread
from chohyo.domain.proposals import ProposalState
from chohyo.services import publishing


def publish(state: ProposalThread, runtime: Runtime[AgentContext]) -> ProposalThread:
    """Publish version, fields and exemplars in one transaction; done once, however often run."""
    publishing.publish(runtime.context.runtime, UUID(state["proposal_id"]))
    return {"stage": ProposalState.PUBLISHED.value}
