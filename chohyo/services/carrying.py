"""Start a new version from the edition before: its fields' names, types and decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.carrying import carry
from chohyo.discovery.field_changes import FieldChange, field_changes
from chohyo.domain.access import Actor, Caller
from chohyo.domain.geometry import Box, Transform
from chohyo.domain.proposals import Draft, Proposal, ProposalKind, ProposalState
from chohyo.domain.templates import FieldSpec, TemplateVersion
from chohyo.matching.features import extract_features
from chohyo.matching.print_comparison import compare_print
from chohyo.matching.registration import register
from chohyo.pages.images import decode_grey
from chohyo.services.proposals import get_proposal
from chohyo.services.runtime import Runtime, change
from chohyo.storage import audit, proposals, templates

# Editions of a family that are looked at, the newest first: each costs a registration, 0.2 s.
_MOST_EDITIONS = 6

_MOST_KIN = 20

Printed = Mapping[int, Sequence[tuple[str, Box]]]


@dataclass(frozen=True, slots=True)
class FieldsDifference:
    """How a proposal's fields differ from those of the version it starts from."""

    version: TemplateVersion
    changes: tuple[FieldChange, ...]


def carried_over(runtime: Runtime, proposal: Proposal, draft: Draft, printed: Printed) -> Draft:
    """Return a draft of a new version with the fields of the edition most like it.

    The draft as it is, when the proposal is of no known family or lies on none of its editions.
    """
    if proposal.family_id is None:
        return draft
    with runtime.database.transaction() as connection:
        known = templates.versions_of_family(connection, proposal.family_id)
    return carried_from(runtime, draft, known, printed)


def carry_into_kin(runtime: Runtime, proposal_id: UUID) -> None:
    """Have the editions that were found with a published one, and wait, start from its fields.

    What a person has edited, or started from a version before, stays as it is.
    """
    with runtime.database.transaction() as connection:
        published = proposals.get(connection, proposal_id)
        if published is None or published.version_id is None:
            return
        version = templates.version(connection, published.version_id)
        kin = proposals.kin_of(connection, published, _MOST_KIN)
    for each in kin:
        if version is not None and _may_start(each):
            _start_from(runtime, each.id, version)


def _start_from(runtime: Runtime, proposal_id: UUID, version: TemplateVersion) -> None:
    with change(runtime) as doing:
        proposal = proposals.lock(doing.connection, proposal_id)
        if proposal is None or proposal.draft is None or not _may_start(proposal):
            return
        draft = carried_from(runtime, proposal.draft, [version], {})
        if draft.base_version_id is None:
            return
        proposals.relate(doing.connection, proposal_id, ProposalKind.NEW_VERSION, version.family_id)
        proposals.set_draft(doing.connection, proposal_id, draft)
        audit.append(
            doing.connection, Actor.agent("publish"), "proposal.fields-carried", "proposal",
            proposal_id, collection_id=proposal.collection_id,
            details={"from": str(version.id), "fields": len(draft.fields)},
        )  # fmt: skip


def _may_start(proposal: Proposal) -> bool:
    draft = proposal.draft
    untouched = draft is not None and not draft.edited and draft.base_version_id is None
    return untouched and proposal.state is ProposalState.WAITING


def carried_from(
    runtime: Runtime, draft: Draft, known: Sequence[TemplateVersion], printed: Printed
) -> Draft:
    """Return a draft with the fields of the one of these versions that is most like it."""
    current = [version for version in known if version.replaced_by is None]
    compared = [
        (_likeness(runtime, version, draft), version) for version in current[-_MOST_EDITIONS:]
    ]
    best, version = max(compared, key=lambda each: each[0], default=(0.0, None))
    if version is None or best <= 0:
        return draft
    laid = laid_pages(runtime, version, draft)
    fields = carry(_specs(version), draft.fields, laid, printed).fields
    return replace(draft, fields=fields, base_version_id=version.id)


def differing_fields(
    runtime: Runtime, caller: Caller, proposal_id: UUID
) -> FieldsDifference | None:
    """Return how a proposal's fields differ from those of the version it starts from, if any."""
    draft = get_proposal(runtime, caller, proposal_id).proposal.draft
    if draft is None or draft.base_version_id is None:
        return None
    with runtime.database.transaction() as connection:
        version = templates.version(connection, draft.base_version_id)
    if version is None:
        return None
    laid = laid_pages(runtime, version, draft)
    return FieldsDifference(version, tuple(field_changes(_specs(version), draft.fields, laid)))


def laid_pages(runtime: Runtime, version: TemplateVersion, draft: Draft) -> dict[int, Transform]:
    """Return how the blank forms of a version lie on those of a draft, by page number."""
    here = {page.page_no: page.reference_blob for page in draft.pages}
    laid = {}
    for page in version.pages:
        if page.page_no in here:
            there = extract_features(_image(runtime, page.reference_blob))
            mine = extract_features(_image(runtime, here[page.page_no]))
            if found := register(there, mine):
                laid[page.page_no] = found.transform
    return laid


def _likeness(runtime: Runtime, version: TemplateVersion, draft: Draft) -> float:
    """Return how alike the print of the first pages is, 0 when they do not lie on each other."""
    if not version.pages or not draft.pages:
        return 0.0
    there = extract_features(_image(runtime, version.pages[0].reference_blob))
    here = extract_features(_image(runtime, draft.pages[0].reference_blob))
    found = register(there, here)
    return compare_print(there, here, found.transform, pair=True).score if found else 0.0


def _image(runtime: Runtime, blob: str) -> NDArray[np.uint8]:
    return decode_grey(runtime.blobs.get(blob))


def _specs(version: TemplateVersion) -> list[FieldSpec]:
    return [field.spec for field in version.fields]
