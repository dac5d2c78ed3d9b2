"""Answer questions over fields by counting filled forms and computing over their values, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from chohyo.domain.access import Caller, Role
from chohyo.domain.answers import (
    Citation,
    Counted,
    CountedForm,
    Figure,
    Interpretation,
    Operation,
    Selection,
    Sentence,
)
from chohyo.domain.geometry import Box
from chohyo.domain.search import SearchFilters
from chohyo.domain.templates import FieldType, TemplateVersion
from chohyo.errors import ForbiddenError, InvalidInputError
from chohyo.search.question_names import NamedField
from chohyo.search.questions import NUMBERS, Understood, understand
from chohyo.services.answer_texts import number_text, told
from chohyo.services.documents import visible_collections, visible_document
from chohyo.services.search_filters import narrow
from chohyo.services.unmasking import may_see_pii
from chohyo.storage import answers, templates
from chohyo.storage.answers import Chosen, Computed
from chohyo.storage.database import Connection
from chohyo.storage.search_filters import Among
from chohyo.translation.answers import say

SHOWN_FORMS: Final = 50
_CITED: Final = 20
_WHOLE: Final = Box(0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class CountedAnswer:
    """What was counted, and the sentences that say so; `personal` if a field is personal data."""

    counted: Counted
    sentences: tuple[Sentence, ...]
    personal: bool


def known_versions(
    connection: Connection, caller: Caller, filters: SearchFilters
) -> list[TemplateVersion]:
    """Return the versions that a caller may ask about, within the filters."""
    found = [
        version
        for collection_id in visible_collections(caller, filters.collection_id)
        for version in templates.versions_of_collection(connection, collection_id)
    ]
    return [
        each
        for each in found
        if filters.family_id in (None, each.family_id) and filters.version_id in (None, each.id)
    ]


def chosen_by(
    connection: Connection, caller: Caller, selection: Selection, zone: ZoneInfo
) -> Chosen:
    """Return which filled forms a selection means.

    Raises:
        NotFoundError: one of its documents is not there, or not for the caller.
        UnknownFieldError, ForbiddenError, InvalidInputError: a filter cannot be applied.
    """
    for document_id in selection.document_ids:
        visible_document(connection, caller, document_id, Role.VIEWER)
    filters = selection.filters
    if replace(filters, family_id=None).narrow:
        among = narrow(connection, caller, filters, zone)
    else:
        among = Among(visible_collections(caller, filters.collection_id))
    return Chosen(
        among=among,
        zone=zone.key,
        families=[filters.family_id] if filters.family_id else None,
        documents=list(selection.document_ids) or None,
    )


def count(
    connection: Connection,
    caller: Caller,
    question: str,
    selection: Selection,
    versions: Sequence[TemplateVersion],
    zone: ZoneInfo,
    language: str,
) -> CountedAnswer | None:
    """Return the figures that a question over fields asks for; None when it is none.

    Raises:
        ForbiddenError: it is about a field of personal data that the caller may not see.
    """
    understood = understand(question, versions, datetime.now(zone).date())
    if understood is None:
        return None
    chosen = _chosen(connection, caller, selection, understood, zone)
    if chosen is None:
        return None
    _require_clear(caller, chosen.among.collections, [*understood.fields, understood.date_field])
    understood, chosen = _with_words(connection, caller, understood, chosen)
    total = answers.count(connection, chosen)
    figures, cited = _figures(connection, chosen, understood, total)
    forms = answers.forms(connection, chosen, SHOWN_FORMS)
    forms = _with_values(connection, forms, _shown_fields(understood))
    counted = Counted(understood.interpretation, tuple(figures), total, tuple(forms))
    sentences = _sentences(counted, understood, cited, versions, language)
    fields = [*understood.fields, understood.date_field]
    personal = any(each is not None and each.pii for each in fields)
    return CountedAnswer(counted, tuple(sentences), personal)


def _chosen(
    connection: Connection,
    caller: Caller,
    selection: Selection,
    understood: Understood,
    zone: ZoneInfo,
) -> Chosen | None:
    meant = understood.interpretation
    families = [each.id for each in meant.families]
    filters = replace(
        selection.filters,
        family_id=families[0] if len(families) == 1 else selection.filters.family_id,
        fields=(*selection.filters.fields, *meant.comparisons),
    )
    try:
        chosen = chosen_by(connection, caller, replace(selection, filters=filters), zone)
    except InvalidInputError:
        if not meant.comparisons:
            raise
        return None  # what was taken for a condition cannot be one
    return replace(
        chosen,
        families=families or chosen.families,
        version_label=meant.version_label,
        period=meant.period or chosen.period,
        date_fields=list(understood.date_field.specs) if understood.date_field else None,
    )


def _with_words(
    connection: Connection, caller: Caller, understood: Understood, chosen: Chosen
) -> tuple[Understood, Chosen]:
    """Let the words count that stand in values of the forms; the others are told to be ignored."""
    clear = all(may_see_pii(caller, each) for each in chosen.among.collections)
    chosen = replace(chosen, clear=clear)
    found: list[str] = []
    ignored: list[str] = []
    for word in understood.interpretation.words:
        plain = "".join(word.split()).lower()
        stands = answers.count(connection, replace(chosen, words=[plain])) > 0
        (found if stands else ignored).append(word)
    words = ["".join(word.split()).lower() for word in found]
    meant = replace(understood.interpretation, words=tuple(found), ignored=tuple(ignored))
    return replace(understood, interpretation=meant), replace(chosen, words=words)


def _require_clear(
    caller: Caller, collections: Sequence[UUID], fields: Sequence[NamedField | None]
) -> None:
    personal = any(each is not None and each.pii for each in fields)
    if personal and not all(may_see_pii(caller, each) for each in collections):
        # Whoever may ask for the smallest of values finds one out.
        raise ForbiddenError(needed=Role.OPERATOR.value)


def _figures(
    connection: Connection, chosen: Chosen, understood: Understood, total: int
) -> tuple[list[Figure], list[tuple[Citation, ...]]]:
    figures: list[Figure] = []
    cited: list[tuple[Citation, ...]] = []
    newest = answers.forms(connection, chosen, _CITED)
    for computation, field in zip(
        understood.interpretation.computations, understood.fields, strict=True
    ):
        if field is None:
            figures.append(Figure(computation.operation, None, total, total, 0))
            cited.append(tuple(page_citation(each) for each in newest))
            continue
        dates = field.spec.type is FieldType.DATE
        computed = answers.compute(connection, chosen, list(field.specs), dates=dates)
        figure = _figure(computation.operation, field, computed)
        figures.append(figure)
        cited.append(_cited(connection, chosen, newest, field, figure))
    return figures, cited


def _figure(operation: Operation, field: NamedField, computed: Computed) -> Figure:
    results = {
        Operation.SUM: computed.sum,
        Operation.AVERAGE: computed.average,
        Operation.LEAST: computed.least,
        Operation.MOST: computed.most,
    }
    return Figure(operation, field.label, results[operation], computed.used, computed.missing)


def _cited(
    connection: Connection,
    chosen: Chosen,
    newest: Sequence[CountedForm],
    field: NamedField,
    figure: Figure,
) -> tuple[Citation, ...]:
    """Return the values behind a figure; of a smallest or largest one, those that are it."""
    forms: Sequence[CountedForm] = newest
    if figure.operation in (Operation.LEAST, Operation.MOST) and figure.result is not None:
        forms = answers.extreme_forms(
            connection, chosen, list(field.specs), str(figure.result), _CITED
        )
    found = answers.values_of_forms(connection, forms, dict.fromkeys(field.specs, field.label))
    return tuple(value for values in found.values() for value in values)[:_CITED]


def _shown_fields(understood: Understood) -> dict[UUID, str]:
    fields = [*understood.fields, understood.date_field]
    return {key: each.label for each in fields if each is not None for key in each.specs}


def _with_values(
    connection: Connection, forms: Sequence[CountedForm], labels: dict[UUID, str]
) -> list[CountedForm]:
    values = answers.values_of_forms(connection, forms, labels) if labels else {}
    return [replace(each, values=tuple(values.get(each.instance_id, ()))) for each in forms]


def page_citation(form: CountedForm) -> Citation:
    """Return the first page of a form as a citation."""
    return Citation(
        form.document_id, form.filename, form.page_id, form.page_no, _WHOLE, form.family_name
    )


def _sentences(
    counted: Counted,
    understood: Understood,
    cited: Sequence[tuple[Citation, ...]],
    versions: Sequence[TemplateVersion],
    language: str,
) -> list[Sentence]:
    sentences = []
    for figure, citations in zip(counted.figures, cited, strict=True):
        field = figure.field or ""
        if figure.field is None:
            what = told(counted.interpretation, language)
            text = say("count", language, n=counted.total, what=what)
        elif figure.result is None:
            text = say("no-value", language, field=field)
        else:
            code = _code(figure)
            text = say(code, language, field=field, n=number_text(figure.result))
        sentences.append(Sentence(text, citations))
        if figure.missing and figure.result is not None:
            missing = say("missing", language, n=figure.missing, field=field)
            sentences.append(Sentence(missing))
    if counted.interpretation.ignored:
        words = ", ".join(counted.interpretation.ignored)
        sentences.append(Sentence(say("ignored", language, words=words)))
    if understood.unclear:
        sentences.append(Sentence(_unclear(counted.interpretation, versions, language)))
    return sentences


def _code(figure: Figure) -> str:
    if isinstance(figure.result, str):
        return "first" if figure.operation is Operation.LEAST else "last"
    return figure.operation.value


def _unclear(meant: Interpretation, versions: Sequence[TemplateVersion], language: str) -> str:
    ids = {each.id for each in meant.families}
    labels = [
        field.spec.label or field.spec.name
        for version in versions
        if not ids or version.family_id in ids
        for field in version.fields
        if field.spec.type in NUMBERS
    ]
    named = list(dict.fromkeys(labels))[:_CITED]
    return (
        say("unclear", language, fields=", ".join(named)) if named else say("no-number", language)
    )
