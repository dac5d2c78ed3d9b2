"""Wait for a person."""

from __future__ import annotations

from uuid import UUID

from langgraph.runtime import Runtime
from langgraph.types import interrupt

from agent.context import AgentContext
from agent.discovery.state import ProposalThread
from chohyo.domain.proposals import ProposalState
from chohyo.services import drafting


def review(state: ProposalThread, runtime: Runtime[AgentContext]) -> ProposalThread:
    """Interrupt until the row holds a decision; resuming is a hint, the row decides.

    Nothing before the interrupt has side effects, so running it again is harmless.
    """
    stage = _stage(state, runtime)
    while stage in {ProposalState.WAITING, ProposalState.DRAFTING}:
        interrupt({"proposal_id": state["proposal_id"]})
        stage = _stage(state, runtime)
    return {"stage": stage.value}


def _stage(state: ProposalThread, runtime: Runtime[AgentContext]) -> ProposalState:
    proposal, _ = drafting.load_proposal(runtime.context.runtime, UUID(state["proposal_id"]))
    return proposal.state
