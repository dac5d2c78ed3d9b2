"""Ask about documents, and what a document is about; parts of the search and document pages."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse

from api.console.guard import BoundedRoute
from api.console.visit import Acting, Visit, Visiting
from chohyo.domain.answers import Selection
from chohyo.errors import ChohyoError
from chohyo.services import answering, summaries
from chohyo.services.answering import AnswerEngine
from chohyo.services.page_pictures import marked_address
from chohyo.translation import render

router = APIRouter(route_class=BoundedRoute)


@router.post("/ask")
def ask(
    visit: Acting,
    question: Annotated[str, Form()] = "",
    document: Annotated[UUID | None, Form()] = None,
    write: Annotated[bool, Form()] = False,
) -> HTMLResponse:
    """Show an answer: what is composed at once, and then what a chat model writes.

    The question stays out of the address, and so out of every log.
    """
    selection = Selection((document,) if document else ())
    asked = question.replace("\0", "")
    engine = _engine(visit)
    try:
        answer = answering.answer(
            visit.runtime, engine.chosen(write=write), visit.caller, asked, selection
        )
    except ChohyoError as error:
        return visit.show(
            "partials/answer.html", refusal=render(error, visit.locale), answer=None, again=None
        )
    more = engine.writer is not None and not write and answer.counted is None
    return visit.show(
        "partials/answer.html", refusal=None, answer=answer, marked_address=marked_address,
        again={"question": asked, "document": document} if more else None,
    )  # fmt: skip


@router.get("/documents/{document_id}/summary")
def summary(visit: Visiting, document_id: UUID, write: bool = False) -> HTMLResponse:
    """Show what a document is about: what is composed, and then what a chat model writes."""
    engine = _engine(visit)
    told = summaries.summarize(
        visit.runtime, engine.chosen(write=write), visit.caller, Selection((document_id,)),
        visit.locale,
    )  # fmt: skip
    more = document_id if engine.writer is not None and not write else None
    return visit.show("partials/summary.html", told=told, more=more, marked_address=marked_address)


@router.get("/documents/{document_id}/faq")
def frequent_questions(visit: Visiting, document_id: UUID) -> HTMLResponse:
    """Show the questions that a document answers."""
    told = summaries.frequent_questions(
        visit.runtime, _engine(visit), visit.caller, Selection((document_id,)), visit.locale
    )
    return visit.show(
        "partials/faq.html", told=told, questions=told.items, marked_address=marked_address
    )


def _engine(visit: Visit) -> AnswerEngine:
    engine: AnswerEngine = visit.request.app.state.answers
    return engine
