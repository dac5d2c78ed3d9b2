"""Let a person decide what a page is, where the machine was not sure."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from chohyo.domain.access import Caller, Role
from chohyo.domain.documents import DocumentState, Page, PageState
from chohyo.domain.ids import new_id
from chohyo.domain.matches import Candidate, Match, Outcome
from chohyo.errors import ConflictError, InvalidInputError
from chohyo.services import exemplars, notices
from chohyo.services.documents import visible_page
from chohyo.services.runtime import Change, Runtime, change
from chohyo.storage import audit, decision_rules, documents, matches, pages
from chohyo.storage.work import Work, WorkKind


def decide(
    runtime: Runtime, caller: Caller, page_id: UUID, template_page_id: UUID | None
) -> Match | None:
    """Route a page to one of its candidates, or send it to the pool with None.

    A page taken for blank is with None looked at like any other; nothing is decided yet.

    Raises:
        ConflictError: no decision was made for the page yet.
        InvalidInputError: the template page is none of the page's registered candidates.
    """
    with change(runtime) as doing:
        page = visible_page(doing.connection, caller, page_id, Role.REVIEWER)
        if page.state is PageState.BLANK and template_page_id is None:
            _look_at(doing, caller, page)
            return None
        current = matches.in_force(doing.connection, [page_id]).get(page_id)
        if current is None:
            raise ConflictError(kind="page", state=page.state.value)
        decided = _decision(current, template_page_id)
        state = PageState.ROUTED if decided.outcome is Outcome.ROUTED else PageState.UNKNOWN
        decision_rules.checked(doing.connection, page_id, caller.principal.id)
        # The page first: its row is the lock for which a worker's own decision waits.
        pages.set_state(doing.connection, page_id, state)
        matches.put(doing.connection, decided)
        exemplars.learn(doing.connection, template_page_id, page_id)
        notices.tell_of_match(doing, decided, page.document_id)
        documents.set_state(doing.connection, page.document_id, DocumentState.SPLIT)
        doing.request(Work(WorkKind.DOCUMENT, page.document_id, priority=2))
        audit.append(
            doing.connection, caller.actor, "page.decided", "page", page_id,
            collection_id=page.collection_id,
            details={
                "outcome": decided.outcome.value,
                "template_page": str(template_page_id) if template_page_id else None,
                "was": current.outcome.value,
            },
        )  # fmt: skip
    return decided


def _look_at(doing: Change, caller: Caller, page: Page) -> None:
    """Have a page that was taken for blank embedded and routed."""
    pages.set_state(doing.connection, page.id, PageState.SPLIT)
    documents.set_state(doing.connection, page.document_id, DocumentState.SPLIT)
    doing.request(Work(WorkKind.DOCUMENT, page.document_id, priority=2))
    audit.append(
        doing.connection, caller.actor, "page.decided", "page", page.id,
        collection_id=page.collection_id, details={"was": PageState.BLANK.value},
    )  # fmt: skip


def _decision(current: Match, template_page_id: UUID | None) -> Match:
    chosen: Candidate | None = None
    if template_page_id is not None:
        chosen = next(
            (c for c in current.candidates if c.template_page_id == template_page_id), None
        )
        if chosen is None or chosen.transform is None:
            raise InvalidInputError(
                field="template_page_id", reason="the page was not registered onto this template"
            )
    rest = tuple(c for c in current.candidates if c is not chosen)
    return Match(
        id=new_id(),
        page_id=current.page_id,
        collection_id=current.collection_id,
        outcome=Outcome.ROUTED if chosen else Outcome.UNKNOWN,
        template_page_id=chosen.template_page_id if chosen else None,
        version_id=chosen.version_id if chosen else None,
        family_id=chosen.family_id if chosen else None,
        probability=1.0,
        margin=1.0,
        reason="decided-by-person",
        transform=chosen.transform if chosen else None,
        candidates=(chosen, *rest) if chosen else current.candidates,
        decided_by="person",
        created_at=datetime.now(UTC),
    )
