"""Read fields that a person edits on a few member pages of their proposal; nothing is stored."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.access import Caller, Role
from chohyo.domain.documents import Page
from chohyo.domain.geometry import Transform
from chohyo.domain.proposals import Draft, Proposal
from chohyo.domain.templates import FieldSpec, FieldType
from chohyo.domain.values import Reading
from chohyo.errors import ConflictError, NotFoundError, PageMisplacedError, TooBusyError
from chohyo.extraction.reading import RegionRecognizer, read_fields
from chohyo.pages.images import decode_colour
from chohyo.services.proposals import get_proposal
from chohyo.services.runtime import Runtime, require
from chohyo.services.unmasking import note_page

PAGES: Final = 3
MOST_FIELDS: Final = 30
# Laying a page onto its form takes most of a second; an editor who waits longer stops looking.
SECONDS: Final = 10.0
# At once in one process: reading must not take the processors from those who only look.
_AT_ONCE = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class PageReading:
    """What one field reads on one page; None where the page does not lie on its form."""

    page: Page
    reading: Reading | None


@dataclass(frozen=True, slots=True)
class TriedField:
    """A field with what it reads, a page each."""

    spec: FieldSpec
    pages: tuple[PageReading, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """How fields read; `left` pages were not reached in time, `fields_left` were too many."""

    fields: tuple[TriedField, ...]
    left: int
    fields_left: int


def try_fields(
    runtime: Runtime,
    caller: Caller,
    proposal_id: UUID,
    names: Sequence[str],
    recognizer: RegionRecognizer,
    *,
    seconds: float = SECONDS,
) -> Trial:
    """Read the named fields of a proposal's draft on up to three of its pages.

    Nobody has said yet what is personal on these pages, so that viewers are refused.

    Raises:
        NotFoundError: there is no such proposal, or none of the fields.
        ForbiddenError: the caller is a viewer.
        ConflictError: the proposal has no draft.
        TooBusyError: others are trying fields, and it takes too long.
    """
    view = get_proposal(runtime, caller, proposal_id)
    proposal = view.proposal
    require(caller, proposal.collection_id, Role.OPERATOR, kind="proposal", object_id=proposal_id)
    if proposal.draft is None:
        raise ConflictError(kind="proposal", state=proposal.state.value)
    wanted = [spec for spec in proposal.draft.fields if spec.name in set(names)]
    if not wanted:
        raise NotFoundError(kind="field", id=", ".join(names)[:80])
    until = time.monotonic() + seconds
    if not _AT_ONCE.acquire(timeout=seconds):
        raise TooBusyError
    try:
        found = _tried(runtime, proposal, view.pages, wanted, recognizer, until)
    finally:
        _AT_ONCE.release()
    shown = {each.page.id: each.page for tried in found.fields for each in tried.pages}
    for page in shown.values():
        note_page(runtime, caller, page)
    return found


def _tried(
    runtime: Runtime,
    proposal: Proposal,
    pages: dict[UUID, Page],
    wanted: list[FieldSpec],
    recognizer: RegionRecognizer,
    until: float,
) -> Trial:
    draft = proposal.draft
    assert draft is not None
    shown = wanted[:MOST_FIELDS]
    found: dict[str, list[PageReading]] = {spec.name: [] for spec in shown}
    left = 0
    for form in draft.pages:
        here = [spec for spec in shown if spec.page_no == form.page_no]
        if not here:
            continue
        blank = decode_colour(runtime.blobs.get(form.blank_blob))
        for page, transform in _copies(proposal, pages, form.page_no):
            if time.monotonic() >= until:
                left += 1
                continue
            readings = _read(runtime, draft, page, transform, blank, here, recognizer)
            for spec, reading in zip(here, readings, strict=True):
                found[spec.name].append(PageReading(page, reading))
    fields = tuple(TriedField(spec, tuple(found[spec.name])) for spec in shown)
    return Trial(fields, left, len(wanted) - len(shown))


def _copies(
    proposal: Proposal, pages: dict[UUID, Page], page_no: int
) -> list[tuple[Page, Transform]]:
    laid = [
        (pages[member.page_id], member.transform)
        for member in proposal.members
        if member.template_page_no == page_no
        and member.transform is not None
        and member.page_id in pages
    ]
    return laid[:PAGES]


def _read(
    runtime: Runtime,
    draft: Draft,
    page: Page,
    transform: Transform,
    blank: NDArray[np.uint8],
    fields: list[FieldSpec],
    recognizer: RegionRecognizer,
) -> list[Reading] | list[None]:
    """Read fields of one page as it would be read later: among all its other fields."""
    others = [
        spec for spec in draft.fields if spec.page_no == fields[0].page_no and spec not in fields
    ]
    # A date takes the era that is circled beside it.
    circled = [spec for spec in others if spec.type is FieldType.CHOICE]
    try:
        readings = read_fields(
            decode_colour(runtime.blobs.get(page.evidence_blob)),
            transform,
            blank,
            [*fields, *circled],
            recognizer,
            must_lie=True,
            neighbours=[spec for spec in others if spec.type is not FieldType.CHOICE],
        )
    except PageMisplacedError:
        return [None] * len(fields)
    return readings[: len(fields)]
