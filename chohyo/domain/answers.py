"""Questions about documents, and answers in sentences that cite the regions they rest on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from chohyo.domain.geometry import Box
from chohyo.domain.search import Comparison, SearchFilters
from chohyo.domain.spaces import EmbeddingSpace


class AnswerKind(StrEnum):
    """What an answer rests on: values that were counted, regions that were found, or nothing."""

    COUNTED = "counted"
    FOUND = "found"
    UNKNOWN = "unknown"


class ComposedBy(StrEnum):
    """Who wrote the sentences: rules of ours, or a chat model."""

    RULES = "rules"
    MODEL = "model"


class Operation(StrEnum):
    """What is computed over the forms that are counted."""

    COUNT = "count"
    LIST = "list"
    SUM = "sum"
    AVERAGE = "average"
    LEAST = "least"
    MOST = "most"


@dataclass(frozen=True, slots=True)
class Selection:
    """The documents that are meant: of these ids where any are given, and passing the filters."""

    document_ids: tuple[UUID, ...] = ()
    filters: SearchFilters = field(default_factory=SearchFilters)


@dataclass(frozen=True, slots=True)
class Citation:
    """A region of a page that a sentence rests on, with what stands there.

    `label` is the field's where the region is one.
    """

    document_id: UUID
    filename: str
    page_id: UUID
    page_no: int
    box: Box
    text: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an answer, and the regions it rests on."""

    text: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `since` to `until`, both included, or `months` (1..12) of any year."""

    since: date | None = None
    until: date | None = None
    months: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FormType:
    """A family that a question names."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Computation:
    """An operation, and the label of the field it is over; counting and listing are over none."""

    operation: Operation
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Interpretation:
    """How a question over fields was understood, so that a person can check it.

    `date_field` is the label of the field that the period is meant of; None: the day of receipt.
    `words` have to stand in a form's values; `ignored` ones were not understood and stand in none.
    """

    families: tuple[FormType, ...]
    version_label: str | None
    period: Period | None
    date_field: str | None
    comparisons: tuple[Comparison, ...]
    computations: tuple[Computation, ...]
    words: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """What an operation gave: `values` were computed with, `missing` forms have none that can be.

    None where there was no value at all. A date for the first or last of dates.
    """

    operation: Operation
    field: str | None
    result: int | float | str | None
    values: int
    missing: int


@dataclass(frozen=True, slots=True)
class CountedForm:
    """A filled form that was counted: where it is, and its values of the fields in question."""

    instance_id: UUID
    document_id: UUID
    filename: str
    page_id: UUID
    page_no: int
    family_name: str
    values: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """A question over fields, as it was understood and computed; `forms` are the newest of all."""

    interpretation: Interpretation
    figures: tuple[Figure, ...]
    total: int
    forms: tuple[CountedForm, ...]


@dataclass(frozen=True, slots=True)
class Authorship:
    """Who answered: the chat model if one did, the space of meanings if it had a part.

    `removed` sentences of the model did not hold; `fallback` is the code of why there is none.
    """

    composed_by: ComposedBy
    model: str | None = None
    text_space: EmbeddingSpace | None = None
    removed: int = 0
    fallback: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a question, in the language `language` (`ja` or `en`)."""

    kind: AnswerKind
    language: str
    sentences: tuple[Sentence, ...]
    counted: Counted | None
    by: Authorship


@dataclass(frozen=True, slots=True)
class Summary:
    """What documents are about: `documents` are selected, `forms` filled forms among them."""

    language: str
    documents: int
    forms: int
    sentences: tuple[Sentence, ...]
    by: Authorship


@dataclass(frozen=True, slots=True)
class QuestionAnswer:
    """A question that documents answer, with the answer."""

    question: str
    answer: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Faq:
    """Questions that people ask about documents, with their answers."""

    language: str
    items: tuple[QuestionAnswer, ...]
    by: Authorship
