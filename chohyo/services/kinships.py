"""Show why a proposal is taken for an edition of the same form as others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from chohyo.domain.access import Caller
from chohyo.domain.geometry import Box
from chohyo.domain.kinship import KinPages, Kinship, KinSide
from chohyo.domain.proposals import MemberPage, Proposal, ProposedPage
from chohyo.services.proposals import get_proposal
from chohyo.services.runtime import Runtime
from chohyo.services.unmasking import may_see_pii
from chohyo.storage import kinships, proposals

_MOST = 6  # links of one proposal


@dataclass(frozen=True, slots=True)
class KinLink:
    """What ties a template page of a proposal to one of another; boxes lie on the blank forms.

    A side without boxes lies nowhere: its page was moved on, or does not fit its blank form.
    """

    other: Proposal
    page: ProposedPage
    other_page: ProposedPage
    kinship: Kinship


def kin_links(runtime: Runtime, caller: Caller, proposal_id: UUID) -> list[KinLink]:
    """Return what ties a proposal to other editions of its form, as discovery found it.

    Titles were read on filled pages: who may not see personal data is not shown them.
    """
    here = get_proposal(runtime, caller, proposal_id).proposal
    with runtime.database.transaction() as connection:
        found = kinships.of_proposal(connection, proposal_id, _MOST)
        others = {each: proposals.get(connection, each) for each in {other for other, _ in found}}
    links = [_link(here, others[other], kin) for other, kin in found]
    seen = may_see_pii(caller, here.collection_id)
    return [link if seen else _untitled(link) for link in links if link is not None]


def _link(here: Proposal, there: Proposal | None, kin: KinPages) -> KinLink | None:
    if there is None:
        return None
    own, other = _members(here), _members(there)
    turned = kin.page_id not in own
    first, second = (kin.other_page_id, kin.page_id) if turned else (kin.page_id, kin.other_page_id)
    found = kin.kinship.turned() if turned else kin.kinship
    pages = _page(here, own[first]), _page(there, other[second])
    if pages[0] is None or pages[1] is None:
        return None
    kinship = replace(
        found, here=_laid(found.here, own[first]), there=_laid(found.there, other[second])
    )
    return KinLink(there, pages[0], pages[1], kinship)


def _members(proposal: Proposal) -> Mapping[UUID, MemberPage]:
    return {member.page_id: member for member in proposal.members}


def _page(proposal: Proposal, member: MemberPage) -> ProposedPage | None:
    pages = proposal.draft.pages if proposal.draft else ()
    return next((page for page in pages if page.page_no == member.template_page_no), None)


def _laid(side: KinSide, member: MemberPage) -> KinSide:
    """Return a side with its boxes on the blank form instead of the member page."""
    move = member.transform
    if move is None:
        return replace(side, alike=(), alone=())

    def laid(boxes: tuple[Box, ...]) -> tuple[Box, ...]:
        return tuple(move.box(box).grown(0, 0) for box in boxes)

    return replace(side, alike=laid(side.alike), alone=laid(side.alone))


def _untitled(link: KinLink) -> KinLink:
    here, there = (replace(s, title="") for s in (link.kinship.here, link.kinship.there))
    return replace(link, kinship=replace(link.kinship, here=here, there=there))
