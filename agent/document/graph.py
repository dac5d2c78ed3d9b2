"""The wiring of the document graph."""

from __future__ import annotations

from typing import Literal

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from agent.context import AgentContext
from agent.document.assemble import assemble
from agent.document.attempts import for_page
from agent.document.decide import decide
from agent.document.embed import embed
from agent.document.read import read
from agent.document.rerank import rerank
from agent.document.retrieve import retrieve
from agent.document.split import split
from agent.document.state import DocumentState
from agent.document.turn import turn
from agent.document.watch import watch

DocumentGraph = CompiledStateGraph[DocumentState, AgentContext, DocumentState, DocumentState]

STEPS_PER_PAGE = 5


def after_turn(state: DocumentState) -> Literal["retrieve", "assemble"]:
    """Route the page that was turned up, or go on when there is none."""
    return "retrieve" if state["page"] is not None else "assemble"


def build_document_graph() -> DocumentGraph:
    """Return the compiled graph; it needs no checkpoint, its state is in the tables."""
    graph = StateGraph(DocumentState, context_schema=AgentContext)
    graph.add_node("split", split)
    graph.add_node("embed", embed)
    graph.add_node("turn", turn)
    graph.add_node("retrieve", for_page(retrieve))
    graph.add_node("rerank", for_page(rerank))
    graph.add_node("decide", for_page(decide))
    graph.add_node("watch", for_page(watch))
    graph.add_node("assemble", assemble)
    graph.add_node("read", read)
    graph.add_edge(START, "split")
    graph.add_edge("split", "embed")
    graph.add_edge("embed", "turn")
    graph.add_conditional_edges("turn", after_turn)
    graph.add_edge("retrieve", "rerank")
    graph.add_edge("rerank", "decide")
    graph.add_edge("decide", "watch")
    graph.add_edge("watch", "turn")
    graph.add_edge("assemble", "read")
    graph.add_edge("read", END)
    return graph.compile()
