"""Collect the template pages that look like a page."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.context import AgentContext
from agent.document.state import DocumentState
from chohyo.services import embedding, processing


def retrieve(state: DocumentState, runtime: Runtime[AgentContext]) -> DocumentState:
    """Ask pgvector for the nearest exemplars, grouped by template page."""
    context, page = runtime.context, state["page"]
    assert page is not None
    found = processing.nearest_templates(context.runtime, page, context.candidates)
    while found is None:  # another space has come to lead since the page was embedded
        embedding.embed_pages(context.runtime, context.embedders, [page])
        found = processing.nearest_templates(context.runtime, page, context.candidates)
    return {"candidates": found}
