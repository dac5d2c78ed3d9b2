"""Compute a page's layout embedding."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.context import AgentContext
from agent.document.state import DocumentState
from chohyo.pages.images import decode_grey
from chohyo.services import processing


def embed(state: DocumentState, runtime: Runtime[AgentContext]) -> DocumentState:
    """Store the page's vector in the embedder's space, unless it is there."""
    context, page = runtime.context, state["page"]
    assert page is not None
    space = context.embedder.space
    if processing.stored_vector(context.runtime, space, page.id) is None:
        image = decode_grey(context.runtime.blobs.get(page.model_blob))
        vector = context.embedder.embed([image])[0]
        processing.store_vector(context.runtime, space, page.id, vector)
    return {}
