"""Questions about documents, summaries, and the questions that people ask of them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from api.idempotency import IdempotentRoute
from api.language import reader_locale
from api.security import CallerDep, RuntimeDep, allow
from api.v1.schemas.answers import (
    AnswerOut,
    FaqOut,
    Language,
    QuestionIn,
    SelectionIn,
    SummaryOut,
)
from chohyo.domain.access import Role
from chohyo.domain.answers import Selection
from chohyo.errors import EmptyQueryError, NotFoundError, QueryTooLongError, UnknownFieldError
from chohyo.services import answering, summaries
from chohyo.services.answering import AnswerEngine

router = APIRouter(tags=["answers"], route_class=IdempotentRoute)

Written = Annotated[bool, Query(description="Whether a chat model writes, where there is one.")]
Wanted = Annotated[Language | None, Query(description="Of the answer; else the reader's.")]


@router.post(
    "/answers",
    summary="Answer a question about documents",
    **allow(Role.VIEWER, NotFoundError, EmptyQueryError, QueryTooLongError, UnknownFieldError),
)
def answer(
    request: Request, runtime: RuntimeDep, caller: CallerDep, asked: QuestionIn
) -> AnswerOut:
    """Return an answer in sentences, each with the regions it rests on.

    What asks for figures (how many, in all, on average) is computed over values, and shows how it
    was understood and which forms were counted. Else it is answered from what pages say; where
    they say nothing, the answer is that nobody knows. Viewers are answered without personal data.
    """
    engine = _engine(request, write=asked.write)
    made = answering.answer(
        runtime, engine, caller, asked.question, asked.selection(), asked.language
    )
    return AnswerOut.of(made)


@router.post(
    "/summaries",
    summary="Summarize documents",
    **allow(Role.VIEWER, NotFoundError, UnknownFieldError),
)
def summarize(
    request: Request, runtime: RuntimeDep, caller: CallerDep, asked: SelectionIn
) -> SummaryOut:
    """Return what the selected documents are about; viewers get personal data masked."""
    language = asked.language or reader_locale(request)
    engine = _engine(request, write=asked.write)
    return SummaryOut.of(summaries.summarize(runtime, engine, caller, asked.selection(), language))


@router.post(
    "/faqs",
    summary="Ask what documents answer",
    **allow(Role.VIEWER, NotFoundError, UnknownFieldError),
)
def frequent_questions(
    request: Request, runtime: RuntimeDep, caller: CallerDep, asked: SelectionIn
) -> FaqOut:
    """Return questions that the selected documents answer, with the answers."""
    language = asked.language or reader_locale(request)
    engine = _engine(request, write=asked.write)
    return FaqOut.of(
        summaries.frequent_questions(runtime, engine, caller, asked.selection(), language)
    )


@router.get(
    "/documents/{document_id}/summary",
    summary="Summarize a document",
    **allow(Role.VIEWER, NotFoundError),
)
def summarize_document(
    request: Request,
    runtime: RuntimeDep,
    caller: CallerDep,
    document_id: UUID,
    language: Wanted = None,
    write: Written = True,
) -> SummaryOut:
    """Return what a document is about; viewers get personal data masked."""
    chosen = language or reader_locale(request)
    engine, selection = _engine(request, write=write), Selection((document_id,))
    return SummaryOut.of(summaries.summarize(runtime, engine, caller, selection, chosen))


@router.get(
    "/documents/{document_id}/faq",
    summary="Ask what a document answers",
    **allow(Role.VIEWER, NotFoundError),
)
def questions_of_document(
    request: Request,
    runtime: RuntimeDep,
    caller: CallerDep,
    document_id: UUID,
    language: Wanted = None,
    write: Written = True,
) -> FaqOut:
    """Return questions that a document answers, with the answers."""
    chosen = language or reader_locale(request)
    engine, selection = _engine(request, write=write), Selection((document_id,))
    return FaqOut.of(summaries.frequent_questions(runtime, engine, caller, selection, chosen))


def _engine(request: Request, *, write: bool) -> AnswerEngine:
    engine: AnswerEngine = request.app.state.answers
    return engine.chosen(write=write)
