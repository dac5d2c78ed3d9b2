"""Keep one page's error from stopping the document's other pages."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol, TypeVar

from langgraph.runtime import Runtime

from agent.context import AgentContext
from agent.document.state import DocumentState
from chohyo.domain.documents import Failure, Page
from chohyo.errors import ChohyoError
from chohyo.services import processing
from chohyo.services.runtime import Runtime as Services

_log = logging.getLogger(__name__)

_TRIES = 3

Result = TypeVar("Result")


class PageStep(Protocol):
    """A node for the page turned up."""

    def __call__(self, state: DocumentState, runtime: Runtime[AgentContext]) -> DocumentState:
        """Return what changed."""


def attempt(services: Services, page: Page, step: Callable[[], Result]) -> Result | None:
    """Do a step for a page and return its result; None once the page has failed for good.

    What says nothing about the page (PostgreSQL away, lease lost, worker stopping) is passed on.
    """
    failure = Failure(ChohyoError.code, {})
    for _ in range(_TRIES):
        try:
            return step()
        except ChohyoError as error:
            if error.passing:
                raise
            failure = Failure(error.code, error.params)
        except Exception:  # noqa: BLE001 - whatever it is, the page ends with it, a few tries later
            _log.exception("page %s went wrong", page.id)
            failure = Failure(ChohyoError.code, {})
    processing.fail_page(services, page, failure)
    return None


def for_page(step: PageStep) -> PageStep:
    """Return the node that does a step for the page turned up, if it has not failed before."""

    def node(state: DocumentState, runtime: Runtime[AgentContext]) -> DocumentState:
        page = state["page"]
        if page is None:
            return {}
        changed = attempt(runtime.context.runtime, page, lambda: step(state, runtime))
        return {"page": None} if changed is None else changed

    return node
