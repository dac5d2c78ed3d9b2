"""Publish a version that takes the place of another: of the same print, with other fields."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from chohyo.domain.ids import new_id
from chohyo.domain.templates import Field, FieldSpec, TemplateVersion, free_label
from chohyo.services.runtime import Change
from chohyo.storage import templates


def succeed(
    doing: Change, version: TemplateVersion, label: str, fields: tuple[FieldSpec, ...]
) -> UUID:
    """Store a version in the place of a locked one, with its blank forms; return its id.

    It takes over the exemplars, so that pages that come from now on are routed to it. Its label
    gets a number when the family has one like it.
    """
    family = templates.versions_of_family(doing.connection, version.family_id)
    free = free_label(label, {each.label for each in family})
    added = new_id()
    templates.insert_version(
        doing.connection, added, version.family_id, version.collection_id, free
    )
    page_ids: dict[int, UUID] = {}
    for page in version.pages:
        page_ids[page.page_no] = new_id()
        templates.insert_page(
            doing.connection, replace(page, id=page_ids[page.page_no], version_id=added)
        )
        templates.move_exemplars(doing.connection, page.id, page_ids[page.page_no])
    for spec in fields:
        field = Field(new_id(), added, page_ids[spec.page_no], spec)
        templates.insert_field(doing.connection, field)
    templates.set_replaced(doing.connection, version.id, added)
    return added
