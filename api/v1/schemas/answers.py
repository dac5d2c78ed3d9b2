"""Questions, answers, summaries and frequent questions."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from api.v1.schemas.basics import Input, Output
from api.v1.schemas.search import FiltersIn
from api.v1.schemas.status import SpaceOut
from chohyo.domain.answers import (
    Answer,
    AnswerKind,
    Authorship,
    Citation,
    ComposedBy,
    Counted,
    CountedForm,
    Faq,
    Interpretation,
    Operation,
    QuestionAnswer,
    Selection,
    Sentence,
    Summary,
)
from chohyo.domain.search import Comparing
from chohyo.services.page_pictures import marked_address

Language = Literal["ja", "en"]


class SelectionIn(Input):
    """The documents that are meant: those of `document_ids` where any are given, that pass.

    Without `write` no chat model is asked: what is composed is there within a second, to be shown
    until the same request with `write` is answered.
    """

    document_ids: Annotated[tuple[UUID, ...], Field(max_length=200)] = ()
    filters: FiltersIn = FiltersIn()
    language: Language | None = None
    write: bool = True

    def selection(self) -> Selection:
        """Return the selection as the service takes it."""
        return Selection(self.document_ids, self.filters.filters())


class QuestionIn(SelectionIn):
    """A question in Japanese or English; `language` of the answer is its own when null."""

    # Its length is the service's to judge, so that too long a question is told what it is.
    question: Annotated[str, StringConstraints(max_length=100_000, pattern=r"^[^\x00]*$")]


class CitationOut(BaseModel):
    """A region that a sentence rests on: with its text, and the label of the field it is."""

    document_id: UUID
    filename: str
    page_id: UUID
    page_no: int
    box: list[float]
    text: str
    label: str
    crop: str

    @classmethod
    def of(cls, each: Citation) -> CitationOut:
        """Show a citation."""
        return cls(
            document_id=each.document_id,
            filename=each.filename,
            page_id=each.page_id,
            page_no=each.page_no,
            box=each.box.as_list(),
            text=each.text,
            label=each.label,
            crop="/v1" + marked_address(each.page_id, "crop", [each.box]),
        )


class SentenceOut(BaseModel):
    """A sentence, and what it rests on."""

    text: str
    citations: list[CitationOut]

    @classmethod
    def of(cls, each: Sentence) -> SentenceOut:
        """Show a sentence."""
        return cls(text=each.text, citations=[CitationOut.of(c) for c in each.citations])


class AuthorOut(Output):
    """Who answered: rules of ours, or a chat model; the space that meanings were compared in.

    `removed` sentences of the model did not hold; `fallback` says why its answer is not here.
    """

    composed_by: ComposedBy
    model: str | None
    text_space: SpaceOut | None
    removed: int
    fallback: str | None

    @classmethod
    def of(cls, by: Authorship) -> AuthorOut:
        """Show who answered."""
        return cls.model_validate(by)


class FormTypeOut(Output):
    """A family that the question names."""

    id: UUID
    name: str


class PeriodOut(Output):
    """Days from `since` to `until`, both included, or `months` (1 to 12) of any year."""

    since: date | None
    until: date | None
    months: list[int]


class ConditionOut(Output):
    """A condition on a field."""

    field: str
    comparing: Comparing
    value: str


class ComputationOut(Output):
    """An operation, and the label of the field it is over."""

    operation: Operation
    field: str | None


class InterpretationOut(BaseModel):
    """How the question was understood. `date_field` null: the period is of the day of receipt.

    `words` have to stand in a form's values; `ignored` ones were not understood.
    """

    families: list[FormTypeOut]
    version_label: str | None
    period: PeriodOut | None
    date_field: str | None
    comparisons: list[ConditionOut]
    computations: list[ComputationOut]
    words: list[str]
    ignored: list[str]

    @classmethod
    def of(cls, meant: Interpretation) -> InterpretationOut:
        """Show an interpretation."""
        return cls.model_validate(meant, from_attributes=True)


class FigureOut(Output):
    """What was computed with `values`; `missing` forms have none. `result` is null without any."""

    operation: Operation
    field: str | None
    result: int | float | str | None
    values: int
    missing: int


class CountedFormOut(BaseModel):
    """A filled form that was counted, with its values of the fields in question."""

    instance_id: UUID
    document_id: UUID
    filename: str
    page_id: UUID
    page_no: int
    family_name: str
    values: list[CitationOut]

    @classmethod
    def of(cls, form: CountedForm) -> CountedFormOut:
        """Show a form."""
        return cls(
            instance_id=form.instance_id,
            document_id=form.document_id,
            filename=form.filename,
            page_id=form.page_id,
            page_no=form.page_no,
            family_name=form.family_name,
            values=[CitationOut.of(each) for each in form.values],
        )


class CountedOut(BaseModel):
    """How the question was understood and computed; `forms` are the newest 50 of `total`."""

    interpretation: InterpretationOut
    figures: list[FigureOut]
    total: int
    forms: list[CountedFormOut]

    @classmethod
    def of(cls, counted: Counted) -> CountedOut:
        """Show what was counted."""
        return cls(
            interpretation=InterpretationOut.of(counted.interpretation),
            figures=[FigureOut.model_validate(each) for each in counted.figures],
            total=counted.total,
            forms=[CountedFormOut.of(each) for each in counted.forms],
        )


class AnswerOut(BaseModel):
    """An answer: `counted` by SQL over values, `found` on pages, or `unknown`."""

    kind: AnswerKind
    language: Language
    sentences: list[SentenceOut]
    counted: CountedOut | None
    answered_by: AuthorOut

    @classmethod
    def of(cls, answer: Answer) -> AnswerOut:
        """Show an answer."""
        return cls.model_validate(
            {
                "kind": answer.kind,
                "language": answer.language,
                "sentences": [SentenceOut.of(each) for each in answer.sentences],
                "counted": CountedOut.of(answer.counted) if answer.counted else None,
                "answered_by": AuthorOut.of(answer.by),
            }
        )


class SummaryOut(BaseModel):
    """What documents are about; `forms` filled forms are in them."""

    language: Language
    documents: int
    forms: int
    sentences: list[SentenceOut]
    answered_by: AuthorOut

    @classmethod
    def of(cls, summary: Summary) -> SummaryOut:
        """Show a summary."""
        return cls.model_validate(
            {
                "language": summary.language,
                "documents": summary.documents,
                "forms": summary.forms,
                "sentences": [SentenceOut.of(each) for each in summary.sentences],
                "answered_by": AuthorOut.of(summary.by),
            }
        )


class QuestionAnswerOut(BaseModel):
    """A question that people ask, with its answer."""

    question: str
    answer: list[SentenceOut]

    @classmethod
    def of(cls, each: QuestionAnswer) -> QuestionAnswerOut:
        """Show a question with its answer."""
        return cls(question=each.question, answer=[SentenceOut.of(s) for s in each.answer])


class FaqOut(BaseModel):
    """Questions that the documents answer."""

    language: Language
    items: list[QuestionAnswerOut]
    answered_by: AuthorOut

    @classmethod
    def of(cls, faq: Faq) -> FaqOut:
        """Show frequent questions."""
        items = [QuestionAnswerOut.of(each) for each in faq.items]
        shown = {"language": faq.language, "items": items, "answered_by": AuthorOut.of(faq.by)}
        return cls.model_validate(shown)
