"""Show values to those who may see them, and let people correct them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from chohyo.domain.access import Caller, Role
from chohyo.domain.documents import Document, FormInstance, Page
from chohyo.domain.matches import Match
from chohyo.domain.templates import Field, FieldSpec, FieldType, TemplateVersion
from chohyo.domain.values import Normalized, Value, ValueSource
from chohyo.errors import NotFoundError
from chohyo.extraction.typed import typed
from chohyo.services import indexing, suggestions
from chohyo.services.documents import visible_collections, visible_document, visible_page
from chohyo.services.runtime import Runtime, change, require
from chohyo.services.unmasking import may_see_pii, note_documents, note_version
from chohyo.storage import audit, corrections, documents, instances, matches, templates, values
from chohyo.storage.database import Connection

MASK = "•••"
_BATCH = 200


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A field with the value read for it; `masked` when the caller may not see it."""

    field: Field
    value: Value
    masked: bool


@dataclass(frozen=True, slots=True)
class PageView:
    """A page with its document, the decision in force, its template and its values."""

    page: Page
    document: Document
    match: Match | None
    version: TemplateVersion | None
    values: tuple[FieldValue, ...]


@dataclass(frozen=True, slots=True)
class InstanceView:
    """A filled form: its instance, document, version and values in field order."""

    instance: FormInstance
    document: Document
    version: TemplateVersion
    values: tuple[FieldValue, ...]


def get_page(runtime: Runtime, caller: Caller, page_id: UUID) -> PageView:
    """Return a page with everything known of it."""
    with runtime.database.transaction() as connection:
        page = visible_page(connection, caller, page_id, Role.VIEWER)
        document = documents.get(connection, page.document_id)
        assert document is not None
        match = matches.in_force(connection, [page_id]).get(page_id)
        version = (
            templates.version(connection, match.version_id) if match and match.version_id else None
        )
        read = values.of_page(connection, page_id)
        shown = _shown(caller, version, read) if version else ()
        if _personal(shown):
            note_documents(connection, caller, {document.id: document.collection_id}, "values")
        return PageView(page, document, match, version, shown)


def list_instances(runtime: Runtime, caller: Caller, document_id: UUID) -> list[InstanceView]:
    """Return a document's filled forms with their values, less those that wait for a person."""
    with runtime.database.transaction() as connection:
        document = visible_document(connection, caller, document_id, Role.VIEWER)
        found = [i for i in instances.of_document(connection, document_id) if i.settled]
        views = instance_views(connection, caller, found)
        if any(_personal(view.values) for view in views):
            note_documents(connection, caller, {document_id: document.collection_id}, "values")
        return views


def instance_views(
    connection: Connection, caller: Caller, found: list[FormInstance]
) -> list[InstanceView]:
    """Return instances with their documents, versions and values; masks what must be masked."""
    by_instance: dict[UUID, list[Value]] = {each.id: [] for each in found}
    for value in values.of_instances(connection, list(by_instance)):
        by_instance[value.instance_id].append(value)
    versions = {
        version_id: templates.version(connection, version_id)
        for version_id in {each.version_id for each in found}
    }
    views: list[InstanceView] = []
    for each in found:
        document = documents.get(connection, each.document_id)
        version = versions[each.version_id]
        assert document is not None
        assert version is not None
        shown = _shown(caller, version, by_instance[each.id])
        views.append(InstanceView(each, document, version, shown))
    return views


def views_of_version(
    runtime: Runtime, caller: Caller, version: TemplateVersion
) -> Iterator[InstanceView]:
    """Yield a version's filled forms with their values, oldest first."""
    after: UUID | None = None
    with runtime.database.transaction() as connection:
        note_version(connection, caller, version)
    while True:
        with runtime.database.transaction() as connection:
            found = instances.of_version(connection, version.id, after=after, limit=_BATCH)
            views = instance_views(connection, caller, found)
        yield from views
        if len(found) < _BATCH:
            return
        after = found[-1].id


