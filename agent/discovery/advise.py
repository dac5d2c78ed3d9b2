"""Let a chat model, where one is configured, say better names, labels and types for a draft."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from langgraph.runtime import Runtime

from agent.advice.budget import Spending
from agent.advice.conversation import Task, converse
from agent.advice.tools import Desk
from agent.context import AgentContext
from agent.discovery import copies
from agent.discovery.advise_on_edition import advise_on_edition
from agent.discovery.state import ProposalThread
from chohyo.discovery.advice import (
    INSTRUCTION,
    PROMPT_VERSION,
    SCHEMA,
    Anchor,
    apply,
    described,
)
from chohyo.domain.documents import Page
from chohyo.domain.geometry import Box
from chohyo.domain.proposals import Draft, Proposal, ProposedPage
from chohyo.errors import ChohyoError
from chohyo.extraction.reading import read_fields
from chohyo.models.chat import ChatModel
from chohyo.pages.images import decode_colour, decode_grey
from chohyo.services import advising, drafting

_log = logging.getLogger(__name__)

_COPIES = 3


@dataclass(frozen=True, slots=True)
class _Case:
    """A draft to be advised on, with what the tools need."""

    context: AgentContext
    proposal: Proposal
    draft: Draft
    pages: dict[UUID, Page]

    def blank(self, page_no: int) -> bytes:
        page = next(p for p in self.draft.pages if p.page_no == page_no)
        return self.context.runtime.blobs.get(page.blank_blob)


def advise(state: ProposalThread, runtime: Runtime[AgentContext]) -> ProposalThread:
    """Ask the chat model; without one, or when it fails, the deterministic draft stands."""
    context = runtime.context
    if context.chat is None:
        return {}
    proposal, pages = drafting.load_proposal(context.runtime, UUID(state["proposal_id"]))
    if proposal.draft is None or proposal.draft.edited:
        return {}
    case = _Case(context, proposal, proposal.draft, pages)
    try:
        _advise(case, context.chat)
    except ChohyoError as error:
        _log.warning("no advice for proposal %s: %s", proposal.id, error.code)
        advising.record_failure(context.runtime, proposal, context.chat.name, error.code)
    return {}


def _advise(case: _Case, chat: ChatModel) -> None:
    runtime, proposal = case.context.runtime, case.proposal
    spending = Spending(case.context.chat_budget)
    anchors = _anchors(case, case.draft.pages)
    desk = Desk(
        anchors=anchors,
        region=partial(_region, case),
        values=partial(_values, case),
        known=partial(advising.known_families, runtime, proposal.collection_id),
    )
    note = advising.noting(runtime, proposal, chat.name, PROMPT_VERSION)
    task = Task(INSTRUCTION, SCHEMA)
    answer = converse(chat, task, described(case.draft, anchors), desk, spending, note)
    if answer is None:
        advising.record_failure(runtime, proposal, chat.name, "budget-spent")
        return
    advised = apply(case.draft, anchors, answer)
    advising.store_advised(
        runtime, proposal, chat.name, advised.draft, advised.kept, advised.dropped
    )
    read = partial(_anchors, case)
    advise_on_edition(case.context, proposal, anchors, read, desk, spending)


def _anchors(case: _Case, pages: Sequence[ProposedPage]) -> list[Anchor]:
    found: list[Anchor] = []
    for page in pages:
        blank = decode_grey(case.context.runtime.blobs.get(page.blank_blob))
        lines = case.context.recognizer.read_page(blank)
        found += [
            Anchor(f"p{page.page_no}-{number}", line.text, page.page_no, line.box)
            for number, line in enumerate(lines, start=1)
        ]
    return found


def _region(case: _Case, page_no: int, box: Box) -> str:
    if page_no not in {page.page_no for page in case.draft.pages}:
        raise ValueError("no such page")
    image = decode_grey(case.blank(page_no))
    height, width = image.shape
    crop = image[
        round(box.y0 * height) : max(round(box.y1 * height), round(box.y0 * height) + 1),
        round(box.x0 * width) : max(round(box.x1 * width), round(box.x0 * width) + 1),
    ]
    return "\n".join(line.text for line in case.context.recognizer.read_page(crop))


def _values(case: _Case, field: str) -> list[str]:
    spec = {spec.name: spec for spec in case.draft.fields}[field]
    blank = decode_colour(case.blank(spec.page_no))
    read: list[str] = []
    for member in copies.by_template_page(case.proposal).get(spec.page_no, [])[:_COPIES]:
        if member.transform is not None:
            image = copies.evidence(case.context, case.pages[member.page_id])
            readings = read_fields(image, member.transform, blank, [spec], case.context.recognizer)
            read += [reading.raw for reading in readings if not reading.empty]
    return read
