"""Keep what becomes of a document on its way: pages, vectors, decisions, instances, readings.

Every step can be repeated: what is already there stays or is replaced, nothing is doubled.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from chohyo.domain.access import Actor
from chohyo.domain.documents import (
    Document,
    DocumentState,
    Failure,
    FormInstance,
    Page,
    PageState,
)
from chohyo.domain.ids import new_id
from chohyo.domain.matches import Candidate, Match, Outcome
from chohyo.domain.templates import TemplateVersion
from chohyo.domain.values import Reading, Value
from chohyo.errors import NotFoundError
from chohyo.models.orientation import PageOrientation
from chohyo.pages import parsing
from chohyo.pages.blankness import is_blank
from chohyo.pages.images import decode_grey
from chohyo.pages.rendered import RenderedPage
from chohyo.pages.upright import turned
from chohyo.services import checks, indexing, notices
from chohyo.services.runtime import Runtime, change
from chohyo.storage import (
    audit,
    documents,
    embeddings,
    matches,
    pages,
    spaces,
    templates,
    values,
    work,
)
from chohyo.storage.database import Connection
from chohyo.storage.work import WorkKind

_RESTING: Mapping[Outcome, PageState] = {
    Outcome.ROUTED: PageState.ROUTED,
    Outcome.REVIEW: PageState.REVIEW,
    Outcome.UNKNOWN: PageState.UNKNOWN,
}
_TO_ROUTE = (PageState.SPLIT, PageState.EMBEDDED)
_UNDER_WAY = (*_TO_ROUTE, PageState.ROUTED)


def load_document(runtime: Runtime, document_id: UUID) -> tuple[Document, list[Page]]:
    """Return a document and the pages stored so far, in order."""
    with runtime.database.transaction() as connection:
        document = documents.get(connection, document_id)
        if document is None:
            raise NotFoundError(kind="document", id=str(document_id))
        return document, pages.of_document(connection, document_id)


def split(
    runtime: Runtime, document: Document, orientation: PageOrientation | None = None
) -> list[Page]:
    """Store the pages of a document that are not there yet; return all of them, in order.

    With `orientation` scans are made upright by their print, beyond what the file says itself.

    Raises:
        RejectedFileError: the file cannot be read after all.
    """
    with runtime.database.transaction() as connection:
        known = {page.page_no for page in pages.of_document(connection, document.id)}
    with _as_file(runtime, document) as path:
        for rendered in parsing.render_pages(path, document.filename, runtime.limits):
            if rendered.page_no not in known:
                _store_page(runtime, document, _upright(rendered, orientation))
    with runtime.database.transaction() as connection:
        stored = pages.of_document(connection, document.id)
        documents.set_split(connection, document.id, len(stored))
        audit.append(
            connection, Actor.agent("split"), "document.split", "document", document.id,
            collection_id=document.collection_id, details={"pages": len(stored)},
        )  # fmt: skip
    return stored


def nearest_templates(runtime: Runtime, page: Page, limit: int) -> list[Candidate] | None:
    """Return the template pages whose exemplars look most like the page, best first.

    None when the page has no vector in the space that leads: it was switched to a moment ago.
    """
    with runtime.database.transaction() as connection:
        leading = spaces.active(connection)
        found = embeddings.vectors(connection, leading, [page.id]) if leading else {}
        if leading is None or page.id not in found:
            return None
        return embeddings.nearest_exemplars(
            connection, leading, page.collection_id, found[page.id], limit
        )


def reference_blobs(runtime: Runtime, template_page_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the names of the images that pages are laid on, of the template pages there are."""
    with runtime.database.transaction() as connection:
        return templates.reference_blobs(connection, template_page_ids)


def version(runtime: Runtime, version_id: UUID) -> TemplateVersion:
    """Return a published version with its pages and fields."""
    with runtime.database.transaction() as connection:
        found = templates.version(connection, version_id)
    if found is None:
        raise NotFoundError(kind="template version", id=str(version_id))
    return found


def matches_of(runtime: Runtime, page_ids: Sequence[UUID]) -> dict[UUID, Match]:
    """Return the decisions in force for these pages."""
    with runtime.database.transaction() as connection:
        return matches.in_force(connection, page_ids)


def record_match(runtime: Runtime, actor: Actor, match: Match, check_share: float = 0.0) -> None:
    """Put a decision in force and move its page on, unless a person decided meanwhile.

    Of the routed pages chance draws a share for a person to check.
    """
    with change(runtime) as doing:
        connection = doing.connection
        page = pages.lock(connection, match.page_id)
        if page is None or page.state not in _TO_ROUTE:
            return
        matches.put(connection, match)
        pages.set_state(connection, match.page_id, _RESTING[match.outcome])
        checks.draw(connection, match, check_share)
        notices.tell_of_match(doing, match, page.document_id)
        audit.append(
            connection, actor, f"page.{match.outcome.value}", "page", match.page_id,
            collection_id=match.collection_id,
            details={
                "match": str(match.id),
                "version": str(match.version_id) if match.version_id else None,
                "probability": round(match.probability, 6),
                "reason": match.reason,
                "rule": str(match.rule_id) if match.rule_id else None,
            },
        )  # fmt: skip
        _progressed(connection, page.document_id)


def fail_page(runtime: Runtime, page: Page, failure: Failure) -> None:
    """End work on a page with the reason; the document's other pages go on."""
    with runtime.database.transaction() as connection:
        current = pages.lock(connection, page.id)
        if current is None or current.state not in _UNDER_WAY:
            return
        pages.set_state(connection, page.id, PageState.FAILED, failure)
        audit.append(
            connection, Actor.system("worker"), "page.failed", "page", page.id,
            collection_id=page.collection_id, details={"code": failure.code},
        )  # fmt: skip
        _progressed(connection, page.document_id)


