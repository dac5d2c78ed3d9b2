"""Score candidates against the page, best first, stopping when the answer is clear."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agent.context import AgentContext
from agent.document.state import DocumentState
from chohyo.matching.edition_judge import EditionJudge
from chohyo.matching.rerank import score_candidates


def rerank(state: DocumentState, runtime: Runtime[AgentContext]) -> DocumentState:
    """Register the page onto the candidates' references and compare print."""
    context, page = runtime.context, state["page"]
    assert page is not None
    prints = context.references.prints
    judge = EditionJudge(
        lambda: prints.fine_ink(page.evidence_blob), prints.now(), context.calibration
    )
    scored = score_candidates(
        context.references.features(page.model_blob),
        state["candidates"],
        context.references.of_template_page,
        context.reranker_for(state["reranker"]),
        context.thresholds,
        judge,
    )
    return {"candidates": scored}
