"""Decide what a page is."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from langgraph.runtime import Runtime

from agent.context import AgentContext
from agent.document.state import DocumentState
from chohyo.domain.access import Actor
from chohyo.domain.documents import Page
from chohyo.domain.ids import new_id
from chohyo.domain.matches import Match, Outcome
from chohyo.matching.decision import Decision
from chohyo.matching.decision import decide as decided
from chohyo.services import processing


def decide(state: DocumentState, runtime: Runtime[AgentContext]) -> DocumentState:
    """Put the decision in force: routed, for review, or unknown and into the pool."""
    context, page = runtime.context, state["page"]
    assert page is not None
    rule = state["rule"]
    decision = decided(state["candidates"], rule.thresholds, rule.calibration)
    reranker = context.reranker_for(state["reranker"]).name
    actor = Actor.agent("decide", reranker)
    match = _match(page, decision, reranker, rule.id)
    processing.record_match(context.runtime, actor, match, rule.check_share)
    return {"decision": decision}


def _match(page: Page, decision: Decision, reranker: str, rule_id: UUID | None) -> Match:
    best = decision.best
    routed = best if decision.outcome is Outcome.ROUTED else None
    named = best if decision.outcome is not Outcome.UNKNOWN else None
    return Match(
        id=new_id(),
        page_id=page.id,
        collection_id=page.collection_id,
        outcome=decision.outcome,
        template_page_id=routed.template_page_id if routed else None,
        version_id=routed.version_id if routed else None,
        family_id=named.family_id if named else None,
        probability=decision.probability,
        margin=decision.margin,
        reason=decision.reason,
        transform=routed.transform if routed else None,
        candidates=decision.candidates,
        decided_by=reranker,
        created_at=datetime.now(UTC),
        rule_id=rule_id,
    )
