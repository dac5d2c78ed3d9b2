"""Suggest changes of published fields from corrections; a reviewer accepts or dismisses them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from chohyo.domain.access import Caller, Role
from chohyo.domain.suggestions import Correction, Suggestion
from chohyo.domain.templates import Field, TemplateVersion
from chohyo.errors import ConflictError, InvalidInputError, NotFoundError
from chohyo.extraction.reading import RegionRecognizer
from chohyo.extraction.relocating import place_of
from chohyo.pages.images import decode_colour
from chohyo.services import agreement, succession
from chohyo.services.runtime import Change, Runtime, change
from chohyo.services.templates import visible_version
from chohyo.services.unmasking import note_documents
from chohyo.storage import (
    audit,
    collections,
    corrections,
    matches,
    pages,
    templates,
)
from chohyo.storage.database import Connection
from chohyo.storage.work import Work, WorkKind

# Looking for what was typed takes a second a page; so many tell.
_LOOKED_AT_ONCE = 12
_PRIORITY = 8


def list_suggestions(runtime: Runtime, caller: Caller, version_id: UUID) -> list[Suggestion]:
    """Return what corrections suggest about a version's fields, with them as evidence.

    What somebody dismissed is not suggested again.
    """
    with runtime.database.transaction() as connection:
        version = visible_version(connection, caller, version_id, Role.REVIEWER)
        found = _open(connection, version)
        personal = {
            each.document_id: version.collection_id
            for suggested in found
            if suggested.field.spec.pii
            for each in suggested.evidence
        }
        note_documents(connection, caller, personal, "values")
    return found


def accept(
    runtime: Runtime, caller: Caller, version_id: UUID, suggestion_ids: Sequence[UUID]
) -> UUID:
    """Publish a version in which fields are as suggested, in the place of this one; return its id.

    It has the same print, blank forms and exemplars: pages that come from now on are read by it.
    What was read and corrected stays with the version it replaces.

    Raises:
        NotFoundError: something is not suggested, or no longer.
        ConflictError: another version took the place already.
        InvalidInputError: nothing is accepted, or two changes of one kind of one field.
    """
    if not suggestion_ids:
        raise InvalidInputError(field="suggestion_ids", reason="must not be empty")
    with change(runtime) as doing:
        if templates.lock(doing.connection, version_id) is not None:
            raise ConflictError(kind="template version", state="replaced")
        version = visible_version(doing.connection, caller, version_id, Role.REVIEWER)
        accepted = _chosen(doing.connection, version, suggestion_ids)
        specs = {field.id: field.spec for field in version.fields}
        for suggested in accepted:
            held = replace(suggested.field, spec=specs[suggested.field.id])
            specs[held.id] = replace(suggested, field=held).applied()
        added = succession.succeed(doing, version, version.label, tuple(specs.values()))
        for suggested in accepted:
            _decide(doing, caller, version, suggested, "accepted")
        key = collections.audit_key(doing.connection, version.collection_id)
        audit.append(
            doing.connection, caller.actor, "version.suggestions-accepted", "template_version",
            added, collection_id=version.collection_id,
            details={"from": str(version_id), "suggestions": len(accepted)},
            before=audit.keyed_hash(key, repr(tuple(f.spec for f in version.fields))),
            after=audit.keyed_hash(key, repr(tuple(specs.values()))),
        )  # fmt: skip
    return added


def dismiss(runtime: Runtime, caller: Caller, version_id: UUID, suggestion_id: UUID) -> None:
    """Leave the field as it is, and suggest this no more.

    Raises:
        NotFoundError: it is not suggested, or no longer.
    """
    with change(runtime) as doing:
        version = visible_version(doing.connection, caller, version_id, Role.REVIEWER)
        (suggested,) = _chosen(doing.connection, version, [suggestion_id])
        _decide(doing, caller, version, suggested, "dismissed")


def request_look(doing: Change, field_id: UUID) -> None:
    """Have what people typed looked for around the field, once enough of its values were wrong."""
    known = corrections.of_field(doing.connection, field_id)
    wrong = {each.page_id for each in known if each.changed}
    if _to_look_for(known) and len(wrong) >= agreement.FEWEST:
        doing.request(Work(WorkKind.CORRECTION, field_id, _PRIORITY))


def look(runtime: Runtime, recognizer: RegionRecognizer, field_id: UUID) -> int:
    """Look around a field's box for what people typed; return how much of it was found."""
    with runtime.database.transaction() as connection:
        version = templates.version_of_field(connection, field_id)
        known = corrections.of_field(connection, field_id)
    if version is None:
        return 0
    field = next(each for each in version.fields if each.id == field_id)
    wanted = _to_look_for(known)[:_LOOKED_AT_ONCE]
    return sum(_look_for(runtime, recognizer, version, field, each) for each in wanted)


def _to_look_for(known: Sequence[Correction]) -> list[Correction]:
    return [each for each in known if each.changed and not each.empty and not each.looked]


def _look_for(
    runtime: Runtime,
    recognizer: RegionRecognizer,
    version: TemplateVersion,
    field: Field,
    wanted: Correction,
) -> bool:
    with runtime.database.transaction() as connection:
        page = pages.get(connection, wanted.page_id)
        match = matches.in_force(connection, [wanted.page_id]).get(wanted.page_id)
    place = None
    if page and match and match.transform and match.template_page_id == field.template_page_id:
        form = next(each for each in version.pages if each.id == field.template_page_id)
        place = place_of(
            wanted.raw,
            decode_colour(runtime.blobs.get(page.evidence_blob)),
            match.transform,
            decode_colour(runtime.blobs.get(form.blank_blob)),
            field.spec,
            [each.spec for each in _beside(version, field)],
            recognizer,
        )
    with runtime.database.transaction() as connection:
        corrections.store_found(connection, wanted.value_id, wanted.raw, place)
    return place is not None


def _beside(version: TemplateVersion, field: Field) -> list[Field]:
    here = field.template_page_id
    return [e for e in version.fields if e.template_page_id == here and e.id != field.id]


def _open(connection: Connection, version: TemplateVersion) -> list[Suggestion]:
    """Return what is suggested; a version that another one replaced is no longer changed."""
    if version.replaced_by is not None:
        return []
    known: defaultdict[UUID, list[Correction]] = defaultdict(list)
    for each in corrections.of_version(connection, version.id):
        known[each.field_id].append(each)
    dismissed = corrections.dismissed(connection, version.id)
    return [
        suggested
        for field in version.fields
        for suggested in agreement.suggestions(field, known[field.id], _beside(version, field))
        if suggested.id not in dismissed
    ]


def _chosen(
    connection: Connection, version: TemplateVersion, suggestion_ids: Sequence[UUID]
) -> list[Suggestion]:
    there = {suggested.id: suggested for suggested in _open(connection, version)}
    for suggestion_id in suggestion_ids:
        if suggestion_id not in there:
            raise NotFoundError(kind="suggestion", id=str(suggestion_id))
    return [there[each] for each in dict.fromkeys(suggestion_ids)]


def _decide(
    doing: Change, caller: Caller, version: TemplateVersion, suggested: Suggestion, outcome: str
) -> None:
    corrections.decide(doing.connection, suggested, outcome, caller.principal.id)
    action = "suggestion.accepted" if outcome == "accepted" else "suggestion.dismissed"
    audit.append(
        doing.connection, caller.actor, action, "template_version", version.id,
        collection_id=version.collection_id,
        details={
            "field": str(suggested.field.id),
            "suggestion": suggested.kind.value,
            "corrections": len(suggested.evidence),
        },
    )  # fmt: skip
