"""Who sees personal data in the clear, and the audit of who saw it.

An entry is written for each person or service, document and hour, not for each picture of a page:
whoever goes through a document leaves one trace of it and not hundreds. A search or an answer names
the documents that it showed in the clear in its own entry.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from chohyo.domain.access import Caller, Role
from chohyo.domain.documents import Page, PageState
from chohyo.domain.templates import TemplateVersion
from chohyo.services.runtime import Runtime
from chohyo.storage import audit, pages, search
from chohyo.storage.database import Connection

_NAMED = 50  # documents that one entry names


def may_see_pii(caller: Caller, collection_id: UUID) -> bool:
    """Say whether the caller sees personal data in the clear: every role but viewer."""
    return caller.may(collection_id, Role.OPERATOR)


def note_documents(
    connection: Connection, caller: Caller, shown: Mapping[UUID, UUID], what: str
) -> None:
    """Audit that documents were shown in the clear, given with their collections.

    `what` was shown: `values`, `page` or `file`. Call it last: it serialises writers.
    """
    clear = {doc: where for doc, where in shown.items() if may_see_pii(caller, where)}
    known = audit.unmasked_lately(connection, caller.actor, list(clear))
    for document_id in sorted(clear.keys() - known):
        audit.append(
            connection, caller.actor, "document.unmasked", "document", document_id,
            collection_id=clear[document_id], details={"what": what},
        )  # fmt: skip


def note_page(runtime: Runtime, caller: Caller, page: Page) -> None:
    """Audit that a picture of a page was shown, if a viewer had been shown less."""
    if may_see_pii(caller, page.collection_id):
        with runtime.database.transaction() as connection:
            if personal_pages(connection, [page]):
                note_documents(connection, caller, {page.document_id: page.collection_id}, "page")


def note_version(connection: Connection, caller: Caller, version: TemplateVersion) -> None:
    """Audit that the values of all forms of a version are given out, if any is personal."""
    personal = any(field.spec.pii for field in version.fields)
    if personal and may_see_pii(caller, version.collection_id):
        audit.append(
            connection, caller.actor, "version.unmasked", "template_version", version.id,
            collection_id=version.collection_id,
        )  # fmt: skip


def personal_pages(connection: Connection, shown: Collection[Page]) -> set[UUID]:
    """Return which of the pages have something personal; of unknown ones nobody can say no."""
    ids = [page.id for page in shown]
    known = search.templates_of(connection, ids)
    personal = search.pii_of_pages(connection, ids)
    return {
        page.id
        for page in shown
        if page.id in personal or (page.id not in known and page.state is not PageState.BLANK)
    }


def unmasked_documents(
    connection: Connection, caller: Caller, page_ids: Iterable[UUID]
) -> str | None:
    """Return the documents of these pages that are shown in the clear, as the audit names them."""
    shown = pages.some(connection, list(set(page_ids)))
    clear = [page for page in shown if may_see_pii(caller, page.collection_id)]
    personal = personal_pages(connection, clear)
    named = sorted({str(page.document_id) for page in clear if page.id in personal})
    return " ".join(named[:_NAMED]) or None
