"""Rebuild the blank form of a group, and propose its fields."""

from __future__ import annotations

from uuid import UUID

from langgraph.runtime import Runtime

from agent.context import AgentContext
from agent.discovery import copies
from agent.discovery.state import ProposalThread
from chohyo.discovery import blank_form
from chohyo.discovery.blank_form import BlankForm
from chohyo.discovery.fields import BlankPage, propose_fields
from chohyo.discovery.naming import propose_name, propose_version_label
from chohyo.discovery.straight import straightened
from chohyo.domain.documents import Page
from chohyo.domain.proposals import Draft, MemberPage, Proposal, ProposedPage
from chohyo.services import blanks, carrying, drafting


def propose(state: ProposalThread, runtime: Runtime[AgentContext]) -> ProposalThread:
    """Draft what would be published; what a person has edited is only laid on, not redone."""
    context = runtime.context
    proposal, pages = drafting.load_proposal(context.runtime, UUID(state["proposal_id"]))
    members = copies.by_template_page(proposal)
    if proposal.draft is not None and proposal.draft.edited:
        draft = blanks.renewed(context.runtime, proposal.draft, members, pages)
    else:
        rebuilt = {no: _rebuild(context, copied, pages) for no, copied in members.items()}
        draft = _draft(context, proposal, rebuilt)
    laid: list[MemberPage] = []
    for page in draft.pages:
        reference = context.references.features(page.reference_blob)
        laid += copies.laid_on(context, members.get(page.page_no, []), pages, reference)
    drafting.store_draft(context.runtime, proposal.id, draft, laid)
    return {}


def _rebuild(
    context: AgentContext, members: list[MemberPage], pages: dict[UUID, Page]
) -> BlankForm:
    used = [m for m in members if m.transform is not None][: blanks.COPIES]
    images = [copies.evidence(context, pages[m.page_id]) for m in used]
    transforms = [m.transform for m in used if m.transform is not None]
    height, width = max((image.shape[:2] for image in images), key=lambda s: s[0] * s[1])
    size = (width, height)
    return blank_form.rebuild(images, straightened(images, transforms, size), size)


def _draft(context: AgentContext, proposal: Proposal, rebuilt: dict[int, BlankForm]) -> Draft:
    forms = [
        BlankPage(blank, context.recognizer.read_page(blank.image)) for blank in rebuilt.values()
    ]
    draft = Draft(
        name=propose_name(forms[0].lines),
        version_label=propose_version_label(forms[0].lines),
        pages=tuple(_stored(context, number, blank) for number, blank in rebuilt.items()),
        fields=tuple(propose_fields(forms)),
    )
    printed = {
        number: [(line.text, line.box) for line in form.lines]
        for number, form in zip(rebuilt, forms, strict=True)
    }
    return carrying.carried_over(context.runtime, proposal, draft, printed)


def _stored(context: AgentContext, number: int, blank: BlankForm) -> ProposedPage:
    height, width = blank.image.shape
    return ProposedPage(
        number, width, height, blank.copies, *blanks.store(context.runtime, blank.image)
    )