def list_doubtful(
    runtime: Runtime,
    caller: Caller,
    *,
    collection_id: UUID | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> list[FieldValue]:
    """Return the values that a person should look at, newest first; `before` is the cursor.

    These are values that are not sure to be right, and texts that break their field's type.
    """
    wanted = visible_collections(caller, collection_id)
    with runtime.database.transaction() as connection:
        found = values.doubtful(connection, wanted, before=before, limit=limit)
        return _with_fields(connection, caller, found)


def list_least_sure(
    runtime: Runtime,
    caller: Caller,
    *,
    after: tuple[float, UUID] | None = None,
    limit: int = 50,
) -> list[FieldValue]:
    """Return the same values, the least sure first; `after` is confidence and id of the last one.

    The cursor is no id alone, for the value it stands at is sure once somebody has looked at it.
    """
    with runtime.database.transaction() as connection:
        wanted = caller.collections(Role.VIEWER)
        found = values.least_sure(connection, wanted, after=after, limit=limit)
        return _with_fields(connection, caller, found)


def correct(runtime: Runtime, caller: Caller, value_id: UUID, text: str) -> FieldValue:
    """Replace a value by what a person typed; the machine will not overwrite it.

    Text that breaks the field's type is kept raw and flagged, never dropped. The same text confirms
    the value as it stands: a date may owe its era to what was circled beside it.
    """
    with change(runtime) as doing:
        value = values.get(doing.connection, value_id)
        if value is None:
            raise NotFoundError(kind="value", id=str(value_id))
        require(caller, value.collection_id, Role.REVIEWER, kind="value", object_id=value_id)
        page = visible_page(doing.connection, caller, value.page_id, Role.REVIEWER)
        field = _field(doing.connection, value)
        normalized, valid = (
            (value.reading.normalized, value.reading.valid)
            if text == value.reading.raw
            else _typed(field.spec, text)
        )
        reading = replace(
            value.reading, raw=text, normalized=normalized, valid=valid, confidence=1.0,
            empty=text.strip() == "", source=ValueSource.PERSON,
        )  # fmt: skip
        corrected = replace(value, reading=reading)
        corrections.note(doing.connection, value)
        values.put(doing.connection, corrected)
        suggestions.request_look(doing, field.id)
        indexing.refresh_values(doing.connection, [page])
        key = documents.audit_key(doing.connection, page.document_id)
        audit.append(
            doing.connection, caller.actor, "value.corrected", "value", value_id,
            collection_id=value.collection_id,
            details={"field": str(field.id), "page": str(page.id)},
            before=audit.keyed_hash(key, value.reading.raw),
            after=audit.keyed_hash(key, text),
        )  # fmt: skip
    return FieldValue(field, corrected, masked=False)


def _with_fields(
    connection: Connection, caller: Caller, found: Sequence[Value]
) -> list[FieldValue]:
    ids = {value.instance_id for value in found}
    holders = {each: instances.get(connection, each) for each in ids}
    needed = {holder.version_id for holder in holders.values() if holder is not None}
    versions = {each: templates.version(connection, each) for each in needed}
    shown: list[FieldValue] = []
    personal: dict[UUID, UUID] = {}
    for value in found:
        holder = holders[value.instance_id]
        version = versions[holder.version_id] if holder else None
        one = _shown(caller, version, [value]) if version else ()
        shown += one
        if holder is not None and _personal(one):
            personal[holder.document_id] = holder.collection_id
    note_documents(connection, caller, personal, "values")
    return shown


def _field(connection: Connection, value: Value) -> Field:
    instance = instances.get(connection, value.instance_id)
    assert instance is not None
    version = templates.version(connection, instance.version_id)
    assert version is not None
    return next(each for each in version.fields if each.id == value.field_id)


def _typed(spec: FieldSpec, text: str) -> tuple[Normalized, bool]:
    if spec.type is not FieldType.CHECKBOX and not text.strip():
        return None, True  # left empty is no mistake, whatever the type
    return typed(spec, text)


def _personal(shown: Iterable[FieldValue]) -> bool:
    """Say whether any of the values is personal data in the clear."""
    return any(
        each.field.spec.pii and not each.masked and not each.value.reading.empty for each in shown
    )


def _shown(caller: Caller, version: TemplateVersion, read: list[Value]) -> tuple[FieldValue, ...]:
    fields = {field.id: field for field in version.fields}
    clear = may_see_pii(caller, version.collection_id)
    return tuple(
        _field_value(fields[value.field_id], value, clear=clear)
        for value in read
        if value.field_id in fields
    )


def _field_value(field: Field, value: Value, *, clear: bool) -> FieldValue:
    if clear or not field.spec.pii or value.reading.empty:
        return FieldValue(field, value, masked=False)
    hidden = replace(value.reading, raw=MASK, normalized=MASK)
    return FieldValue(field, replace(value, reading=hidden), masked=True)
