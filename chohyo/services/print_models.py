"""Keep what was learned of the print of template pages; exemplars that change take it away."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chohyo.domain.documents import Page
from chohyo.domain.ids import new_id
from chohyo.domain.templates import TemplatePage
from chohyo.services.runtime import Runtime
from chohyo.storage import pages, print_models, templates


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a model is learned from: the template page and its exemplars, ordered by id."""

    page: TemplatePage
    exemplars: tuple[Page, ...]


def revision(runtime: Runtime, template_page_id: UUID) -> UUID | None:
    """Return the revision of a template page's model, None when it must be learned."""
    with runtime.database.transaction() as connection:
        return print_models.revision(connection, template_page_id)


def load(runtime: Runtime, template_page_id: UUID, revision_id: UUID) -> bytes | None:
    """Return a model's bytes, None when it went meanwhile."""
    with runtime.database.transaction() as connection:
        return print_models.data(connection, template_page_id, revision_id)


def lesson(runtime: Runtime, template_page_id: UUID) -> Lesson | None:
    """Return what to learn from, None when the template page is gone or has no exemplar."""
    with runtime.database.transaction() as connection:
        found = templates.page(connection, template_page_id)
        ids = print_models.exemplars(connection, template_page_id)
        kept = pages.some(connection, ids)
    if found is None or not kept:
        return None
    return Lesson(found[0], tuple(sorted(kept, key=lambda page: page.id)))


def store(runtime: Runtime, learned: Lesson, model: bytes) -> UUID | None:
    """Store what was learned; None when the exemplars changed while it was."""
    revision_id = new_id()
    with runtime.database.transaction() as connection:
        done = print_models.put(
            connection,
            learned.page.id,
            revision_id,
            learned.page.reference_blob,
            [page.id for page in learned.exemplars],
            model,
        )
    return revision_id if done else None
