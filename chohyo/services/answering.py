"""Answer questions about documents: counted where they ask for figures, else from what is found."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final
from uuid import UUID

from chohyo.domain.access import Caller
from chohyo.domain.answers import (
    Answer,
    AnswerKind,
    Authorship,
    ComposedBy,
    Selection,
    Sentence,
)
from chohyo.errors import EmptyQueryError, QueryTooLongError
from chohyo.search.folding import fold
from chohyo.services import answer_evidence, counting, generating
from chohyo.services.answer_evidence import Evidence, Region
from chohyo.services.answer_texts import language_of, passage_sentence, value_sentence
from chohyo.services.documents import visible_collections
from chohyo.services.generating import Tell, Writer
from chohyo.services.runtime import Runtime
from chohyo.services.search import LONGEST_TEXT, SearchEngine
from chohyo.services.unmasking import unmasked_documents
from chohyo.storage import audit, collections
from chohyo.storage.audit import Detail
from chohyo.storage.database import Connection
from chohyo.translation.answers import say

_TOLD: Final = 3  # sentences of an answer that is composed
_AS_GOOD: Final = 0.75  # of the best region's support that another needs to be told as well


@dataclass(frozen=True, slots=True)
class AnswerEngine:
    """What answering takes besides the runtime; `writer` where a chat model is configured."""

    search: SearchEngine
    writer: Writer | None = None

    def chosen(self, *, write: bool) -> AnswerEngine:
        """Return this engine, or without `write` one that composes and asks no chat model.

        What is composed is there at once: who has it shown first waits for no model.
        """
        return self if write else replace(self, writer=None)


def answer(
    runtime: Runtime,
    engine: AnswerEngine,
    caller: Caller,
    question: str,
    selection: Selection,
    language: str | None = None,
    tell: Tell | None = None,
) -> Answer:
    """Answer a question about the selected documents, in its own language unless one is named.

    `tell` is given the sentences that a chat model writes, each as soon as it was found to hold.
    When the model is too late, the answer is the composed one and not what was told.

    Raises:
        EmptyQueryError, QueryTooLongError: the question is none, or too long.
        NotFoundError: a document or collection is not there, or not for the caller.
        UnknownFieldError, InvalidInputError: a filter cannot be applied.
        ForbiddenError: it asks for figures of personal data that the caller may not see.
    """
    since = time.monotonic()
    if len(question) > LONGEST_TEXT:
        raise QueryTooLongError(length=len(question), limit=LONGEST_TEXT)
    if not fold(question):
        raise EmptyQueryError
    chosen = language or language_of(question)
    where = sorted(visible_collections(caller, selection.filters.collection_id))
    with runtime.database.transaction() as connection:
        versions = counting.known_versions(connection, caller, selection.filters)
        counted = counting.count(
            connection, caller, question, selection, versions, engine.search.zone, chosen
        )
        evidence = None
        if counted is None:
            labels = {field.spec.label for each in versions for field in each.fields}
            evidence = answer_evidence.gather(
                connection, engine.search, caller, question, selection, labels
            )
    if counted is not None:
        by = Authorship(ComposedBy.RULES)
        made = Answer(AnswerKind.COUNTED, chosen, counted.sentences, counted.counted, by)
    else:
        assert evidence is not None
        made = _from_regions(runtime, engine, where, question, evidence, chosen, since, tell)
    with runtime.database.transaction() as connection:
        shown = made.sentences if counted is None or counted.personal else ()
        record(connection, caller, "answer.made", where, [question, asdict(selection)], made.by,
               shown, {"kind": made.kind.value, "sentences": len(made.sentences)})  # fmt: skip
    return made


def record(
    connection: Connection,
    caller: Caller,
    action: str,
    where: Sequence[UUID],
    asked: object,
    by: Authorship,
    sentences: Iterable[Sentence],
    details: Mapping[str, Detail],
) -> None:
    """Note in each collection who asked, and what was shown; of the question only a keyed hash."""
    content = json.dumps(asked, sort_keys=True, default=str, ensure_ascii=False)
    told = {
        "composed_by": by.composed_by.value,
        "model": by.model,
        "text_space": by.text_space.name if by.text_space else None,
        "removed": by.removed,
        "fallback": by.fallback,
        "unmasked": unmasked_documents(connection, caller, _cited_pages(sentences)),
        **details,
    }
    for collection_id in where:
        key = collections.audit_key(connection, collection_id)
        audit.append(
            connection, caller.actor, action, "collection", collection_id,
            collection_id=collection_id, details=told, after=audit.keyed_hash(key, content),
        )  # fmt: skip


def _cited_pages(sentences: Iterable[Sentence]) -> set[UUID]:
    """Return the pages whose text sentences quote; a whole page cited without text shows none."""
    return {c.page_id for each in sentences for c in each.citations if c.text}


def _from_regions(
    runtime: Runtime,
    engine: AnswerEngine,
    where: Sequence[UUID],
    question: str,
    evidence: Evidence,
    language: str,
    since: float,
    tell: Tell | None,
) -> Answer:
    space, removed, failed, model = evidence.text_space, 0, None, None
    if engine.writer is not None and (evidence.answering or evidence.around):
        regions = [*evidence.answering, *evidence.around]
        written = generating.write(
            runtime, engine.writer, where, f"Answer: {question}", regions, language,
            since=since, tell=tell,
        )  # fmt: skip
        if written.sentences:
            by = Authorship(ComposedBy.MODEL, engine.writer.chat.name, space, written.removed)
            return Answer(AnswerKind.FOUND, language, written.sentences, None, by)
        removed, failed, model = written.removed, written.failed, engine.writer.chat.name
    by = Authorship(ComposedBy.RULES, model, space, removed, failed)
    if not evidence.answering:
        unknown = Sentence(say("unknown", language))
        return Answer(AnswerKind.UNKNOWN, language, (unknown,), None, by)
    sentences = _composed(evidence.answering, language)
    return Answer(AnswerKind.FOUND, language, tuple(sentences), None, by)


def _composed(answering: Sequence[Region], language: str) -> list[Sentence]:
    best = answering[0].support
    told: dict[str, Sentence] = {}
    for region in answering:
        if len(told) >= _TOLD or region.support < _AS_GOOD * best:
            break
        say_it = value_sentence if region.citation.label else passage_sentence
        text = say_it(region.citation, language)
        told.setdefault(text, Sentence(text, (region.citation,)))
    return list(told.values())
