"""Families, versions, template pages, exemplars and fields: rows to domain types and back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from pydantic import TypeAdapter

from chohyo.domain.instances import Option
from chohyo.domain.templates import (
    Field,
    FieldSpec,
    TemplateFamily,
    TemplatePage,
    TemplateVersion,
)
from chohyo.storage.codec import JsonColumn
from chohyo.storage.database import Connection, Row
from chohyo.storage.statements import Statements

_SQL = Statements("templates")
_SPEC = JsonColumn(TypeAdapter(FieldSpec))


def insert_family(connection: Connection, id: UUID, collection_id: UUID, name: str) -> None:
    """Store a new family."""
    connection.execute(
        _SQL["insert_family"], {"id": id, "collection_id": collection_id, "name": name}
    )


def insert_version(
    connection: Connection, id: UUID, family_id: UUID, collection_id: UUID, label: str
) -> None:
    """Store a new version of a family."""
    connection.execute(
        _SQL["insert_version"],
        {"id": id, "family_id": family_id, "collection_id": collection_id, "label": label},
    )


def insert_page(connection: Connection, page: TemplatePage) -> None:
    """Store a template page."""
    connection.execute(
        _SQL["insert_page"],
        {
            "id": page.id,
            "version_id": page.version_id,
            "page_no": page.page_no,
            "width": page.width,
            "height": page.height,
            "blank_blob": page.blank_blob,
            "reference_blob": page.reference_blob,
        },
    )


def insert_exemplar(connection: Connection, template_page_id: UUID, page_id: UUID) -> None:
    """Keep a page as a reference for a template page."""
    connection.execute(
        _SQL["insert_exemplar"], {"template_page_id": template_page_id, "page_id": page_id}
    )


def remove_exemplar(connection: Connection, page_id: UUID) -> None:
    """Keep a page no longer as a reference for any template page."""
    connection.execute(_SQL["remove_exemplar"], {"page_id": page_id})


def insert_field(connection: Connection, field: Field) -> None:
    """Store a field of a version."""
    connection.execute(
        _SQL["insert_field"],
        {
            "id": field.id,
            "version_id": field.version_id,
            "template_page_id": field.template_page_id,
            "name": field.spec.name,
            "sort": field.spec.order,
            "spec": _SPEC.dump(field.spec),
        },
    )


def family(connection: Connection, family_id: UUID) -> TemplateFamily | None:
    """Return a family."""
    row = connection.execute(_SQL["family"], {"id": family_id}).fetchone()
    return TemplateFamily(**row) if row else None


def rename_family(connection: Connection, family_id: UUID, name: str) -> None:
    """Give a family another name."""
    connection.execute(_SQL["rename_family"], {"id": family_id, "name": name})


def move_version(connection: Connection, version_id: UUID, family_id: UUID, label: str) -> None:
    """Put a version into another family, under a label."""
    connection.execute(
        _SQL["move_version"], {"id": version_id, "family_id": family_id, "label": label}
    )


def remove_exemplars(connection: Connection, version_id: UUID, page_ids: Sequence[UUID]) -> None:
    """Keep pages no longer as references for a version."""
    connection.execute(
        _SQL["remove_exemplars"], {"version_id": version_id, "page_ids": list(page_ids)}
    )


def move_exemplars(connection: Connection, source_id: UUID, target_id: UUID) -> None:
    """Keep the references of one template page for another."""
    connection.execute(_SQL["move_exemplars"], {"source_id": source_id, "target_id": target_id})


def lock(connection: Connection, version_id: UUID) -> UUID | None:
    """Lock a version until the transaction ends; return the one that took its place, if any."""
    row = connection.execute(_SQL["lock_version"], {"id": version_id}).fetchone()
    return row["replaced_by"] if row else None


def set_replaced(connection: Connection, version_id: UUID, replaced_by: UUID) -> None:
    """Note which version took a version's place."""
    connection.execute(_SQL["set_replaced"], {"id": version_id, "replaced_by": replaced_by})


def mark_stale(connection: Connection, version_id: UUID) -> None:
    """Note that the blank forms of a version are to be rebuilt from the pages it has now."""
    connection.execute(_SQL["mark_stale"], {"version_id": version_id})


