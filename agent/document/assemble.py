"""Cut a document's pages into form instances."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from uuid import UUID

from langgraph.runtime import Runtime

from agent.context import AgentContext
from agent.document.state import DocumentState
from chohyo.domain.geometry import Transform
from chohyo.domain.instances import Pair, PlacedPage
from chohyo.domain.matches import Match
from chohyo.matching.rescans import is_rescan
from chohyo.services import assembling, processing

_REACH = 2  # pages between which a second scan of a page is looked for


def assemble(state: DocumentState, runtime: Runtime[AgentContext]) -> DocumentState:
    """Make the document's form instances follow the decisions in force for its pages."""
    context = runtime.context
    document, pages = processing.load_document(context.runtime, state["document_id"])
    images = {page.id: page.model_blob for page in pages}
    repeats = second_scans(context, assembling.placed_pages(context.runtime, document), images)
    assembling.assemble(context.runtime, document, repeats)
    return {"repeats": repeats}


def second_scans(
    context: AgentContext, placed: list[PlacedPage], images: Mapping[UUID, str]
) -> frozenset[Pair]:
    """Return the pairs of near pages that are two scans of one sheet.

    A page that waits for a person may be the other scan of one that does not.
    """
    near = [
        (one, other, common)
        for one, other in combinations(placed, 2)
        if other.place - one.place <= _REACH and (common := _common(one, other)) is not None
    ]
    ids = {page.page_id for one, other, _ in near for page in (one, other)}
    matches = processing.matches_of(context.runtime, sorted(ids))
    return frozenset(
        frozenset((one.page_id, other.page_id))
        for one, other, common in near
        if _same_sheet(context, matches[one.page_id], matches[other.page_id], common, images)
    )


def _common(one: PlacedPage, other: PlacedPage) -> UUID | None:
    """Return the template page that both may be: the decision in force, or else the likeliest."""
    others = {option.template_page_id for option in other.options}
    return next((o.template_page_id for o in one.options if o.template_page_id in others), None)


def _same_sheet(
    context: AgentContext,
    one: Match,
    other: Match,
    template_page_id: UUID,
    images: Mapping[UUID, str],
) -> bool:
    laid, again = (_laid_on(template_page_id, match) for match in (one, other))
    template = context.references.of_template_page(template_page_id)
    if laid is None or again is None or template is None:
        return False
    page, second = (context.references.features(images[each.page_id]) for each in (one, other))
    return is_rescan(page, second, template, laid, again)


def _laid_on(template_page_id: UUID, match: Match) -> Transform | None:
    """Return how a page lies on a template page, routed to it or not."""
    if match.template_page_id == template_page_id:
        return match.transform
    of = (c.transform for c in match.candidates if c.template_page_id == template_page_id)
    return next(of, None)
