"""Publish an approved proposal."""

from __future__ import annotations

from uuid import UUID

from langgraph.runtime import Runtime

from agent.context import AgentContext
from agent.discovery.state import ProposalThread
from chohyo.domain.proposals import ProposalState
from chohyo.services import carrying, publishing


def publish(state: ProposalThread, runtime: Runtime[AgentContext]) -> ProposalThread:
    """Publish version, fields and exemplars in one transaction; done once, however often run.

    Editions found with it that still wait start from it then.
    """
    services = runtime.context.runtime
    publishing.publish(services, UUID(state["proposal_id"]))
    carrying.carry_into_kin(services, UUID(state["proposal_id"]))
    return {"stage": ProposalState.PUBLISHED.value}
