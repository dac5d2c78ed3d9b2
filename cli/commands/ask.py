"""`chohyo ask`, `chohyo summary`: answers about documents, and what they are about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Generic, TypeVar
from uuid import UUID

import typer

from chohyo.domain.answers import (
    Answer,
    Authorship,
    Citation,
    QuestionAnswer,
    Selection,
    Sentence,
)
from chohyo.domain.search import SearchFilters
from chohyo.profiles import open_answers, open_search
from chohyo.services import answering, summaries
from chohyo.services.answering import AnswerEngine
from chohyo.services.search_input import condition_of
from cli.commands.search import day_of
from cli.desk import Desk, open_desk
from cli.options import AsJson, DataDir

Part = TypeVar("Part")

_CITED = 3


class Language(StrEnum):
    """A language that answers are given in."""

    JA = "ja"
    EN = "en"


Documents = Annotated[
    list[UUID] | None, typer.Option("--document", help="Only this document; may be given again.")
]
Where = Annotated[
    list[str] | None,
    typer.Option(help="Condition on a field, as `支払金額>=1000000`; may be given again."),
]
Family = Annotated[UUID | None, typer.Option("--family-id", help="Only forms of this type.")]
Since = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Taken in on this day or later.")
]
Until = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Taken in on this day or before.")
]
InLanguage = Annotated[Language | None, typer.Option(help="Language of the answer.")]


def ask(
    question: Annotated[str, typer.Argument(help="A question, in Japanese or English.")],
    document: Documents = None,
    family: Family = None,
    where: Where = None,
    since: Since = None,
    until: Until = None,
    language: InLanguage = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question about documents: counted over values, or from what pages say."""
    selection = _selection(document, family, where, since, until)
    with open_desk(data_dir, as_json=as_json) as desk:
        heard = _Heard[Sentence](lambda each: _say(desk, [each]))
        answer = answering.answer(
            desk.runtime, _engine(desk), desk.caller, question, selection, language, heard
        )
        desk.terminal.result(answer)
        heard.complete(answer.sentences)
        _show_forms(desk, answer)
        _sign(desk, answer.by)


def summary(
    document: Annotated[list[UUID] | None, typer.Argument(help="Ids of documents.")] = None,
    family: Family = None,
    where: Where = None,
    since: Since = None,
    until: Until = None,
    language: InLanguage = None,
    faq: Annotated[bool, typer.Option("--faq", help="Questions they answer, instead.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Say what documents are about: of those named, of those that pass, or of all."""
    selection = _selection(document, family, where, since, until)
    with open_desk(data_dir, as_json=as_json) as desk:
        chosen = language or desk.terminal.locale
        engine = _engine(desk)
        if faq:
            asked = _Heard[QuestionAnswer](lambda each: _say_entry(desk, each))
            told = summaries.frequent_questions(
                desk.runtime, engine, desk.caller, selection, chosen, asked
            )
            desk.terminal.result(told)
            asked.complete(told.items)
            _sign(desk, told.by)
            return
        heard = _Heard[Sentence](lambda each: _say(desk, [each]))
        made = summaries.summarize(desk.runtime, engine, desk.caller, selection, chosen, heard)
        desk.terminal.result(made)
        heard.complete(made.sentences)
        _sign(desk, made.by)


@dataclass(slots=True)
class _Heard(Generic[Part]):
    """Says sentences, or questions with answers, as a chat model writes them."""

    say: Callable[[Part], None]
    told: list[Part] = field(default_factory=list)

    def __call__(self, part: Part) -> None:
        """Say a part."""
        self.told.append(part)
        self.say(part)

    def complete(self, parts: Sequence[Part]) -> None:
        """Say what is missing; where the model was too late, all of what holds in its place."""
        known = len(self.told) if self.told == list(parts[: len(self.told)]) else 0
        for part in parts[known:]:
            self.say(part)


def _engine(desk: Desk) -> AnswerEngine:
    return open_answers(desk.settings, open_search(desk.settings, desk.runtime), desk.runtime)


def _selection(
    documents: list[UUID] | None,
    family: UUID | None,
    where: list[str] | None,
    since: datetime | None,
    until: datetime | None,
) -> Selection:
    filters = SearchFilters(
        family_id=family,
        since=day_of(since),
        until=day_of(until),
        fields=tuple(condition_of(each) for each in where or ()),
    )
    return Selection(tuple(documents or ()), filters)


def _say(desk: Desk, sentences: Sequence[Sentence]) -> None:
    for sentence in sentences:
        desk.terminal.say("{text}{cited}", text=sentence.text, cited=_cited(sentence.citations))


def _say_entry(desk: Desk, entry: QuestionAnswer) -> None:
    desk.terminal.say("Q. {question}", question=entry.question)
    _say(desk, entry.answer)


def _cited(citations: Sequence[Citation]) -> str:
    places = dict.fromkeys(f"{each.filename} ({each.page_no})" for each in citations)
    shown = list(places)[:_CITED]
    more = f" +{len(places) - _CITED}" if len(places) > _CITED else ""
    return f"  [{', '.join(shown)}{more}]" if shown else ""


def _show_forms(desk: Desk, answer: Answer) -> None:
    if answer.counted is None or not answer.counted.forms:
        return
    rows = [
        [form.page_id, f"{form.filename} ({form.page_no})", form.family_name,
         ", ".join(f"{each.label} {each.text}" for each in form.values)]
        for form in answer.counted.forms
    ]  # fmt: skip
    desk.terminal.table(["Page", "File", "Form type", "Values"], rows)


def _sign(desk: Desk, by: Authorship) -> None:
    label = desk.terminal.label("composed_by", by.composed_by)
    desk.terminal.say("Answered by: {who}", who=f"{label} {by.model or ''}".strip())
