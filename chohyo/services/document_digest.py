"""Tell of one document: its pages, its filled forms with their values, and what one may ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from chohyo.domain.access import Caller, Role
from chohyo.domain.answers import Citation, QuestionAnswer, Sentence
from chohyo.domain.documents import Document, Page, PageState
from chohyo.domain.geometry import Box
from chohyo.domain.templates import FieldType
from chohyo.services.answer_evidence import Region
from chohyo.services.answer_texts import number_text, snippet
from chohyo.services.documents import visible_document
from chohyo.services.search_sight import visible_text
from chohyo.services.values import FieldValue, InstanceView, instance_views
from chohyo.storage import instances, pages
from chohyo.storage.database import Connection
from chohyo.translation import render_finding
from chohyo.translation.answers import say

_WHOLE: Final = Box(0.0, 0.0, 1.0, 1.0)
_VALUES: Final = 10  # of a form, that are told
_FORMS: Final = 6
_UNKNOWN: Final = 5
_QUESTIONS: Final = 12
_LINES: Final = 6  # at the head of a page that is of no known type
_ASKED: Final = {
    FieldType.AMOUNT: "q-amount", FieldType.DATE: "q-date", FieldType.PERSON_NAME: "q-who",
}  # fmt: skip
# What people want to know of a form first.
_TELLING: Final = (
    FieldType.PERSON_NAME, FieldType.COMPANY_NAME, FieldType.DATE, FieldType.AMOUNT,
    FieldType.CHOICE, FieldType.INTEGER, FieldType.TEXT,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Digest:
    """What there is to tell, the questions it answers, and the regions that may be cited."""

    sentences: tuple[Sentence, ...] = ()
    questions: tuple[QuestionAnswer, ...] = ()
    regions: tuple[Region, ...] = ()


def joined(parts: Sequence[Digest]) -> Digest:
    """Return several digests as one."""
    return Digest(
        tuple(each for part in parts for each in part.sentences),
        tuple(each for part in parts for each in part.questions),
        tuple(each for part in parts for each in part.regions),
    )


def digest(
    connection: Connection, caller: Caller, document_id: UUID, zone: ZoneInfo, language: str
) -> Digest:
    """Return what a document tells; personal data is masked for viewers."""
    document = visible_document(connection, caller, document_id, Role.VIEWER)
    own = pages.of_document(connection, document_id)
    forms = [each for each in instances.of_document(connection, document_id) if each.settled]
    views = instance_views(connection, caller, forms)
    teller = _Teller(document, {page.id: page for page in own}, language)
    sentences = [teller.head(zone)] if own else []
    questions: list[QuestionAnswer] = []
    regions: list[Region] = []
    for view in views[:_FORMS]:
        sentences += teller.form(view)
        questions += teller.form_questions(view)
        regions += teller.regions(view)
    told = {page_id for view in views for page_id in view.instance.page_ids}
    loose = [p for p in own if p.id not in told and p.state is not PageState.BLANK][:_UNKNOWN]
    texts = visible_text(connection, caller, loose)
    for page in loose:
        lines = [line for line in (texts[page.id].lines if page.id in texts else ()) if line.raw]
        beginning = " ".join(line.raw for line in lines[:_LINES])
        sentences.append(teller.loose(page, beginning))
        regions += [teller.region(page, line.raw, line.box) for line in lines[: 4 * _LINES]]
    return Digest(tuple(sentences), tuple(questions[:_QUESTIONS]), tuple(regions))


@dataclass(frozen=True, slots=True)
class _Teller:
    """Tells of one document in one language."""

    document: Document
    pages: dict[UUID, Page]
    language: str

    def head(self, zone: ZoneInfo) -> Sentence:
        """Say how many pages there are, and since when."""
        first = min(self.pages.values(), key=lambda page: page.page_no)
        day = self.document.created_at.astimezone(zone).date().isoformat()
        text = say("document", self.language, filename=self.document.filename,
                   pages=len(self.pages), day=day)  # fmt: skip
        return Sentence(text, (self._cite(first, _WHOLE),))

    def form(self, view: InstanceView) -> list[Sentence]:
        """Say which form there is, what is amiss, and its most telling values."""
        sentences = [Sentence(self._kind(view), self._where(view))]
        for finding in view.instance.findings:
            text = render_finding(finding.code, finding.params, self.language)
            sentences.append(Sentence(text, self._where(view)))
        for each in _telling(view.values):
            sentences.append(self._value(each))
        empty = [v.field.spec.label or v.field.spec.name for v in view.values if _unfilled(v)]
        if empty:
            text = say("empty", self.language, labels=", ".join(dict.fromkeys(empty[:_VALUES])))
            sentences.append(Sentence(text, self._where(view)))
        return sentences

    def form_questions(self, view: InstanceView) -> list[QuestionAnswer]:
        """Return the questions that a form answers."""
        kind = (Sentence(self._kind(view), self._where(view)),)
        items = [QuestionAnswer(say("q-kind", self.language), kind)]
        if view.instance.findings:
            amiss = tuple(
                Sentence(render_finding(f.code, f.params, self.language), self._where(view))
                for f in view.instance.findings
            )
            question = say("q-missing", self.language, family=view.version.family_name)
            items.append(QuestionAnswer(question, amiss))
        for each in _telling(view.values):
            code = _ASKED.get(each.field.spec.type, "q-what")
            label = each.field.spec.label or each.field.spec.name
            items.append(
                QuestionAnswer(say(code, self.language, label=label), (self._value(each),))
            )
        return items

    def loose(self, page: Page, beginning: str) -> Sentence:
        """Say how a page begins that belongs to no form."""
        code = "unknown-page" if beginning else "hidden-page"
        text = say(code, self.language, page=page.page_no, text=snippet(beginning))
        return Sentence(text, (self._cite(page, _WHOLE),))

    def regions(self, view: InstanceView) -> list[Region]:
        """Return a form's kind and its values as regions that may be cited."""
        first = self.pages[view.instance.page_ids[0]]
        found = [self.region(first, self._kind(view), _WHOLE)]
        for each in view.values:
            if not each.value.reading.empty and not each.masked:
                citation, label = self._citation(each), each.field.spec.label
                meant = f"{label} {each.value.reading.raw} {each.value.reading.normalized}"
                found.append(Region(citation, meant, 1.0))
        return found

    def region(self, page: Page, text: str, box: Box) -> Region:
        """Return a piece of a page as a region that may be cited."""
        return Region(self._cite(page, box, text), text, 1.0)

    def _kind(self, view: InstanceView) -> str:
        numbers = [self.pages[p].page_no for p in view.instance.page_ids if p in self.pages]
        page = f"{min(numbers)}–{max(numbers)}" if len(numbers) > 1 else str(numbers[0])
        version = view.version
        return say("form", self.language, page=page, family=version.family_name,
                   version=version.label)  # fmt: skip

    def _where(self, view: InstanceView) -> tuple[Citation, ...]:
        own = [self.pages[p] for p in view.instance.page_ids if p in self.pages]
        return tuple(self._cite(page, _WHOLE) for page in own)

    def _value(self, each: FieldValue) -> Sentence:
        label = each.field.spec.label or each.field.spec.name
        text = say("field", self.language, label=label, text=self._shown(each))
        return Sentence(text, (self._citation(each),))

    def _shown(self, each: FieldValue) -> str:
        reading = each.value.reading
        if each.masked or each.field.spec.type is not FieldType.CHECKBOX:
            return snippet(reading.raw or number_text(reading.normalized))
        return say("ticked" if reading.normalized else "unticked", self.language)

    def _citation(self, each: FieldValue) -> Citation:
        reading, page = each.value.reading, self.pages[each.value.page_id]
        label = each.field.spec.label or each.field.spec.name
        return self._cite(page, reading.box, reading.raw, label)

    def _cite(self, page: Page, box: Box, text: str = "", label: str = "") -> Citation:
        return Citation(
            self.document.id, self.document.filename, page.id, page.page_no, box, text, label
        )


def _telling(values: Sequence[FieldValue]) -> list[FieldValue]:
    """Return the values that say most about a form, in the order of its fields."""
    filled = [each for each in values if not each.value.reading.empty and _says(each)]
    rank = {kind: number for number, kind in enumerate(_TELLING)}

    def worth(each: FieldValue) -> tuple[bool, int]:
        return each.field.spec.cell is not None, rank.get(each.field.spec.type, len(rank))

    by_worth = sorted(filled, key=worth)
    chosen = {each.value.id for each in by_worth[:_VALUES]}
    return [each for each in values if each.value.id in chosen]


def _says(each: FieldValue) -> bool:
    if each.field.spec.type is FieldType.IMAGE:
        return False
    return each.field.spec.type is not FieldType.CHECKBOX or bool(each.value.reading.normalized)


def _unfilled(each: FieldValue) -> bool:
    kinds = (FieldType.CHECKBOX, FieldType.IMAGE)
    spec = each.field.spec
    return each.value.reading.empty and spec.type not in kinds and spec.cell is None
