"""Ask about documents, and what a document is about; parts of the search and document pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, Response

from api import streaming
from api.console.guard import BoundedRoute
from api.console.visit import Acting, Visit, Visiting
from chohyo.domain.answers import Answer, Faq, Selection, Summary
from chohyo.errors import ChohyoError
from chohyo.services import answering, summaries
from chohyo.services.answering import AnswerEngine
from chohyo.services.generating import Tell
from chohyo.services.page_pictures import marked_address
from chohyo.translation import render

Made = TypeVar("Made")

router = APIRouter(route_class=BoundedRoute)


@router.post("/ask")
def ask(
    visit: Acting,
    question: Annotated[str, Form()] = "",
    document: Annotated[UUID | None, Form()] = None,
    write: Annotated[bool, Form()] = False,
) -> Response:
    """Show an answer: what is composed at once, and then what a chat model writes, as it comes.

    The question stays out of the address, and so out of every log.
    """
    selection = Selection((document,) if document else ())
    asked = question.replace("\0", "")
    engine = _engine(visit)
    make = partial(
        answering.answer, visit.runtime, engine.chosen(write=write), visit.caller, asked, selection
    )
    if write and streaming.is_wanted(visit.request):
        return _stream(visit, lambda tell: make(tell=tell), partial(_answer, visit, again=None))
    try:
        answer = make()
    except ChohyoError as error:
        return HTMLResponse(_refusal(visit, error))
    more = engine.writer is not None and not write and answer.counted is None
    again = {"question": asked, "document": document} if more else None
    return HTMLResponse(_answer(visit, answer, again=again))


@router.get("/documents/{document_id}/summary")
def summary(visit: Visiting, document_id: UUID, write: bool = False) -> Response:
    """Show what a document is about: what is composed, and then what a chat model writes."""
    engine = _engine(visit)
    make = partial(
        summaries.summarize, visit.runtime, engine.chosen(write=write), visit.caller,
        Selection((document_id,)), visit.locale,
    )  # fmt: skip
    if write and streaming.is_wanted(visit.request):
        return _stream(visit, make, partial(_summary, visit, more=None))
    more = document_id if engine.writer is not None and not write else None
    return HTMLResponse(_summary(visit, make(), more=more))


@router.get("/documents/{document_id}/faq")
def frequent_questions(visit: Visiting, document_id: UUID, write: bool = False) -> Response:
    """Show the questions that a document answers: those composed, and then a chat model's."""
    engine = _engine(visit)
    make = partial(
        summaries.frequent_questions, visit.runtime, engine.chosen(write=write), visit.caller,
        Selection((document_id,)), visit.locale,
    )  # fmt: skip
    if write and streaming.is_wanted(visit.request):
        one = partial(visit.text, "partials/question.html", marked_address=marked_address)
        return streaming.told(
            make,
            lambda entry: json.dumps(one(entry=entry)),
            lambda made: json.dumps(_faq(visit, made, more=None)),
            lambda error: json.dumps(_refusal(visit, error)),
            "entry",
        )
    more = document_id if engine.writer is not None and not write else None
    return HTMLResponse(_faq(visit, make(), more=more))


def _answer(visit: Visit, answer: Answer, again: Mapping[str, object] | None) -> str:
    return visit.text(
        "partials/answer.html", refusal=None, answer=answer, marked_address=marked_address,
        again=again,
    )  # fmt: skip


def _summary(visit: Visit, told: Summary, more: UUID | None) -> str:
    return visit.text("partials/summary.html", told=told, more=more, marked_address=marked_address)


def _faq(visit: Visit, told: Faq, more: UUID | None) -> str:
    return visit.text("partials/faq.html", told=told, more=more, marked_address=marked_address)


def _refusal(visit: Visit, error: ChohyoError) -> str:
    refusal = render(error, visit.locale)
    return visit.text("partials/answer.html", refusal=refusal, answer=None, again=None)


def _stream(visit: Visit, make: Callable[[Tell], Made], whole: Callable[[Made], str]) -> Response:
    """Return pieces of the page as events: what a script puts in place of what is shown."""
    one = partial(visit.text, "partials/sentence.html", marked_address=marked_address)
    return streaming.told(
        make,
        lambda sentence: json.dumps(one(sentence=sentence)),
        lambda made: json.dumps(whole(made)),
        lambda error: json.dumps(_refusal(visit, error)),
    )


def _engine(visit: Visit) -> AnswerEngine:
    engine: AnswerEngine = visit.request.app.state.answers
    return engine