def discovery_run(connection: Connection, collection_id: UUID, version_id: UUID) -> UUID | None:
    """Return the discovery run that found a version, or else the collection's newest."""
    row = connection.execute(
        _SQL["discovery_run"], {"collection_id": collection_id, "version_id": version_id}
    ).fetchone()
    return row["run_id"] if row else None


def families(
    connection: Connection,
    collections: Sequence[UUID],
    *,
    after: UUID | None = None,
    limit: int = 100,
) -> list[TemplateFamily]:
    """Return families, oldest first, that were made after `after`."""
    rows = connection.execute(
        _SQL["families"], {"collections": list(collections), "after": after, "limit": limit}
    )
    return [TemplateFamily(**row) for row in rows]


def version(connection: Connection, version_id: UUID) -> TemplateVersion | None:
    """Return a version with its pages and fields."""
    rows = connection.execute(_SQL["version"], {"id": version_id}).fetchall()
    return next(iter(_versions(connection, rows)), None)


def version_of_field(connection: Connection, field_id: UUID) -> TemplateVersion | None:
    """Return the version that has a field."""
    rows = connection.execute(_SQL["version_of_field"], {"field_id": field_id}).fetchall()
    return next(iter(_versions(connection, rows)), None)


def versions_of_family(connection: Connection, family_id: UUID) -> list[TemplateVersion]:
    """Return a family's versions with their pages and fields, oldest first."""
    rows = connection.execute(_SQL["versions_of_family"], {"family_id": family_id}).fetchall()
    return _versions(connection, rows)


def versions_of_collection(connection: Connection, collection_id: UUID) -> list[TemplateVersion]:
    """Return all versions of a collection with their pages and fields, oldest first."""
    rows = connection.execute(
        _SQL["versions_of_collection"], {"collection_id": collection_id}
    ).fetchall()
    return _versions(connection, rows)


def options(connection: Connection, template_page_ids: Sequence[UUID]) -> dict[UUID, Option]:
    """Return where template pages stand in their versions, by id."""
    rows = connection.execute(_SQL["options"], {"ids": list(template_page_ids)})
    return {row["template_page_id"]: Option(**row) for row in rows}


def page(connection: Connection, template_page_id: UUID) -> tuple[TemplatePage, UUID] | None:
    """Return a template page and its collection."""
    row = connection.execute(_SQL["page"], {"id": template_page_id}).fetchone()
    return (_page(row), row["collection_id"]) if row else None


def reference_blobs(connection: Connection, template_page_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the reference images of template pages, by id."""
    rows = connection.execute(_SQL["reference_blobs"], {"ids": list(template_page_ids)})
    return {row["id"]: row["reference_blob"] for row in rows}


def page_counts(connection: Connection, version_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Count the pages routed to each version."""
    rows = connection.execute(_SQL["page_counts"], {"version_ids": list(version_ids)})
    return {row["version_id"]: row["n"] for row in rows}


def _versions(connection: Connection, rows: Sequence[Row]) -> list[TemplateVersion]:
    params = {"version_ids": [row["id"] for row in rows]}
    pages: dict[UUID, list[TemplatePage]] = defaultdict(list)
    for row in connection.execute(_SQL["pages_of_versions"], params):
        pages[row["version_id"]].append(_page(row))
    fields: dict[UUID, list[Field]] = defaultdict(list)
    for row in connection.execute(_SQL["fields_of_versions"], params):
        fields[row["version_id"]].append(_field(row))
    return [
        TemplateVersion(
            id=row["id"],
            family_id=row["family_id"],
            collection_id=row["collection_id"],
            family_name=row["family_name"],
            label=row["label"],
            created_at=row["created_at"],
            pages=tuple(pages[row["id"]]),
            fields=tuple(fields[row["id"]]),
            replaced_by=row["replaced_by"],
        )
        for row in rows
    ]


def _page(row: Row) -> TemplatePage:
    return TemplatePage(
        id=row["id"],
        version_id=row["version_id"],
        page_no=row["page_no"],
        width=row["width"],
        height=row["height"],
        blank_blob=row["blank_blob"],
        reference_blob=row["reference_blob"],
    )


def field_spec(column: object) -> FieldSpec:
    """Return what the column `spec` of a field says."""
    return _SPEC.load(column)


def _field(row: Row) -> Field:
    return Field(row["id"], row["version_id"], row["template_page_id"], field_spec(row["spec"]))
