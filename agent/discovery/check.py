"""Try the proposed fields on the members."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from langgraph.runtime import Runtime

from agent.context import AgentContext
from agent.discovery import copies
from agent.discovery.state import ProposalThread
from chohyo.discovery import soundness
from chohyo.discovery.trial import TRIED, Copy, retyped, try_fields
from chohyo.domain.documents import Page
from chohyo.domain.figures import FieldFigures
from chohyo.domain.proposals import Draft, Proposal
from chohyo.domain.templates import FieldSpec, FieldType
from chohyo.domain.values import Reading, ValueSource
from chohyo.extraction.typed import typed
from chohyo.pages.images import decode_colour
from chohyo.services import drafting


def check(state: ProposalThread, runtime: Runtime[AgentContext]) -> ProposalThread:
    """Read the fields on some members, and keep what is wrong or weak as findings."""
    context = runtime.context
    proposal, pages = drafting.load_proposal(context.runtime, UUID(state["proposal_id"]))
    assert proposal.draft is not None
    if proposal.draft.edited:
        return {"sound": True}
    readings, read_on = _readings(context, proposal, proposal.draft, pages)
    fields = retyped(proposal.draft.fields, readings)
    fewest = min(page.copies for page in proposal.draft.pages)
    findings = [
        *soundness.find(fields, readings, fewest),
        *soundness.figures_of(fields, readings),
    ]
    checked = replace(
        proposal.draft, fields=tuple(fields), findings=tuple(findings),
        figures=tuple(_figures(spec, readings, read_on) for spec in fields),
    )  # fmt: skip
    drafting.store_draft(context.runtime, proposal.id, checked, ())
    return {"sound": soundness.is_sound(fields, findings)}


def _figures(
    spec: FieldSpec, readings: Mapping[str, list[Reading]], read_on: Mapping[int, list[UUID]]
) -> FieldFigures:
    """Count what a field read, by the type that its values have given it."""
    found = [_retyped(spec, reading) for reading in readings.get(spec.name, ())]
    return FieldFigures.of(spec.name, list(zip(read_on[spec.page_no], found, strict=False)))


def _retyped(spec: FieldSpec, reading: Reading) -> Reading:
    if reading.source is not ValueSource.OCR or not reading.raw:
        return reading
    _, valid = typed(spec, reading.raw, misread=True)
    # A date may owe its era to what is circled beside it.
    return replace(reading, valid=valid or (reading.valid and spec.type is FieldType.DATE))


def _readings(
    context: AgentContext, proposal: Proposal, draft: Draft, pages: dict[UUID, Page]
) -> tuple[dict[str, list[Reading]], dict[int, list[UUID]]]:
    """Return the readings by field, and the pages they are from by template page, in one order."""
    found: dict[str, list[Reading]] = {}
    read_on: dict[int, list[UUID]] = {}
    members = copies.by_template_page(proposal)
    for page in draft.pages:
        fields = [spec for spec in draft.fields if spec.page_no == page.page_no]
        blank = decode_colour(context.runtime.blobs.get(page.blank_blob))
        laid = [
            (member.page_id, member.transform)
            for member in members.get(page.page_no, [])
            if member.transform is not None
        ][:TRIED]
        tried = [Copy(copies.evidence(context, pages[each]), lies) for each, lies in laid]
        read_on[page.page_no] = [page_id for page_id, _ in laid]
        found |= try_fields(tried, blank, fields, context.recognizer)
    return found, read_on
