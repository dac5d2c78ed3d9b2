"""Look for print that a decided page does not share with its form: drift begins there."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.context import AgentContext
from agent.document.state import DocumentState
from chohyo.domain.matches import Outcome
from chohyo.services import drifting


def watch(state: DocumentState, runtime: Runtime[AgentContext]) -> DocumentState:
    """Keep where a routed page differs from its blank form, and one of an edition not known.

    The decision is in force by then, and nobody waits for this.
    """
    context, page, decision = runtime.context, state["page"], state["decision"]
    assert page is not None
    best = decision.best
    told = decision.outcome is Outcome.ROUTED or decision.reason.startswith("edition-")
    # Without signs its form is not even likely.
    if told and best is not None and best.transform is not None and best.signs is not None:
        fields = drifting.fields_of(context.runtime, best.template_page_id)
        cells = state["judge"].deviation(best, fields)
        if cells is not None:
            drifting.note(context.runtime, page, best.template_page_id, best.transform, cells)
    return {}
