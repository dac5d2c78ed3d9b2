"""Compute pages' layout embeddings."""

from __future__ import annotations

import logging
from functools import partial

from langgraph.runtime import Runtime

from agent.context import AgentContext
from agent.document.attempts import attempt
from agent.document.state import DocumentState
from chohyo.domain.documents import Page
from chohyo.errors import ChohyoError
from chohyo.services import embedding

_log = logging.getLogger(__name__)

_AT_ONCE = 32  # pages whose images are in memory


def embed(state: DocumentState, runtime: Runtime[AgentContext]) -> DocumentState:
    """Store the vectors that the document's pages lack; a page that has none is not routed."""
    context, wanted = runtime.context, state["to_route"]
    step = 1 if context.careful else _AT_ONCE
    done: list[Page] = []
    for start in range(0, len(wanted), step):
        done += _embedded(context, wanted[start : start + step])
    return {"to_route": done}


def _embedded(context: AgentContext, pages: list[Page]) -> list[Page]:
    """Embed pages together, or one by one when that fails, so that a bad one fails alone."""
    if len(pages) > 1:
        try:
            embedding.embed_pages(context.runtime, context.embedders, pages)
        except ChohyoError as error:
            if error.passing:
                raise
            _log.warning("%d pages are embedded one by one: %s", len(pages), error.code)
        except Exception:  # noqa: BLE001 - the page that is to blame is found below
            _log.exception("%d pages are embedded one by one", len(pages))
        else:
            return pages
    return [page for page in pages if attempt(context.runtime, page, partial(_one, context, page))]


def _one(context: AgentContext, page: Page) -> bool:
    embedding.embed_pages(context.runtime, context.embedders, [page])
    return True
