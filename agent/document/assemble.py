"""Cut a document's routed pages into form instances."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.context import AgentContext
from agent.document.state import DocumentState
from chohyo.services import processing


def assemble(state: DocumentState, runtime: Runtime[AgentContext]) -> DocumentState:
    """Make the document's form instances follow the decisions in force for its pages."""
    context = runtime.context
    document, _ = processing.load_document(context.runtime, state["document_id"])
    processing.assemble(context.runtime, document)
    return {}
