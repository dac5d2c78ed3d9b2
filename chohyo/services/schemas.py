"""Give a form's schema out as JSON Schema, and take one in."""

from __future__ import annotations

from uuid import UUID

from chohyo.discovery.titles import titles_of_labels
from chohyo.domain.access import Caller, Role
from chohyo.domain.proposals import Draft, Proposal
from chohyo.domain.schema import FormSchema, JsonSchema, SchemaPage, json_schema
from chohyo.domain.templates import (
    TemplateVersion,
)
from chohyo.errors import ConflictError
from chohyo.services import proposals, succession
from chohyo.services.proposals import FieldsSwap, PlacedField
from chohyo.services.runtime import Runtime, change, require
from chohyo.services.schema_reading import read_schema
from chohyo.services.templates import get_version
from chohyo.storage import audit, collections, templates


def form_of_version(version: TemplateVersion) -> FormSchema:
    """Return what a version's schema is written from."""
    return FormSchema(
        version.id,
        version.family_name,
        version.label,
        tuple(SchemaPage(page.page_no, page.width, page.height) for page in version.pages),
        tuple(field.spec for field in version.fields),
    )


def form_of_proposal(proposal_id: UUID, draft: Draft) -> FormSchema:
    """Return what the schema of a proposal's draft is written from."""
    return FormSchema(
        proposal_id,
        draft.name,
        draft.version_label,
        tuple(SchemaPage(page.page_no, page.width, page.height) for page in draft.pages),
        draft.fields,
    )


def schema_of(form: FormSchema) -> JsonSchema:
    """Return a form's JSON Schema, with titles in both languages."""
    return json_schema(form, titles_of_labels(spec.label for spec in form.fields))


def get_schema(runtime: Runtime, caller: Caller, version_id: UUID) -> JsonSchema:
    """Return a version's fields as JSON Schema (2020-12)."""
    return schema_of(form_of_version(get_version(runtime, caller, version_id)))


def get_proposed(runtime: Runtime, caller: Caller, proposal_id: UUID) -> JsonSchema:
    """Return a proposal's fields as JSON Schema (2020-12).

    Raises:
        ConflictError: it is still drafted.
    """
    return schema_of(form_of_proposal(proposal_id, _drafted(runtime, caller, proposal_id)[1]))


def replace_fields(
    runtime: Runtime,
    caller: Caller,
    proposal_id: UUID,
    data: bytes,
    based_on: str | None = None,
) -> tuple[Proposal, FieldsSwap, FieldsSwap]:
    """Put the fields of a schema file in the place of a waiting proposal's.

    Return the proposal, the change and the one that takes it back.

    Raises:
        SchemaRefusedError: the file is not acceptable; nothing has changed.
        ConflictError: it was decided already, or has another revision than `based_on`.
    """
    found, draft = _drafted(runtime, caller, proposal_id)
    require(caller, found.collection_id, Role.REVIEWER, kind="proposal", object_id=proposal_id)
    schema = read_schema(data, {page.page_no for page in draft.pages}, draft.fields)
    swap = FieldsSwap(
        tuple(spec.name for spec in draft.fields),
        tuple(
            PlacedField(at, spec)
            for at, spec in enumerate(proposals.by_hand(schema.fields, draft.fields))
        ),
    )
    changed, back = proposals.swap_fields(
        runtime, caller, proposal_id, swap, based_on or proposals.revision(draft),
        action="proposal.schema-imported",
    )  # fmt: skip
    return changed, swap, back


def add_version(
    runtime: Runtime, caller: Caller, version_id: UUID, data: bytes, label: str = ""
) -> UUID:
    """Publish a new version of a template with the fields of a schema file; return its id.

    It has the blank forms and the exemplars of the version: pages that come from now on are routed
    to it. What was read for the old version stays there. Without a label the file's is taken.

    Raises:
        SchemaRefusedError: the file is not acceptable; nothing has changed.
        ConflictError: another schema took the version's place already.
    """
    version = get_version(runtime, caller, version_id)
    require(
        caller, version.collection_id, Role.REVIEWER,
        kind="template version", object_id=version_id,
    )  # fmt: skip
    there = [field.spec for field in version.fields]
    schema = read_schema(data, {page.page_no for page in version.pages}, there)
    fields = tuple(proposals.by_hand(schema.fields, there))
    with change(runtime) as doing:
        if templates.lock(doing.connection, version_id) is not None:
            raise ConflictError(kind="template version", state="replaced")
        wanted = label.strip() or schema.version_label or version.label
        added = succession.succeed(doing, version, wanted, fields)
        key = collections.audit_key(doing.connection, version.collection_id)
        audit.append(
            doing.connection, caller.actor, "version.schema-imported", "template_version", added,
            collection_id=version.collection_id,
            details={"from": str(version_id), "fields": len(fields)},
            before=audit.keyed_hash(key, repr(tuple(there))),
            after=audit.keyed_hash(key, repr(fields)),
        )  # fmt: skip
    return added


def _drafted(runtime: Runtime, caller: Caller, proposal_id: UUID) -> tuple[Proposal, Draft]:
    found = proposals.get_proposal(runtime, caller, proposal_id).proposal
    if found.draft is None:
        raise ConflictError(kind="proposal", state=found.state.value)
    return found, found.draft
