"""The member pages of a proposal as images, and how they lie on their template page."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from agent.context import AgentContext
from chohyo.discovery.print_stack import fine_ink
from chohyo.domain.documents import Page
from chohyo.domain.proposals import MemberPage, Proposal
from chohyo.matching.features import PageFeatures
from chohyo.matching.registration import register
from chohyo.pages.images import decode_colour, decode_grey


def by_template_page(proposal: Proposal) -> dict[int, list[MemberPage]]:
    """Return the members of each template page, in the proposal's order."""
    numbers = sorted({member.template_page_no for member in proposal.members})
    return {
        number: [m for m in proposal.members if m.template_page_no == number] for number in numbers
    }


def evidence(context: AgentContext, page: Page) -> NDArray[np.uint8]:
    """Return a page's evidence image, in colour."""
    return decode_colour(context.runtime.blobs.get(page.evidence_blob))


def features(context: AgentContext, page: Page) -> PageFeatures:
    """Return a page's features."""
    return context.references.features(page.model_blob)


def fine_print(context: AgentContext, page: Page) -> NDArray[np.uint8]:
    """Return a page's ink, fine enough to tell editions by."""
    return fine_ink(decode_grey(context.runtime.blobs.get(page.evidence_blob)))


def laid_on(
    context: AgentContext,
    members: list[MemberPage],
    pages: dict[UUID, Page],
    reference: PageFeatures,
) -> list[MemberPage]:
    """Return the members with their transforms onto the reference; None where they do not fit."""
    laid = [(m, register(features(context, pages[m.page_id]), reference)) for m in members]
    return [replace(m, transform=found.transform if found else None) for m, found in laid]
