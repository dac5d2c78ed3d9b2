"""Tell of many documents at once: how many forms of which type, and figures over their fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from chohyo.domain.access import Caller
from chohyo.domain.answers import Citation, CountedForm, QuestionAnswer, Sentence
from chohyo.domain.templates import FieldType, TemplateVersion
from chohyo.search.question_names import NamedField, fields_of
from chohyo.services.answer_evidence import Region
from chohyo.services.answer_texts import number_text
from chohyo.services.counting import page_citation
from chohyo.services.document_digest import Digest
from chohyo.services.unmasking import may_see_pii
from chohyo.storage import answers
from chohyo.storage.answers import Chosen, Computed, FamilyCount
from chohyo.storage.database import Connection
from chohyo.translation.answers import say

_FAMILIES: Final = 8
_FIELDS: Final = 3  # of a form type, that figures are told of
_CITED: Final = 5


def digest(
    connection: Connection,
    caller: Caller,
    chosen: Chosen,
    versions: Sequence[TemplateVersion],
    documents: int,
    forms: int,
    language: str,
) -> Digest:
    """Return what many documents have in common; of personal data viewers are told no figures."""
    newest = answers.forms(connection, chosen, _CITED)
    text = say("selection", language, documents=documents, forms=forms)
    sentences = [Sentence(text, tuple(page_citation(each) for each in newest))]
    counts: list[Sentence] = []
    questions: list[QuestionAnswer] = []
    for each in answers.families(connection, chosen)[:_FAMILIES]:
        within = replace(chosen, families=[each.family_id])
        own_newest = answers.forms(connection, within, _CITED)
        cited = [page_citation(form) for form in own_newest]
        counts.append(_family(each, cited, language))
        sentences.append(counts[-1])
        own = [version for version in versions if version.family_id == each.family_id]
        for field in _telling(caller, own):
            told = _figures(connection, within, own_newest, each, field, language)
            if told is not None:
                sentences.append(told)
                code = "q-span" if field.spec.type is FieldType.DATE else "q-sum"
                question = say(code, language, field=field.label, family=each.family_name)
                questions.append(QuestionAnswer(question, (told,)))
    if counts:
        questions.insert(0, QuestionAnswer(say("q-forms", language), tuple(counts)))
    regions = [
        Region(sentence.citations[0], sentence.text, 1.0)
        for sentence in sentences
        if sentence.citations
    ]
    return Digest(tuple(sentences), tuple(questions), tuple(regions))


def _family(each: FamilyCount, cited: Sequence[Citation], language: str) -> Sentence:
    text = say("family", language, family=each.family_name, forms=each.forms,
               documents=each.documents)  # fmt: skip
    return Sentence(text, tuple(cited))


def _telling(caller: Caller, versions: Sequence[TemplateVersion]) -> list[NamedField]:
    """Return the amounts and dates that are worth telling, those outside tables first."""
    clear = all(may_see_pii(caller, each.collection_id) for each in versions)
    kinds = (FieldType.AMOUNT, FieldType.DATE, FieldType.INTEGER)
    fitting = [
        each
        for each in fields_of(versions)
        if each.spec.type in kinds and each.spec.cell is None and (clear or not each.pii)
    ]
    return sorted(fitting, key=lambda each: kinds.index(each.spec.type))[:_FIELDS]


def _figures(
    connection: Connection,
    within: Chosen,
    newest: Sequence[CountedForm],
    family: FamilyCount,
    field: NamedField,
    language: str,
) -> Sentence | None:
    dates = field.spec.type is FieldType.DATE
    computed = answers.compute(connection, within, list(field.specs), dates=dates)
    if not computed.used:
        return None
    labels = dict.fromkeys(field.specs, field.label)
    found = answers.values_of_forms(connection, newest, labels)
    cited = tuple(value for values in found.values() for value in values)[:_CITED]
    return Sentence(_text(family, field, computed, language, dates=dates), cited)


def _text(
    family: FamilyCount, field: NamedField, computed: Computed, language: str, *, dates: bool
) -> str:
    return say(
        "dates" if dates else "figures", language, family=family.family_name, field=field.label,
        sum=number_text(computed.sum), average=number_text(computed.average),
        least=number_text(computed.least), most=number_text(computed.most),
    )  # fmt: skip
