"""Find pages by words, by an image or by a page, in any mix, and say who answered."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field, replace
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from chohyo.domain.access import Caller
from chohyo.domain.geometry import Box
from chohyo.domain.rerankers import BY_MODEL, RerankerChoice
from chohyo.domain.search import (
    AnsweredBy,
    SearchAnswer,
    SearchQuery,
    Way,
)
from chohyo.domain.spaces import EmbeddingSpace, Purpose
from chohyo.errors import (
    EmptyQueryError,
    InvalidInputError,
    QueryTooLongError,
    RerankerOffError,
    StaleCursorError,
)
from chohyo.models.embedder import Embedders
from chohyo.models.ocr import TextRecognizer
from chohyo.models.text_encoder import Encoders
from chohyo.search.folding import fold
from chohyo.search.fusion import Fused, fuse, judged_alone, judged_with, rerank
from chohyo.services import search_hits, search_pictures, search_words
from chohyo.services.runtime import Runtime
from chohyo.services.search_desks import Desks
from chohyo.services.search_filters import narrow
from chohyo.services.search_judging import Judge, Judged, judge_pages
from chohyo.services.search_pictures import Picture
from chohyo.services.search_words import GramStatistics, Words
from chohyo.services.trained import with_trained
from chohyo.services.unmasking import unmasked_documents
from chohyo.storage import audit, collections, search, spaces
from chohyo.storage.database import Connection
from chohyo.storage.search import FoundPassage
from chohyo.storage.search_filters import Among

LONGEST_TEXT: Final = 1_000
# Candidates of an approximate index, and rows it may walk through until enough pass the filters.
EF_SEARCH: Final = 120
WALK: Final = 2_000
_BY_LAYOUT: Final = 10  # one of so many that are looked at


@dataclass(frozen=True, slots=True)
class SearchEngine:
    """What searching takes besides the runtime: models, and the zone in which days are meant.

    `judge` is there where a reranking model is configured.
    """

    encoders: Encoders
    embedders: Embedders
    recognizer: TextRecognizer
    zone: ZoneInfo
    judge: Judge | None = None
    statistics: GramStatistics = field(default_factory=GramStatistics)
    desks: Desks = field(default_factory=Desks)

    @property
    def rerankers(self) -> tuple[RerankerChoice, ...]:
        """Return what can put the first hits in order here, the usual choice first."""
        always = RerankerChoice.REGISTRATION, RerankerChoice.OFF
        return always if self.judge is None else (*always, *BY_MODEL)

    @property
    def spaces(self) -> list[EmbeddingSpace]:
        """Return the spaces whose vectors can be computed in this installation."""
        return [*self.embedders.spaces, *self.encoders.spaces]


@dataclass(slots=True)
class _Findings:
    """Rankings by way, with what is needed to show where pages matched."""

    rankings: dict[Way, Sequence[tuple[UUID, float]]] = field(default_factory=dict)
    words: Words | None = None
    passages: dict[UUID, FoundPassage] = field(default_factory=dict)
    placed: dict[UUID, tuple[float, Box]] = field(default_factory=dict)
    judged: Judged = field(default_factory=Judged)
    layout_space: EmbeddingSpace | None = None

    def add(self, way: Way, ranking: Sequence[tuple[UUID, float]]) -> None:
        """Take in a ranking; of two by the same way, a page keeps its better score."""
        best = dict(self.rankings.get(way, ()))
        for page_id, score in ranking:
            best[page_id] = max(score, best.get(page_id, 0.0))
        self.rankings[way] = sorted(best.items(), key=lambda each: -each[1])


def search_pages(
    runtime: Runtime, engine: SearchEngine, caller: Caller, query: SearchQuery
) -> SearchAnswer:
    """Return the pages that answer a query, best first, from its cursor on.

    Raises:
        EmptyQueryError: it has neither words nor an image nor a page.
        QueryTooLongError: its words are too many.
        RerankerOffError: its reranker needs a model that is not configured.
        UnknownFieldError, ForbiddenError, InvalidInputError: a filter cannot be applied.
        NotFoundError: its page or collection is not there, or not for the caller.
        RejectedFileError: its image is too large, or none.
        StaleCursorError: the page at which the cursor stands is gone, or no longer found.
    """
    _check(engine, query)
    by_picture = query.image is not None or query.page is not None
    with engine.desks.held() if by_picture else nullcontext():
        pictures = _pictures(runtime, caller, query)
        among, findings, fused = _found(runtime, engine, caller, query, pictures)
    if engine.judge is not None and query.reranker in BY_MODEL:
        first = [each.key for each in fused[: query.rerank_k]]
        judged = judge_pages(runtime, engine.judge, caller, query, pictures, first)
        findings.judged = judged
        alone = query.reranker is RerankerChoice.QWEN
        fused = (judged_alone if alone else judged_with)(fused, judged.by_page)
    with runtime.database.transaction() as connection:
        answer = _answer(connection, engine, caller, query, among, findings, fused)
        _record(connection, caller, query, among, answer)
    return answer


def _found(
    runtime: Runtime,
    engine: SearchEngine,
    caller: Caller,
    query: SearchQuery,
    pictures: Sequence[Picture],
) -> tuple[Among, _Findings, list[Fused[UUID]]]:
    if pictures and query.layout:
        engine = replace(engine, embedders=with_trained(runtime, engine.embedders))
    with runtime.database.transaction() as connection:
        search.tune_vectors(connection, EF_SEARCH, WALK)
        among = narrow(connection, caller, query.filters, engine.zone)
        findings = _look_up(connection, engine, caller, query, pictures, among)
    whole = any(picture.whole for picture in pictures)
    fused = fuse(findings.rankings, of_whole_page=whole)
    if pictures and query.reranker is not RerankerChoice.OFF:
        laid = _reranked(runtime, query, pictures, findings, fused)
        # Where a model alone decides, registration only shows where the picture lies.
        fused = fused if query.reranker is RerankerChoice.QWEN else laid
    return among, findings, fused


def _check(engine: SearchEngine, query: SearchQuery) -> None:
    if len(query.text) > LONGEST_TEXT:
        raise QueryTooLongError(length=len(query.text), limit=LONGEST_TEXT)
    if not fold(query.text) and query.image is None and query.page is None:
        raise EmptyQueryError
    if query.image is not None:
        search_pictures.check_image(query.image)
    if query.reranker not in engine.rerankers:
        raise RerankerOffError(reranker=query.reranker.value)


def _pictures(runtime: Runtime, caller: Caller, query: SearchQuery) -> list[Picture]:
    pictures = []
    if query.image is not None:
        pictures.append(search_pictures.read_image(runtime.limits, query.image))
    if query.page is not None:
        pictures.append(search_pictures.read_page(runtime, caller, query.page))
    return pictures


def _look_up(
    connection: Connection,
    engine: SearchEngine,
    caller: Caller,
    query: SearchQuery,
    pictures: Sequence[Picture],
    among: Among,
) -> _Findings:
    findings = _Findings()
    if fold(query.text):
        _look_up_words(connection, engine, caller, query.text, among, findings)
    space = search_pictures.space_of_pictures(connection) if pictures and query.layout else None
    findings.layout_space = space.space if space else None
    for picture in pictures:
        if space is not None:
            found = search_pictures.rank_layouts(
                connection, engine.embedders, picture, among, space
            )
            findings.add(Way.LAYOUT, _others(found, picture))
        if query.picture:
            found = search_pictures.rank_pictures(connection, picture, among)
            findings.add(Way.PICTURE, _others(found, picture))
    findings.rankings = {way: found for way, found in findings.rankings.items() if found}
    return findings


def _look_up_words(
    connection: Connection,
    engine: SearchEngine,
    caller: Caller,
    text: str,
    among: Among,
    findings: _Findings,
) -> None:
    words = search_words.words_of(connection, engine.statistics, text)
    meant = search_words.passages_meant(connection, caller, engine.encoders, words, among)
    findings.words, findings.passages = words, meant
    findings.rankings |= search_words.rank_words(
        connection, caller, words, engine.statistics, among
    )
    findings.rankings[Way.MEANING] = [(page, each.similarity) for page, each in meant.items()]


def _others(found: Sequence[tuple[UUID, float]], picture: Picture) -> list[tuple[UUID, float]]:
    """Leave out the page that is searched by as a whole: it is not what is looked for."""
    return [each for each in found if not (picture.whole and each[0] == picture.page_id)]


def _reranked(
    runtime: Runtime,
    query: SearchQuery,
    pictures: Sequence[Picture],
    findings: _Findings,
    fused: Sequence[Fused[UUID]],
) -> list[Fused[UUID]]:
    """Lay the pictures on the first pages, and let their agreement count for most.

    The first by layout are among them, whatever else was found: a picture of few words shares more
    details with others by chance.
    """
    layouts = findings.rankings.get(Way.LAYOUT, ())[: max(1, query.rerank_k // _BY_LAYOUT)]
    every = [*(page_id for page_id, _ in layouts), *(each.key for each in fused)]
    first = list(dict.fromkeys(every))[: query.rerank_k]
    for picture in pictures:
        for page_id, placed in search_pictures.lay_on_pages(runtime, picture, first).items():
            if page_id not in findings.placed or placed[0] > findings.placed[page_id][0]:
                findings.placed[page_id] = placed
    nowhere = dict.fromkeys(first, 0.0)
    return rerank(fused, nowhere | {page: placed[0] for page, placed in findings.placed.items()})


def _answer(
    connection: Connection,
    engine: SearchEngine,
    caller: Caller,
    query: SearchQuery,
    among: Among,
    findings: _Findings,
    fused: Sequence[Fused[UUID]],
) -> SearchAnswer:
    begin = _begin(connection, query, among, fused)
    end = begin + query.top_k
    templates = search.templates_of(connection, [each.key for each in fused])
    shown = search_hits.hits(
        connection, caller, fused[begin:end], templates, findings.words, findings.passages,
        findings.placed,
    )  # fmt: skip
    return SearchAnswer(
        hits=tuple(shown),
        next_cursor=_cursor(query, fused, end),
        found=len(fused),
        facets=search_hits.facets(templates, [each.key for each in fused]),
        answered_by=_answered_by(connection, engine, query, findings),
    )


def _begin(
    connection: Connection, query: SearchQuery, among: Among, fused: Sequence[Fused[UUID]]
) -> int:
    """Return the number of hits before the cursor."""
    if query.cursor is None:
        return 0
    try:
        mark, last = json.loads(base64.urlsafe_b64decode(query.cursor))
        page_id = UUID(last)
    except (ValueError, TypeError, AttributeError, binascii.Error) as error:
        raise InvalidInputError(field="cursor", reason="is not acceptable") from error
    if mark != _mark(query):
        raise InvalidInputError(field="cursor", reason="belongs to another search")
    order = {each.key: number for number, each in enumerate(fused, start=1)}
    if page_id not in order or not search.page_exists(connection, page_id, among.collections):
        raise StaleCursorError
    return order[page_id]


def _cursor(query: SearchQuery, fused: Sequence[Fused[UUID]], end: int) -> str | None:
    if end >= len(fused):
        return None
    content = json.dumps([_mark(query), str(fused[end - 1].key)])
    return base64.urlsafe_b64encode(content.encode()).decode()


def _canonical(query: SearchQuery) -> bytes:
    image = hashlib.sha256(query.image).hexdigest() if query.image is not None else None
    asked = asdict(replace(query, image=None, cursor=None))
    return json.dumps([asked, image], sort_keys=True, default=str).encode()


def _mark(query: SearchQuery) -> str:
    return hashlib.sha256(_canonical(query)).hexdigest()[:16]


def _answered_by(
    connection: Connection, engine: SearchEngine, query: SearchQuery, findings: _Findings
) -> AnsweredBy:
    by_layout = Way.LAYOUT in findings.rankings
    meant = Way.MEANING in findings.rankings
    text = spaces.active(connection, Purpose.TEXT) if meant else None
    reranker = _reranker(query, findings)
    by_it = findings.judged.by_page or findings.placed
    return AnsweredBy(
        layout_space=findings.layout_space if by_layout else None,
        text_space=text.space if text else None,
        reader=None,
        reranker=reranker,
        reranker_model=engine.judge.model if engine.judge and findings.judged.by_page else None,
        reranked=0 if reranker is RerankerChoice.OFF else len(by_it),
        reranker_failed=findings.judged.failed,
    )


def _reranker(query: SearchQuery, findings: _Findings) -> RerankerChoice:
    """Return what put the first hits in order: not always what was asked for."""
    if findings.judged.by_page:
        return query.reranker
    by_picture = findings.placed and query.reranker is not RerankerChoice.QWEN
    return RerankerChoice.REGISTRATION if by_picture else RerankerChoice.OFF


def _record(
    connection: Connection,
    caller: Caller,
    query: SearchQuery,
    among: Among,
    answer: SearchAnswer,
) -> None:
    """Note in each collection who searched there; of the query only a keyed hash."""
    by = answer.answered_by
    shown = [hit.page.id for hit in answer.hits if any(region.text for region in hit.regions)]
    details = {
        "hits": answer.found,
        "layout_space": by.layout_space.name if by.layout_space else None,
        "text_space": by.text_space.name if by.text_space else None,
        "reader": by.reader,
        "reranker": by.reranker.value,
        "reranker_model": by.reranker_model,
        "reranker_failed": by.reranker_failed,
        "unmasked": unmasked_documents(connection, caller, shown),
    }
    content = _canonical(query)
    for collection_id in among.collections:
        key = collections.audit_key(connection, collection_id)
        audit.append(
            connection, caller.actor, "search.made", "collection", collection_id,
            collection_id=collection_id, details=details, after=audit.keyed_hash(key, content),
        )  # fmt: skip
