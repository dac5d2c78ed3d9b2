"""Show how a proposed edition differs from the one most like it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chohyo.discovery.difference import PrintDifference, compare_blanks
from chohyo.domain.access import Caller
from chohyo.domain.edition_advice import EditionAdvice
from chohyo.domain.proposals import Proposal, ProposedPage
from chohyo.pages.images import decode_grey
from chohyo.services.proposals import get_proposal
from chohyo.services.runtime import Runtime
from chohyo.storage import edition_advice, proposals

# Each costs a registration and a look at the fine print, 0.3 s of processor time together.
_MOST_COMPARED = 6


@dataclass(frozen=True, slots=True)
class EditionDifference:
    """How one template page of a proposal differs from the same page of another edition.

    `place` holds the boxes on both blank forms; None when one cannot be laid on the other.
    """

    other: Proposal
    page: ProposedPage
    other_page: ProposedPage
    place: PrintDifference | None


def differences(runtime: Runtime, caller: Caller, proposal_id: UUID) -> list[EditionDifference]:
    """Compare a proposal's blank forms with those of the edition most like it, page by page.

    An empty list when no other edition of the form was found, or nothing is drafted yet.
    """
    # Editions lie in one collection: who may see one may see the others.
    return closest_edition(runtime, get_proposal(runtime, caller, proposal_id).proposal)


def closest_edition(runtime: Runtime, proposal: Proposal) -> list[EditionDifference]:
    """Compare a proposal's blank forms with those of the edition most like it, page by page."""
    if proposal.draft is None:
        return []
    with runtime.database.transaction() as connection:
        kin = proposals.kin_of(connection, proposal, _MOST_COMPARED)
    return max((_compared(runtime, proposal, other) for other in kin), key=_likeness, default=[])


def advice_on(
    runtime: Runtime, proposal_id: UUID, found: Sequence[EditionDifference]
) -> EditionAdvice | None:
    """Return what a chat model said of a proposal beside the edition it is compared with."""
    with runtime.database.transaction() as connection:
        advice = edition_advice.get(connection, proposal_id)
    if advice is None or not found or advice.other_id != found[0].other.id:
        return None
    return advice


def _compared(runtime: Runtime, proposal: Proposal, other: Proposal) -> list[EditionDifference]:
    here = proposal.draft.pages if proposal.draft else ()
    there = {page.page_no: page for page in (other.draft.pages if other.draft else ())}
    return [
        EditionDifference(
            other, page, there[page.page_no], _place(runtime, page, there[page.page_no])
        )
        for page in here
        if page.page_no in there
    ]


def _place(runtime: Runtime, page: ProposedPage, other: ProposedPage) -> PrintDifference | None:
    return compare_blanks(
        decode_grey(runtime.blobs.get(page.blank_blob)),
        decode_grey(runtime.blobs.get(other.blank_blob)),
    )


def _likeness(found: Sequence[EditionDifference]) -> tuple[float, int]:
    """Return how alike two editions are: by their print, then by how few places differ."""
    placed = [each.place for each in found if each.place is not None]
    agreement = sum(round(place.agreement, 2) for place in placed)
    return agreement, -sum(len(place.here) for place in placed)
