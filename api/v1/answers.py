"""Questions about documents, summaries, and the questions that people ask of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from api import streaming
from api.idempotency import IdempotentRoute
from api.language import reader_locale
from api.problems import problem_of
from api.security import CallerDep, RuntimeDep, allow
from api.v1.schemas.answers import (
    AnswerOut,
    FaqOut,
    Language,
    QuestionAnswerOut,
    QuestionIn,
    SelectionIn,
    SentenceOut,
    SummaryOut,
)
from chohyo.domain.access import Caller, Role
from chohyo.domain.answers import Selection
from chohyo.errors import EmptyQueryError, NotFoundError, QueryTooLongError, UnknownFieldError
from chohyo.services import answering, summaries
from chohyo.services.answering import AnswerEngine
from chohyo.services.runtime import Runtime

Made = TypeVar("Made")
Part = TypeVar("Part")
Out = TypeVar("Out", bound=BaseModel)

router = APIRouter(tags=["answers"], route_class=IdempotentRoute)

Written = Annotated[bool, Query(description="Whether a chat model writes, where there is one.")]
Wanted = Annotated[Language | None, Query(description="Of the answer; else the reader's.")]

_EVENT = {
    "type": "object",
    "required": ["event", "data"],
    "properties": {
        "event": {"enum": ["sentence", "entry", "answer", "problem"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
}


def _followed(
    allowed: dict[str, Any], model: type[AnswerOut | SummaryOut | FaqOut]
) -> dict[str, Any]:
    """Return what a route declares whose answer is JSON, or a stream for who wants one."""
    content = {streaming.MEDIA_TYPE: {"schema": _EVENT}}
    responses = {200: {"model": model, "content": content}, **allowed["responses"]}
    return {**allowed, "responses": responses, "response_model": model}


@router.post(
    "/answers",
    summary="Answer a question about documents",
    **_followed(
        allow(Role.VIEWER, NotFoundError, EmptyQueryError, QueryTooLongError, UnknownFieldError),
        AnswerOut,
    ),
)
def answer(
    request: Request, runtime: RuntimeDep, caller: CallerDep, asked: QuestionIn
) -> AnswerOut | Response:
    """Return an answer in sentences, each with the regions it rests on.

    What asks for figures (how many, in all, on average) is computed over values, and shows how it
    was understood and which forms were counted. Else it is answered from what pages say; where
    they say nothing, the answer is that nobody knows. Viewers are answered without personal data.

    With `Accept: text/event-stream` each sentence that a chat model writes is an event `sentence`
    as soon as its regions were found to bear it, and the whole answer the event `answer`: it holds
    in place of the sentences, for a model that is too late is not waited for.
    """
    engine = _engine(request, write=asked.write)

    make = partial(
        answering.answer, runtime, engine, caller, asked.question, asked.selection(),
        asked.language,
    )  # fmt: skip
    return _made(request, make, AnswerOut.of, SentenceOut.of)


@router.post(
    "/summaries",
    summary="Summarize documents",
    **_followed(allow(Role.VIEWER, NotFoundError, UnknownFieldError), SummaryOut),
)
def summarize(
    request: Request, runtime: RuntimeDep, caller: CallerDep, asked: SelectionIn
) -> SummaryOut | Response:
    """Return what the selected documents are about; viewers get personal data masked.

    It can be followed as an answer can.
    """
    language = asked.language or reader_locale(request)
    engine = _engine(request, write=asked.write)
    return _summary(request, runtime, caller, engine, asked.selection(), language)


@router.post(
    "/faqs",
    summary="Ask what documents answer",
    **_followed(allow(Role.VIEWER, NotFoundError, UnknownFieldError), FaqOut),
)
def frequent_questions(
    request: Request, runtime: RuntimeDep, caller: CallerDep, asked: SelectionIn
) -> FaqOut | Response:
    """Return questions that the selected documents answer, with the answers.

    It can be followed as an answer can: each question that a chat model writes is an event `entry`
    as soon as its answer was found to hold.
    """
    language = asked.language or reader_locale(request)
    engine = _engine(request, write=asked.write)
    return _faq(request, runtime, caller, engine, asked.selection(), language)


@router.get(
    "/documents/{document_id}/summary",
    summary="Summarize a document",
    **_followed(allow(Role.VIEWER, NotFoundError), SummaryOut),
)
def summarize_document(
    request: Request,
    runtime: RuntimeDep,
    caller: CallerDep,
    document_id: UUID,
    language: Wanted = None,
    write: Written = True,
) -> SummaryOut | Response:
    """Return what a document is about; viewers get personal data masked.

    It can be followed as an answer can.
    """
    chosen = language or reader_locale(request)
    engine, selection = _engine(request, write=write), Selection((document_id,))
    return _summary(request, runtime, caller, engine, selection, chosen)


@router.get(
    "/documents/{document_id}/faq",
    summary="Ask what a document answers",
    **_followed(allow(Role.VIEWER, NotFoundError), FaqOut),
)
def questions_of_document(
    request: Request,
    runtime: RuntimeDep,
    caller: CallerDep,
    document_id: UUID,
    language: Wanted = None,
    write: Written = True,
) -> FaqOut | Response:
    """Return questions that a document answers, with the answers.

    They can be followed as those of a selection can.
    """
    chosen = language or reader_locale(request)
    engine, selection = _engine(request, write=write), Selection((document_id,))
    return _faq(request, runtime, caller, engine, selection, chosen)


def _summary(
    request: Request,
    runtime: Runtime,
    caller: Caller,
    engine: AnswerEngine,
    selection: Selection,
    language: str,
) -> SummaryOut | Response:
    make = partial(summaries.summarize, runtime, engine, caller, selection, language)
    return _made(request, make, SummaryOut.of, SentenceOut.of)


def _faq(
    request: Request,
    runtime: Runtime,
    caller: Caller,
    engine: AnswerEngine,
    selection: Selection,
    language: str,
) -> FaqOut | Response:
    make = partial(summaries.frequent_questions, runtime, engine, caller, selection, language)
    return _made(request, make, FaqOut.of, QuestionAnswerOut.of, "entry")


def _made(
    request: Request,
    make: Callable[..., Made],
    shown: Callable[[Made], Out],
    part: Callable[[Part], BaseModel],
    name: str = "sentence",
) -> Out | Response:
    """Return an answer, or where it is followed a stream of its parts by this name, and of it."""
    if not streaming.is_wanted(request):
        return shown(make())
    locale = reader_locale(request)
    return streaming.told(
        make,
        lambda each: part(each).model_dump_json(),
        lambda made: shown(made).model_dump_json(),
        lambda error: problem_of(error, locale).model_dump_json(),
        name,
    )


def _engine(request: Request, *, write: bool) -> AnswerEngine:
    engine: AnswerEngine = request.app.state.answers
    return engine.chosen(write=write)
