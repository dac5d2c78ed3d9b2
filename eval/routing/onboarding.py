"""Onboard templates from pages whose form is known, as if a person had grouped and approved."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
from langgraph.runtime import Runtime as GraphRuntime
from numpy.typing import NDArray

from agent.context import AgentContext
from agent.discovery import copies
from agent.discovery.propose import propose
from chohyo.domain.access import Actor
from chohyo.domain.documents import Page
from chohyo.domain.geometry import Transform
from chohyo.domain.proposals import MemberPage
from chohyo.errors import ChohyoError
from chohyo.models.ocr import RecognizedText, TextLine
from chohyo.services import discovery, drafting, proposals, publishing
from chohyo.services.pool import FoundGroup, open_proposals
from eval.bench import Bench

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
class Copies:
    """Pages that are copies of one layout, and the family that the layout belongs to."""

    layout_id: str
    kin_id: str
    pages: tuple[Page, ...]


def onboard(bench: Bench, layouts: Iterable[Copies]) -> tuple[dict[UUID, str], dict[str, str]]:
    """Publish a version for each layout; return layout by version, and why others failed."""
    published: dict[UUID, str] = {}
    failed: dict[str, str] = {}
    for each in layouts:
        try:
            published[_publish(bench, each)] = each.layout_id
        except ChohyoError as error:
            failed[each.layout_id] = error.code
        except Exception as error:  # noqa: BLE001 - logged, and its pages count as errors
            _log.exception("%s could not be onboarded", each.layout_id)
            failed[each.layout_id] = type(error).__name__
    return published, failed


def _publish(bench: Bench, each: Copies) -> UUID:
    """Take one layout the way of a proposal: opened, drafted by the agent, approved, published."""
    runtime = bench.runtime
    run = discovery.request_run(runtime, Actor.system("eval"), bench.collection_id, "on-demand")
    group = FoundGroup(_laid(bench.context, each.pages), kin_key=each.kin_id)
    (proposal_id,) = open_proposals(runtime, run.id, [group])
    context = replace(bench.context, recognizer=Illiterate())
    propose({"proposal_id": str(proposal_id)}, GraphRuntime(context=context))
    proposal, _ = drafting.load_proposal(runtime, proposal_id)
    assert proposal.draft is not None
    draft = replace(proposal.draft, name=each.kin_id, version_label=each.layout_id, fields=())
    drafting.store_draft(runtime, proposal_id, draft, ())
    drafting.present(runtime, proposal_id)
    proposals.approve(runtime, bench.caller, proposal_id)
    return publishing.publish(runtime, proposal_id)


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
