"""Split a document into pages."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.context import AgentContext
from agent.document.state import DocumentState
from chohyo.domain.documents import DocumentState as Stage
from chohyo.domain.documents import PageState
from chohyo.services import processing

_TO_ROUTE = (PageState.SPLIT, PageState.EMBEDDED)


def split(state: DocumentState, runtime: Runtime[AgentContext]) -> DocumentState:
    """Store the pages that are missing, and list those that must be routed."""
    context = runtime.context
    document, pages = processing.load_document(context.runtime, state["document_id"])
    if document.state is Stage.RECEIVED:
        pages = processing.split(context.runtime, document, context.orientation)
    to_route = [page for page in pages if page.state in _TO_ROUTE]
    return {"to_route": to_route, "reranker": document.reranker}
