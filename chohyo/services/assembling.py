"""Cut a document into form instances, and settle the editions of their pages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from chohyo.domain.access import Actor
from chohyo.domain.documents import Document, FormInstance, Page, PageState
from chohyo.domain.ids import new_id
from chohyo.domain.instances import InstanceCut, Option, Pair, PlacedPage, cut_instances
from chohyo.domain.matches import Candidate, Match, Outcome
from chohyo.services import notices
from chohyo.services.runtime import Change, Runtime, change
from chohyo.storage import audit, instances, matches, pages, templates
from chohyo.storage.database import Connection

SETTLED = "settled-by-neighbours"
# What waits for a person only because editions of one form fit about equally well.
_OPEN = "edition-unclear"
# A page on which more than one form lies belongs into none of them.
_NO_PAGE = "print-beside"
# A page that lies on no form, and looks like one alone: it belongs where that form has its place.
_BY_LOOKS = "looks-alike"
_LEAST = 1e-3


def placed_pages(runtime: Runtime, document: Document) -> list[PlacedPage]:
    """Return the pages of a document that a form instance may hold, in order."""
    with runtime.database.transaction() as connection:
        return _placed(connection, document.id)


def assemble(
    runtime: Runtime, document: Document, repeats: AbstractSet[Pair] = frozenset()
) -> list[FormInstance]:
    """Cut a document's pages into form instances; unchanged ones keep their ids.

    `repeats` are pairs of pages that are two scans of one sheet. Pages whose edition the other
    pages of their form settle are routed to it.
    """
    with change(runtime) as doing:
        cuts = cut_instances(_placed(doing.connection, document.id), repeats)
        for cut in cuts:
            _settle(doing, document, cut)
        return instances.replace_of_document(
            doing.connection, document.collection_id, document.id, cuts
        )


def _placed(connection: Connection, document_id: UUID) -> list[PlacedPage]:
    stored = pages.of_document(connection, document_id)
    printed = [page for page in stored if page.state is not PageState.BLANK]
    decided = matches.in_force(connection, [page.id for page in printed])
    named = {c.template_page_id for match in decided.values() for c in match.candidates}
    named |= {m.template_page_id for m in decided.values() if m.template_page_id is not None}
    options = templates.options(connection, sorted(named))
    placed = (
        _place(page, place, decided[page.id], options)
        for place, page in enumerate(printed)
        if page.id in decided
    )
    return [page for page in placed if page is not None]


def _place(page: Page, place: int, match: Match, known: dict[UUID, Option]) -> PlacedPage | None:
    settled = match.outcome is Outcome.ROUTED
    waits = match.outcome is Outcome.REVIEW and match.reason != _NO_PAGE
    if page.state is PageState.FAILED or not (settled or waits):
        return None
    alike = [c for c in match.candidates if c.family_id == match.family_id and _fits(c, known)]
    if match.reason == _BY_LOOKS and not alike:
        alike = [c for c in match.candidates[:1] if c.template_page_id in known]
    best = max((c.probability or 0.0 for c in alike), default=0.0)
    options = {
        c.template_page_id: replace(known[c.template_page_id], doubt=_doubt(c, best)) for c in alike
    }
    if settled:
        assert match.template_page_id is not None
        in_force = options.pop(match.template_page_id, known[match.template_page_id])
        others = () if match.decided_by == "person" else tuple(options.values())
        ordered = (in_force, *others)
    else:
        ordered = tuple(options.values())
    if not ordered:
        return None
    is_open = match.reason == _OPEN
    return PlacedPage(page.id, page.page_no, place, page.rotation, ordered, settled, is_open)


def _fits(candidate: Candidate, known: dict[UUID, Option]) -> bool:
    return candidate.transform is not None and candidate.template_page_id in known


def _doubt(candidate: Candidate, best: float) -> float:
    return math.log(max(best, _LEAST) / max(candidate.probability or 0.0, _LEAST))


def _settle(doing: Change, document: Document, cut: InstanceCut) -> None:
    """Route the pages of an instance that it takes for another edition than was decided."""
    for page_id, option in (cut.changed or {}).items():
        page = pages.lock(doing.connection, page_id)
        current = matches.in_force(doing.connection, [page_id]).get(page_id)
        if page is None or current is None or current.decided_by == "person":
            continue
        match = _settled(current, option)
        matches.put(doing.connection, match)
        pages.set_state(doing.connection, page_id, PageState.ROUTED)
        notices.tell_of_match(doing, match, document.id)
        audit.append(
            doing.connection, Actor.agent("assemble"), "page.routed", "page", page_id,
            collection_id=document.collection_id,
            details={
                "match": str(match.id),
                "version": str(match.version_id),
                "probability": round(match.probability, 6),
                "reason": match.reason,
            },
        )  # fmt: skip


def _settled(current: Match, option: Option) -> Match:
    chosen = _candidate(current.candidates, option)
    rest = tuple(each for each in current.candidates if each is not chosen)
    return replace(
        current,
        id=new_id(),
        outcome=Outcome.ROUTED,
        template_page_id=option.template_page_id,
        version_id=option.version_id,
        family_id=chosen.family_id,
        probability=chosen.probability or 0.0,
        reason=SETTLED,
        transform=chosen.transform,
        candidates=(chosen, *rest),
        created_at=datetime.now(UTC),
    )


def _candidate(candidates: Sequence[Candidate], option: Option) -> Candidate:
    return next(c for c in candidates if c.template_page_id == option.template_page_id)
