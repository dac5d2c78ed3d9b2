"""The wiring of the discovery graphs.

A run groups the pool and opens a thread of its own for each group: approving one proposal
publishes and reroutes it whatever the others do.
"""

from __future__ import annotations

from typing import Any, Literal

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from agent.context import AgentContext
from agent.discovery.advise import advise
from agent.discovery.check import check
from agent.discovery.compare import compare
from agent.discovery.group import group
from agent.discovery.open import open_thread
from agent.discovery.present import present
from agent.discovery.propose import propose
from agent.discovery.publish import publish
from agent.discovery.reroute import reroute
from agent.discovery.review import review
from agent.discovery.revise import revise
from agent.discovery.state import ProposalThread, RunState
from agent.discovery.verify import verify
from chohyo.domain.proposals import ProposalState

RunGraph = CompiledStateGraph[RunState, AgentContext, RunState, RunState]
ProposalGraph = CompiledStateGraph[ProposalThread, AgentContext, ProposalThread, ProposalThread]

_MAX_REVISIONS = 2


def build_run_graph(saver: BaseCheckpointSaver[Any]) -> RunGraph:
    """Return the graph of a discovery run: gather the pool, group it, open the threads."""
    graph = StateGraph(RunState, context_schema=AgentContext)
    graph.add_node("group", group)
    graph.add_edge(START, "group")
    graph.add_edge("group", END)
    return graph.compile(checkpointer=saver)


def after_open(
    state: ProposalThread,
) -> Literal["verify", "check", "review", "publish", "__end__"]:
    """Begin where the row says: a thread whose checkpoint was lost picks up from there.

    A draft is not made twice: its members lie on the rebuilt form by then, and rebuilding from that
    would give another one.
    """
    match ProposalState(state["stage"]):
        case ProposalState.DRAFTING:
            return "check" if state["drafted"] else "verify"
        case ProposalState.WAITING:
            return "review"
        case ProposalState.APPROVED | ProposalState.PUBLISHED:
            return "publish"
        case _:
            return "__end__"


def after_check(state: ProposalThread) -> Literal["revise", "present"]:
    """Revise an unsound draft, a bounded number of times; then people see it with its findings."""
    unsound = not state["sound"] and state.get("revisions", 0) < _MAX_REVISIONS
    return "revise" if unsound else "present"


def after_review(state: ProposalThread) -> Literal["publish", "__end__"]:
    """Publish what was approved."""
    return "publish" if state["stage"] == ProposalState.APPROVED else "__end__"


def build_proposal_graph(saver: BaseCheckpointSaver[Any]) -> ProposalGraph:
    """Return the graph of one proposal, interrupted until a person has decided."""
    graph = StateGraph(ProposalThread, context_schema=AgentContext)
    graph.add_node("open", open_thread)
    graph.add_node("verify", verify)
    graph.add_node("compare", compare)
    graph.add_node("propose", propose)
    graph.add_node("advise", advise)
    graph.add_node("check", check)
    graph.add_node("revise", revise)
    graph.add_node("present", present)
    graph.add_node("review", review)
    graph.add_node("publish", publish)
    graph.add_node("reroute", reroute)
    graph.add_edge(START, "open")
    graph.add_conditional_edges("open", after_open)
    graph.add_edge("verify", "compare")
    graph.add_edge("compare", "propose")
    graph.add_edge("propose", "advise")
    graph.add_edge("advise", "check")
    graph.add_conditional_edges("check", after_check)
    graph.add_edge("revise", "check")
    graph.add_edge("present", "review")
    graph.add_conditional_edges("review", after_review)
    graph.add_edge("publish", "reroute")
    graph.add_edge("reroute", END)
    return graph.compile(checkpointer=saver)
