"""Look closely at a template page whose recent pages deviate alike."""

from __future__ import annotations

from uuid import UUID

from agent.context import AgentContext
from chohyo.discovery.drift import find_drift
from chohyo.domain.geometry import Transform
from chohyo.matching.fine_alignment import Ink, lay_finely
from chohyo.matching.print_model import Outline
from chohyo.matching.registration import register
from chohyo.services import drifting, print_models


def look_for_drift(context: AgentContext, template_page_id: UUID) -> None:
    """Lay suspected pages beside the exemplars and other pages; keep and propose what differs."""
    suspected = drifting.suspicion(context.runtime, template_page_id)
    outline = context.references.prints.now().outline(template_page_id)
    if suspected is None or outline is None:
        return
    laid = [
        _laid(context, page.evidence_blob, seen.transform, outline) for page, seen in suspected.seen
    ]
    sources = [seen.document_id for _, seen in suspected.seen]
    exemplars = _exemplars(context, template_page_id, outline)
    found = find_drift(exemplars, laid, sources, suspected.fields)
    if found is not None:
        page_ids = [suspected.seen[position][0].id for position in found.pages]
        drifting.record(context.runtime, suspected, page_ids, found.differs)


def _exemplars(context: AgentContext, template_page_id: UUID, outline: Outline) -> list[Ink]:
    lesson = print_models.lesson(context.runtime, template_page_id)
    if lesson is None:
        return []
    reference = context.references.features(lesson.page.reference_blob)
    laid = [
        (page, register(context.references.features(page.model_blob), reference))
        for page in lesson.exemplars
    ]
    return [
        _laid(context, page.evidence_blob, found.transform, outline)
        for page, found in laid
        if found is not None
    ]


def _laid(context: AgentContext, evidence_blob: str, transform: Transform, outline: Outline) -> Ink:
    ink = context.references.prints.fine_ink(evidence_blob)
    return lay_finely(ink, transform, outline.half, outline.shape)
