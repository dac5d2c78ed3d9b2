"""Let a chat model say what a proposal is to the edition most like it, and what differs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from agent.advice.budget import Spending
from agent.advice.conversation import Task, converse
from agent.advice.tools import Desk
from agent.context import AgentContext
from chohyo.discovery.advice import Anchor
from chohyo.discovery.edition_advice import (
    INSTRUCTION,
    PROMPT_VERSION,
    SCHEMA,
    described,
    evidence_of,
    held,
)
from chohyo.domain.proposals import Proposal, ProposedPage
from chohyo.services import advising
from chohyo.services.differences import closest_edition

Read = Callable[[Sequence[ProposedPage]], list[Anchor]]


def advise_on_edition(
    context: AgentContext,
    proposal: Proposal,
    anchors: Sequence[Anchor],
    read: Read,
    desk: Desk,
    spending: Spending,
) -> None:
    """Store what the model says of both, where there is another edition and budget is left.

    Args:
        context: with a chat model.
        proposal: as it is drafted now.
        anchors: the printed lines of its blank forms.
        read: reads those of other blank forms.
        desk: what the model's tools look at.
        spending: what is left for this proposal.
    """
    found = closest_edition(context.runtime, proposal)
    places = {each.page.page_no: each.place for each in found if each.place is not None}
    if not places or context.chat is None:
        return
    other = found[0].other
    evidence = evidence_of(anchors, read([each.other_page for each in found]), places)
    note = advising.noting(context.runtime, proposal, context.chat.name, PROMPT_VERSION)
    compared = [
        {"id": key, "here": each.here, "there": each.there}
        for key, each in evidence.items()
        if each.differs
    ]
    desk = replace(desk, differences=lambda: compared)
    task = Task(INSTRUCTION, SCHEMA)
    answer = converse(context.chat, task, described(evidence), desk, spending, note)
    if answer is None:
        advising.record_failure(context.runtime, proposal, context.chat.name, "budget-spent")
        return
    advice = held(answer, evidence, other.id, context.chat.name)
    advising.store_edition_advice(context.runtime, proposal, advice)
