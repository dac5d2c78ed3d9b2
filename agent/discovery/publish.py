"""Publish an approved proposal."""

from __future__ import annotations

from uuid import UUID

from langgraph.runtime import Runtime

from agent.context import AgentContext
from agent.discovery.state import ProposalThread
from chohyo.domain.proposals import ProposalState
from chohyo.services import carrying, processing, publishing


def publish(state: ProposalThread, runtime: Runtime[AgentContext]) -> ProposalThread:
    """Publish version, fields and exemplars in one transaction; done once, however often run.

    Editions found with it that still wait start from it then.
    """
    services = runtime.context.runtime
    version_id = publishing.publish(services, UUID(state["proposal_id"]))
    carrying.carry_into_kin(services, UUID(state["proposal_id"]))
    learn_prints(runtime.context, version_id)
    return {"stage": ProposalState.PUBLISHED.value}


def learn_prints(context: AgentContext, version_id: UUID) -> None:
    """Learn the print of a version's pages, so that the first page of it need not wait for that."""
    for page in processing.version(context.runtime, version_id).pages:
        context.references.prints.revision(page.id)