def fail_page_under_way(runtime: Runtime, document_id: UUID, failure: Failure) -> bool:
    """End work on the page that a worker was at when it died; say whether there was one.

    After a death pages are embedded one by one, then routed in order, then read in order, so it is
    the first that is to be embedded, or else to be routed, or else to be read.
    """
    document, stored = load_document(runtime, document_id)
    if document.state is not DocumentState.SPLIT:
        return False
    left = [page for page in stored if page.state is PageState.SPLIT]
    left += [page for page in stored if page.state is PageState.EMBEDDED]
    left += [page for page in stored if page.state is PageState.ROUTED]
    if left:
        fail_page(runtime, left[0], failure)
    return bool(left)


def fail_document(runtime: Runtime, document_id: UUID, failure: Failure) -> None:
    """End work on a document with the reason; `retry` begins again."""
    with runtime.database.transaction() as connection:
        document = documents.get(connection, document_id)
        if document is None:
            return
        documents.fail(connection, document_id, failure)
        audit.append(
            connection, Actor.system("worker"), "document.failed", "document", document_id,
            collection_id=document.collection_id, details={"code": failure.code},
        )  # fmt: skip


def store_readings(
    runtime: Runtime,
    instance: FormInstance,
    match: Match,
    readings: Mapping[UUID, Reading],
) -> None:
    """Store what was read on a matched page, by field, and move the page on.

    What a person corrected stays. Nothing is stored when another decision is in force by now: then
    the page's document is gone through once more.
    """
    page_id = match.page_id
    with runtime.database.transaction() as connection:
        pages.lock(connection, page_id)
        current = matches.in_force(connection, [page_id]).get(page_id)
        if current is None or current.id != match.id:
            return
        for field_id, reading in readings.items():
            value = Value(new_id(), instance.collection_id, instance.id, page_id, field_id, reading)
            values.put(connection, value)
        pages.set_state(connection, page_id, PageState.READ)
        audit.append(
            connection, Actor.agent("read"), "page.read", "page", page_id,
            collection_id=instance.collection_id,
            details={"instance": str(instance.id), "fields": len(readings)},
        )  # fmt: skip
        _progressed(connection, instance.document_id)


def refuse_reading(runtime: Runtime, match: Match) -> None:
    """Send a routed page to review, because it does not lie on its form well enough to be read."""
    with change(runtime) as doing:
        connection = doing.connection
        page = pages.lock(connection, match.page_id)
        current = matches.in_force(connection, [match.page_id]).get(match.page_id)
        if page is None or current is None or current.id != match.id:
            return
        doubted = replace(
            match, id=new_id(), outcome=Outcome.REVIEW, reason="misplaced", transform=None,
            template_page_id=None, version_id=None, created_at=datetime.now(UTC),
        )  # fmt: skip
        matches.put(connection, doubted)
        pages.set_state(connection, match.page_id, PageState.REVIEW)
        notices.tell_of_match(doing, doubted, page.document_id)
        audit.append(
            connection, Actor.agent("read"), "page.review", "page", match.page_id,
            collection_id=match.collection_id,
            details={"match": str(doubted.id), "reason": doubted.reason},
        )  # fmt: skip
        _progressed(connection, page.document_id)


def finish_document(runtime: Runtime, document_id: UUID) -> None:
    """Note that every page of a document has come to rest, and have the new ones indexed."""
    with runtime.database.transaction() as connection:
        document = documents.get(connection, document_id)
        if document is None:
            return
        documents.set_state(connection, document_id, DocumentState.DONE)
        stored = pages.of_document(connection, document_id)
        indexing.refresh_values(connection, stored)
        audit.append(
            connection, Actor.system("worker"), "document.done", "document", document_id,
            collection_id=document.collection_id,
        )  # fmt: skip
        indexing.request_missing(connection, stored)


@contextmanager
def _as_file(runtime: Runtime, document: Document) -> Iterator[Path]:
    with tempfile.NamedTemporaryFile(prefix="chohyo-") as file:
        file.write(runtime.blobs.get(document.blob))
        file.flush()
        yield Path(file.name)


def _upright(rendered: RenderedPage, orientation: PageOrientation | None) -> RenderedPage:
    # A trusted text layer was laid out for reading.
    if orientation is None or rendered.words:
        return rendered
    return turned(rendered, orientation.turn(decode_grey(rendered.evidence)))


def _store_page(runtime: Runtime, document: Document, rendered: RenderedPage) -> None:
    words = [(word.text, word.box) for word in rendered.words]
    blank = not words and is_blank(decode_grey(rendered.model))
    with runtime.database.transaction() as connection:
        # Of a document that was forgotten meanwhile no image must be left behind.
        if not documents.keep(connection, document.id):
            raise NotFoundError(kind="document", id=str(document.id))
        page = Page(
            id=new_id(),
            document_id=document.id,
            collection_id=document.collection_id,
            page_no=rendered.page_no,
            width=rendered.width,
            height=rendered.height,
            dpi=rendered.dpi,
            rotation=rendered.rotation,
            state=PageState.BLANK if blank else PageState.SPLIT,
            evidence_blob=runtime.blobs.put(rendered.evidence),
            model_blob=runtime.blobs.put(rendered.model),
            content_key=rendered.content_key,
            failure=None,
        )
        if not pages.insert(connection, page, words):
            return
        if page.state is PageState.BLANK:
            audit.append(
                connection, Actor.agent("split"), "page.blank", "page", page.id,
                collection_id=page.collection_id,
            )  # fmt: skip
        _progressed(connection, document.id)


def _progressed(connection: Connection, document_id: UUID) -> None:
    work.progressed(connection, WorkKind.DOCUMENT, document_id)
