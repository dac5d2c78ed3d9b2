"""Say what documents are about, and the questions they answer; per document and per selection."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final
from uuid import UUID

from chohyo.domain.access import Caller
from chohyo.domain.answers import (
    Authorship,
    ComposedBy,
    Faq,
    Selection,
    Summary,
)
from chohyo.services import counting, document_digest, generating, selection_digest
from chohyo.services.answer_evidence import Region
from chohyo.services.answering import AnswerEngine, record
from chohyo.services.document_digest import Digest
from chohyo.services.documents import visible_collections
from chohyo.services.generating import QUESTIONS, SENTENCES, Tell, TellEntry, Written
from chohyo.services.runtime import Runtime
from chohyo.services.search_filters import narrow
from chohyo.storage import answers

_FEW: Final = 3  # documents that are told of one by one
_REGIONS: Final = 60
_SUMMARIZE: Final = "Summarize in three to six sentences what these documents are and say."
_ASK: Final = "Write up to eight questions that people would ask about them, with answers."


@dataclass(frozen=True, slots=True)
class _Told:
    """What there is to tell, and how much was selected."""

    digest: Digest
    documents: int
    forms: int


def summarize(
    runtime: Runtime,
    engine: AnswerEngine,
    caller: Caller,
    selection: Selection,
    language: str,
    tell: Tell | None = None,
) -> Summary:
    """Return what the selected documents are about; `tell` as in `answering.answer`.

    Raises:
        NotFoundError: a document or collection is not there, or not for the caller.
        UnknownFieldError, ForbiddenError, InvalidInputError: a filter cannot be applied.
    """
    since = time.monotonic()
    where = sorted(visible_collections(caller, selection.filters.collection_id))
    told = _told(runtime, engine, caller, selection, language)
    written = _written(
        runtime, engine, where, told.digest, language, since, questions=False, tell=tell
    )
    by = _by(engine, written)
    sentences = written.sentences if by.composed_by is ComposedBy.MODEL else told.digest.sentences
    with runtime.database.transaction() as connection:
        record(connection, caller, "summary.made", where, asdict(selection), by, sentences,
               {"documents": told.documents, "sentences": len(sentences)})  # fmt: skip
    return Summary(language, told.documents, told.forms, tuple(sentences), by)


def frequent_questions(
    runtime: Runtime,
    engine: AnswerEngine,
    caller: Caller,
    selection: Selection,
    language: str,
    tell: TellEntry | None = None,
) -> Faq:
    """Return the questions that the selected documents answer; raises as `summarize`.

    `tell` is given each question that a chat model writes, as soon as its answer was found to hold.
    """
    since = time.monotonic()
    where = sorted(visible_collections(caller, selection.filters.collection_id))
    told = _told(runtime, engine, caller, selection, language)
    written = _written(
        runtime, engine, where, told.digest, language, since, tell_entry=tell, questions=True
    )
    by = _by(engine, written)
    items = told.digest.questions
    if by.composed_by is ComposedBy.MODEL:
        items = written.entries
    answers_of = [sentence for each in items for sentence in each.answer]
    with runtime.database.transaction() as connection:
        record(connection, caller, "faq.made", where, asdict(selection), by, answers_of,
               {"documents": told.documents, "questions": len(items)})  # fmt: skip
    return Faq(language, items, by)


def _told(
    runtime: Runtime, engine: AnswerEngine, caller: Caller, selection: Selection, language: str
) -> _Told:
    zone = engine.search.zone
    with runtime.database.transaction() as connection:
        chosen = counting.chosen_by(connection, caller, selection, zone)
        among = narrow(connection, caller, selection.filters, zone)
        meant = answers.selected_documents(connection, among, chosen.documents, _FEW + 1)
        documents = answers.count_documents(connection, among, chosen.documents)
        forms = answers.count(connection, chosen)
        if 0 < len(meant) <= _FEW:
            parts = [
                document_digest.digest(connection, caller, each, zone, language) for each in meant
            ]
            return _Told(document_digest.joined(parts), documents, forms)
        versions = counting.known_versions(connection, caller, selection.filters)
        digest = selection_digest.digest(
            connection, caller, chosen, versions, documents, forms, language
        )
    return _Told(digest, documents, forms)


def _written(
    runtime: Runtime,
    engine: AnswerEngine,
    where: Sequence[UUID],
    digest: Digest,
    language: str,
    since: float,
    *,
    questions: bool,
    tell: Tell | None = None,
    tell_entry: TellEntry | None = None,
) -> Written:
    regions: Sequence[Region] = digest.regions[:_REGIONS]
    if engine.writer is None or not regions:
        return Written()
    task, schema = (_ASK, QUESTIONS) if questions else (_SUMMARIZE, SENTENCES)
    return generating.write(
        runtime, engine.writer, where, task, regions, language, schema=schema, since=since,
        tell=tell, tell_entry=tell_entry,
    )  # fmt: skip


def _by(engine: AnswerEngine, written: Written) -> Authorship:
    model = (
        engine.writer.chat.name if engine.writer and (written.entries or written.failed) else None
    )
    if written.sentences:
        return Authorship(ComposedBy.MODEL, model, None, written.removed)
    return Authorship(ComposedBy.RULES, model, None, written.removed, written.failed)
