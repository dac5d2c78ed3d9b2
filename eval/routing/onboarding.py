"""Onboard templates from pages whose form is known, as if a person had grouped and approved."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
from langgraph.runtime import Runtime as GraphRuntime
from numpy.typing import NDArray

from agent.context import AgentContext
from agent.discovery import copies
from agent.discovery.propose import propose
from agent.discovery.publish import learn_prints
from chohyo.domain.access import Actor
from chohyo.domain.documents import Page
from chohyo.domain.geometry import Transform
from chohyo.domain.instances import Option
from chohyo.domain.proposals import MemberPage
from chohyo.errors import ChohyoError
from chohyo.models.ocr import RecognizedText, TextLine
from chohyo.services import discovery, drafting, processing, proposals, publishing
from chohyo.services.pool import FoundGroup, open_proposals
from eval.bench import Bench
from eval.corpus import CorpusPage
from eval.trips import Trip

_log = logging.getLogger(__name__)

Image = NDArray[np.uint8]


class Illiterate:
    """Reads nothing: routing needs the blank form, and neither the names nor the fields on it."""

    def read_page(self, image: Image) -> list[TextLine]:
        """Return no lines."""
        return []

    def read_regions(self, images: Sequence[Image]) -> list[RecognizedText]:
        """Return nothing for each crop."""
        return [RecognizedText("", 0.0, ())] * len(images)


@dataclass(frozen=True, slots=True)
class Edition:
    """Filled copies of one edition of a form: for each of its pages, the layout and the copies."""

    name: str
    kin_id: str
    pages: tuple[tuple[str, tuple[Page, ...]], ...]
    truths: tuple[CorpusPage, ...] = ()

    @classmethod
    def of(cls, name: str, trips: Sequence[Trip]) -> Edition:
        """Take the pages that arrived, in the order of the form."""
        arrived: defaultdict[tuple[int, str], list[Page]] = defaultdict(list)
        for trip in trips:
            if trip.page is not None and trip.failure is None:
                arrived[trip.truth.page, trip.truth.layout_id].append(trip.page)
        kin_id = min(trips, key=lambda trip: trip.truth.page).truth.kin_id
        pages = tuple((layout, tuple(arrived[no, layout])) for no, layout in sorted(arrived))
        truths = {
            t.truth.page: t.truth for t in trips if (t.truth.page, t.truth.layout_id) in arrived
        }
        return cls(name, kin_id, pages, tuple(truths[no] for no in sorted(truths)))


@dataclass(frozen=True, slots=True)
class Onboarded:
    """What was published: the layout of each template page; `failed` says why others were not.

    `editions` has for each edition the pages of the corpus that stand for its template pages, each
    with its place.
    """

    layouts: dict[UUID, str]
    editions: dict[str, list[tuple[CorpusPage, Option]]]
    failed: dict[str, str]


def onboard(bench: Bench, editions: Iterable[Edition]) -> Onboarded:
    """Publish a version for each edition."""
    done = Onboarded({}, {}, {})
    for each in editions:
        try:
            version_id = _publish(bench, each)
        except ChohyoError as error:
            done.failed[each.name] = error.code
        except Exception as error:  # noqa: BLE001 - logged, and its pages count as errors
            _log.exception("%s could not be onboarded", each.name)
            done.failed[each.name] = type(error).__name__
        else:
            pages = processing.version(bench.runtime, version_id).pages
            done.layouts.update({page.id: each.pages[page.page_no - 1][0] for page in pages})
            done.editions[each.name] = [
                (truth, Option(version_id, page.id, page.page_no, len(pages)))
                for page, truth in zip(pages, each.truths, strict=True)
            ]
    return done


def _publish(bench: Bench, each: Edition) -> UUID:
    """Take an edition the way of a proposal: opened, drafted by the agent, approved, published."""
    runtime = bench.runtime
    run = discovery.request_run(runtime, Actor.system("eval"), bench.collection_id, "on-demand")
    members = tuple(
        replace(member, template_page_no=number)
        for number, (_, pages) in enumerate(each.pages, start=1)
        for member in _laid(bench.context, pages)
    )
    (proposal_id,) = open_proposals(runtime, run.id, [FoundGroup(members, kin_key=each.kin_id)])
    context = replace(bench.context, recognizer=Illiterate())
    propose({"proposal_id": str(proposal_id)}, GraphRuntime(context=context))
    proposal, _ = drafting.load_proposal(runtime, proposal_id)
    assert proposal.draft is not None
    draft = replace(proposal.draft, name=each.kin_id, version_label=each.name, fields=())
    drafting.store_draft(runtime, proposal_id, draft, ())
    drafting.present(runtime, proposal_id)
    proposals.approve(runtime, bench.caller, proposal_id)
    version_id = publishing.publish(runtime, proposal_id)
    learn_prints(bench.context, version_id)
    return version_id


def _laid(context: AgentContext, pages: Sequence[Page]) -> tuple[MemberPage, ...]:
    """Lay the copies onto the one on which most of them lie."""
    by_id = {page.id: page for page in pages}
    loose = [MemberPage(page.id, 1, None) for page in pages]
    best: list[MemberPage] = []
    for reference in pages:
        laid = copies.laid_on(context, loose, by_id, copies.features(context, reference))
        fixed = [
            replace(member, transform=Transform.identity())
            if member.page_id == reference.id
            else member
            for member in laid
        ]
        best = max(best, fixed, key=_lying)
    return tuple(best)


def _lying(members: Sequence[MemberPage]) -> int:
    return sum(member.transform is not None for member in members)
