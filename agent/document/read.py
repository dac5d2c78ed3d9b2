"""Read the fields of a document's routed pages."""

from __future__ import annotations

from functools import partial

from langgraph.runtime import Runtime

from agent.context import AgentContext
from agent.document.attempts import attempt
from agent.document.state import DocumentState
from chohyo.domain.documents import FormInstance, Page, PageState
from chohyo.domain.matches import Match
from chohyo.errors import PageMisplacedError
from chohyo.extraction.reading import read_fields
from chohyo.pages.images import decode_colour
from chohyo.services import assembling, processing


def read(state: DocumentState, runtime: Runtime[AgentContext]) -> DocumentState:
    """Read the pages that were routed and not read yet; the document is then done."""
    context = runtime.context
    document, _ = processing.load_document(context.runtime, state["document_id"])
    instances = assembling.assemble(context.runtime, document, state["repeats"])
    _, pages = processing.load_document(context.runtime, document.id)
    routed = {page.id: page for page in pages if page.state is PageState.ROUTED}
    matches = processing.matches_of(context.runtime, list(routed))
    for instance in instances:
        for page_id in (*instance.page_ids, *instance.doubled_page_ids):
            if page_id in routed:
                page, match = routed[page_id], matches[page_id]
                attempt(context.runtime, page, partial(_read_page, context, instance, page, match))
    processing.finish_document(context.runtime, document.id)
    return {}


def _read_page(context: AgentContext, instance: FormInstance, page: Page, match: Match) -> None:
    if page.id in instance.doubled_page_ids:  # its fields are read from the first scan
        processing.store_readings(context.runtime, instance, match, {})
        return
    version = processing.version(context.runtime, instance.version_id)
    template_page = next(p for p in version.pages if p.id == match.template_page_id)
    fields = [f for f in version.fields if f.template_page_id == template_page.id]
    blobs = context.runtime.blobs
    assert match.transform is not None
    try:
        readings = read_fields(
            decode_colour(blobs.get(page.evidence_blob)),
            match.transform,
            decode_colour(blobs.get(template_page.blank_blob)),
            [field.spec for field in fields],
            context.recognizer,
            must_lie=True,
        )
    except PageMisplacedError:
        processing.refuse_reading(context.runtime, match)
        return
    by_field = {field.id: reading for field, reading in zip(fields, readings, strict=True)}
    processing.store_readings(context.runtime, instance, match, by_field)
