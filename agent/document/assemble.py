"""Cut a document's pages into form instances."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from uuid import UUID

from langgraph.runtime import Runtime

from agent.context import AgentContext
from agent.document.state import DocumentState
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
    repeats = _repeats(context, assembling.placed_pages(context.runtime, document), images)
    assembling.assemble(context.runtime, document, repeats)
    return {"repeats": repeats}


def _repeats(
    context: AgentContext, placed: list[PlacedPage], images: Mapping[UUID, str]
) -> frozenset[Pair]:
    """Return the pairs of near pages that are two scans of one sheet."""
    near = [
        (one, other)
        for one, other in combinations(placed, 2)
        if other.place - one.place <= _REACH
        and one.options[0].template_page_id == other.options[0].template_page_id
    ]
    ids = {page.page_id for pair in near for page in pair}
    matches = processing.matches_of(context.runtime, sorted(ids))
    return frozenset(
        frozenset((one.page_id, other.page_id))
        for one, other in near
        if _same_sheet(context, matches[one.page_id], matches[other.page_id], images)
    )


def _same_sheet(
    context: AgentContext, one: Match, other: Match, images: Mapping[UUID, str]
) -> bool:
    if one.transform is None or other.transform is None or one.template_page_id is None:
        return False
    template = context.references.of_template_page(one.template_page_id)
    if template is None:
        return False
    page, again = (context.references.features(images[each.page_id]) for each in (one, other))
    return is_rescan(page, again, template, one.transform, other.transform)
