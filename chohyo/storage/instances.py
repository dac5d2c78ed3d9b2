"""Form instances: rows to domain types and back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from pydantic import TypeAdapter

from chohyo.domain.documents import FormInstance
from chohyo.domain.findings import Finding
from chohyo.domain.ids import new_id
from chohyo.domain.instances import InstanceCut
from chohyo.storage.codec import JsonColumn
from chohyo.storage.database import Connection, Row
from chohyo.storage.statements import Statements

_SQL = Statements("instances")
_FINDINGS = JsonColumn(TypeAdapter(tuple[Finding, ...]))


def replace_of_document(
    connection: Connection, collection_id: UUID, document_id: UUID, cuts: Sequence[InstanceCut]
) -> list[FormInstance]:
    """Make a document's instances equal to the cuts.

    An instance that begins where it began keeps its id, and a page's values, with what people
    corrected in them, go with the page to the instance of the same version that holds it now.
    """
    present = {
        (each.first_page_no, each.version_id): each for each in of_document(connection, document_id)
    }
    wanted = {(cut.first_page_no, cut.version_id): cut for cut in cuts}
    gone = [each for key, each in present.items() if key not in wanted]
    starts = {cut.first_page_no for cut in cuts}
    # Where another version begins now, nothing can be taken along, and the place must be free.
    _delete(connection, [each.id for each in gone if each.first_page_no in starts])
    for key, cut in wanted.items():
        if key not in present:
            _insert(connection, collection_id, document_id, cut)
        else:
            _change(connection, present[key], cut)
    stale = [each.id for each in gone]
    connection.execute(_SQL["gather_values"], {"document_id": document_id, "gone": stale})
    _delete(connection, stale)
    return of_document(connection, document_id)


def of_document(connection: Connection, document_id: UUID) -> list[FormInstance]:
    """Return a document's instances in page order."""
    rows = connection.execute(_SQL["of_document"], {"document_id": document_id})
    return [_instance(row) for row in rows]


def of_version(
    connection: Connection, version_id: UUID, *, after: UUID | None = None, limit: int = 500
) -> list[FormInstance]:
    """Return the instances of a version, oldest first, that were made after `after`.

    Those of which all pages wait for a person are not among them.
    """
    rows = connection.execute(
        _SQL["of_version"], {"version_id": version_id, "after": after, "limit": limit}
    )
    return [_instance(row) for row in rows]


def get(connection: Connection, instance_id: UUID) -> FormInstance | None:
    """Return an instance."""
    row = connection.execute(_SQL["get"], {"id": instance_id}).fetchone()
    return _instance(row) if row else None


def _change(connection: Connection, instance: FormInstance, cut: InstanceCut) -> None:
    connection.execute(
        _SQL["change"],
        {"id": instance.id, **_columns(cut)},
    )


def _delete(connection: Connection, ids: Sequence[UUID]) -> None:
    connection.execute(_SQL["delete"], {"ids": list(ids)})


def _insert(
    connection: Connection, collection_id: UUID, document_id: UUID, cut: InstanceCut
) -> None:
    connection.execute(
        _SQL["insert"],
        {
            "id": new_id(),
            "collection_id": collection_id,
            "document_id": document_id,
            "version_id": cut.version_id,
            "first_page_no": cut.first_page_no,
            **_columns(cut),
        },
    )


def _columns(cut: InstanceCut) -> dict[str, object]:
    return {
        "page_ids": list(cut.page_ids),
        "missing_pages": list(cut.missing_pages),
        "doubled_page_ids": list(cut.doubled),
        "awaiting_page_ids": list(cut.awaiting),
        "findings": _FINDINGS.dump(cut.findings),
    }


def _instance(row: Row) -> FormInstance:
    return FormInstance(
        id=row["id"],
        collection_id=row["collection_id"],
        document_id=row["document_id"],
        version_id=row["version_id"],
        first_page_no=row["first_page_no"],
        page_ids=tuple(row["page_ids"]),
        missing_pages=tuple(row["missing_pages"]),
        created_at=row["created_at"],
        doubled_page_ids=tuple(row["doubled_page_ids"]),
        awaiting_page_ids=tuple(row["awaiting_page_ids"]),
        findings=_FINDINGS.load(row["findings"]),
    )
