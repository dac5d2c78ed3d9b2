"""Score candidates against the page, best first, stopping when the answer is clear."""

from __future__ import annotations

from dataclasses import replace

from langgraph.runtime import Runtime

from agent.context import AgentContext
from agent.document.state import DocumentState
from chohyo.matching.edition_judge import EditionJudge
from chohyo.matching.rerank import RegistrationReranker, score_candidates
from chohyo.services import decision_rules


def rerank(state: DocumentState, runtime: Runtime[AgentContext]) -> DocumentState:
    """Register the page onto the candidates' references and compare print."""
    context, page = runtime.context, state["page"]
    assert page is not None
    prints = context.references.prints
    reranker = context.reranker_for(state["reranker"])
    rule = decision_rules.rule_for(
        context.runtime, page.collection_id, context.thresholds, context.calibration
    )
    if isinstance(reranker, RegistrationReranker):
        reranker = replace(reranker, calibration=rule.calibration)
    else:  # fitted to what registration says, the calibration means nothing for another's scores
        rule = replace(rule, calibration=context.calibration)
    judge = EditionJudge(
        lambda: prints.fine_ink(page.evidence_blob), prints.now(), rule.calibration
    )
    scored = score_candidates(
        context.references.features(page.model_blob),
        state["candidates"],
        context.references.of_template_pages([c.template_page_id for c in state["candidates"]]),
        reranker,
        rule.thresholds,
        judge,
        rule.calibration,
    )
    return {"candidates": scored, "rule": rule, "judge": judge}
