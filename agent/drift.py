"""Look closely at a template page whose recent pages deviate alike."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from agent.context import AgentContext
from chohyo.discovery.common_change import LATEST, find_common_change
from chohyo.discovery.drift import FindChange, find_drift
from chohyo.discovery.mixed_change import RECENT, find_mixed_change
from chohyo.domain.geometry import Box, Transform
from chohyo.matching.fine_alignment import Ink, lay_finely
from chohyo.matching.print_model import Outline
from chohyo.matching.registration import register
from chohyo.services import drifting, print_models
from chohyo.services.drifting import Suspicion


def look_for_drift(context: AgentContext, template_page_id: UUID) -> None:
    """Lay recent pages beside the exemplars and earlier ones; keep and propose what differs.

    First those that deviate alike; where that says nothing, the latest, whatever they show, and now
    and then recent ones, of which only some may show something else.
    """
    outline = context.references.prints.now().outline(template_page_id)
    if outline is None:
        return
    suspected = drifting.suspicion(context.runtime, template_page_id)
    newest = drifting.latest(context.runtime, template_page_id)
    if suspected is None and newest is None:
        return
    exemplars = _exemplars(context, template_page_id, outline)
    if suspected is not None:
        laid, sources = _seen(context, suspected, outline)
        found = find_drift(exemplars, laid, sources, suspected.fields)
        if found is not None:
            _record(context, suspected, found.pages, found.differs)
            return
    if newest is not None and _compared(
        context, newest, exemplars, outline, LATEST, find_common_change
    ):
        return
    mixed = drifting.mixed(context.runtime, template_page_id)
    if mixed is not None:
        _compared(context, mixed, exemplars, outline, RECENT, find_mixed_change)


def _compared(
    context: AgentContext,
    looked_at: Suspicion,
    exemplars: Sequence[Ink],
    outline: Outline,
    recent: int,
    find: FindChange,
) -> bool:
    """Compare the last pages with exemplars and those before; say whether something was found."""
    laid, sources = _seen(context, looked_at, outline)
    before = max(0, len(laid) - recent)
    found = find([*exemplars, *laid[:before]], laid[before:], sources[before:], looked_at.fields)
    if found is not None:
        _record(context, looked_at, [before + position for position in found.pages], found.differs)
    return found is not None


def _record(
    context: AgentContext, looked_at: Suspicion, positions: Sequence[int], differs: Sequence[Box]
) -> None:
    page_ids = [looked_at.seen[position][0].id for position in positions]
    drifting.record(context.runtime, looked_at, page_ids, differs)


def _seen(
    context: AgentContext, looked_at: Suspicion, outline: Outline
) -> tuple[list[Ink], list[UUID]]:
    """Return the pages laid on the template page, and their documents."""
    laid = [
        _laid(context, page.evidence_blob, seen.transform, outline) for page, seen in looked_at.seen
    ]
    return laid, [seen.document_id for _, seen in looked_at.seen]


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
