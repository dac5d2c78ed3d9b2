"""Find the regions that could answer a question: values of fields, and passages of text."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from chohyo.domain.access import Caller, Role
from chohyo.domain.answers import Citation, Selection
from chohyo.domain.documents import Document, Page
from chohyo.domain.search import Way
from chohyo.domain.spaces import EmbeddingSpace, Purpose
from chohyo.search.claims import share_borne, terms_of
from chohyo.search.folding import fold
from chohyo.search.fusion import fuse
from chohyo.services import search_words
from chohyo.services.documents import visible_document
from chohyo.services.search import EF_SEARCH, WALK, SearchEngine
from chohyo.services.search_filters import narrow, only
from chohyo.services.search_sight import visible_text, visible_values
from chohyo.storage import documents, pages, search, spaces
from chohyo.storage.database import Connection
from chohyo.storage.search import FoundPassage, PageValue
from chohyo.storage.search_filters import Among
from chohyo.storage.search_index import StoredLine, StoredText

_PAGES: Final = 8
_REGIONS: Final = 48
_LINES: Final = 4  # of a page, that have words of the question
_MEANT_ALONE: Final = 0.84  # a passage without a word of the question has to mean the same
_MEANT_WITH_WORDS: Final = 0.80
_HALF: Final = 0.5  # of a question's other words, on the page of a field that it names
_BORNE: Final = 0.34  # of a question's words, on a line that answers it


@dataclass(frozen=True, slots=True)
class Region:
    """A region that could be cited; `meant` is its text with the value as it is normalised.

    `support` orders: how much of the question it bears, in 0..1, more than 1 for a field it names.
    """

    citation: Citation
    meant: str
    support: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """The regions that could answer, best first: those that do, and what stands around them."""

    answering: tuple[Region, ...] = ()
    around: tuple[Region, ...] = ()
    text_space: EmbeddingSpace | None = None


@dataclass(slots=True)
class _Look:
    """A question on its way to regions."""

    connection: Connection
    caller: Caller
    terms: Sequence[str]
    few: bool  # pages are named: a field alone says enough
    known: dict[UUID, Page] = field(default_factory=dict)
    files: dict[UUID, Document] = field(default_factory=dict)


def gather(
    connection: Connection,
    engine: SearchEngine,
    caller: Caller,
    question: str,
    selection: Selection,
    labels: Collection[str] = (),
) -> Evidence:
    """Return the regions that could answer a question, among what the caller may see.

    `labels` are those of the fields there are: a word that is one says what is asked for, the
    others of which page.
    """
    search.tune_vectors(connection, EF_SEARCH, WALK)
    among = _among(connection, engine, caller, selection)
    terms, folded = terms_of(question), {fold(label) for label in labels}
    telling = [term for term in terms if fold(term) not in folded] or terms
    ranked, passages = _ranked(connection, engine, caller, question, telling, among)
    meant = spaces.active(connection, Purpose.TEXT)
    few = among.pages is not None and len(among.pages) <= _PAGES
    look = _Look(connection, caller, terms, few)
    look.known = {page.id: page for page in pages.some(connection, ranked)}
    look.files = documents.some(connection, {p.document_id for p in look.known.values()})
    regions = _regions(look, [each for each in ranked if each in look.known], passages)
    answering = sorted((r for r in regions if r.support > 0), key=lambda r: -r.support)
    around = [r for r in regions if r.support <= 0]
    return Evidence(
        tuple(answering[:_REGIONS]),
        tuple(around[: max(0, _REGIONS - len(answering))]),
        meant.space if meant and passages else None,
    )


def _among(
    connection: Connection, engine: SearchEngine, caller: Caller, selection: Selection
) -> Among:
    for document_id in selection.document_ids:
        visible_document(connection, caller, document_id, Role.VIEWER)
    among = narrow(connection, caller, selection.filters, engine.zone)
    if selection.document_ids:
        own = [p.id for each in selection.document_ids for p in pages.of_document(connection, each)]
        return only(connection, among, own)
    return among


def _ranked(
    connection: Connection,
    engine: SearchEngine,
    caller: Caller,
    question: str,
    telling: Sequence[str],
    among: Among,
) -> tuple[list[UUID], dict[UUID, FoundPassage]]:
    """Return the likeliest pages, and the passage of each that means most nearly the same."""
    words = search_words.words_of(connection, engine.statistics, " ".join(telling))
    asked = search_words.words_of(connection, engine.statistics, question)
    meant = search_words.passages_meant(connection, caller, engine.encoders, asked, among)
    rankings = {
        **search_words.rank_words(connection, caller, words, engine.statistics, among),
        Way.MEANING: [(page, each.similarity) for page, each in meant.items()],
    }
    fused = fuse({way: found for way, found in rankings.items() if found})
    ranked = [each.key for each in fused]
    if among.pages is not None and len(among.pages) <= _PAGES:
        # A few pages that were named are looked through, whatever of the question they hold.
        ranked += [page for page in among.pages if page not in ranked]
    return ranked[:_PAGES], meant


def _regions(
    look: _Look, ranked: Sequence[UUID], passages: Mapping[UUID, FoundPassage]
) -> list[Region]:
    texts = visible_text(look.connection, look.caller, [look.known[each] for each in ranked])
    values = visible_values(look.connection, look.caller, [look.known[each] for each in ranked])
    regions: list[Region] = []
    for page_id in ranked:
        text, read = texts.get(page_id), values.get(page_id, [])
        body = _body(text, read)
        regions += [_value_region(look, page_id, value, body) for value in read]
        if text is not None:
            regions += _line_regions(look, page_id, text)
            if page_id in passages:
                regions += _passage_region(look, page_id, text, passages[page_id])
    return regions


def _body(text: StoredText | None, read: Sequence[PageValue]) -> str:
    lines = [line.raw for line in text.lines] if text else []
    return "\n".join([*lines, *(f"{value.label} {value.raw}" for value in read)])


def _value_region(look: _Look, page_id: UUID, value: PageValue, body: str) -> Region:
    """Weigh a value: it answers where the question names its field and the page has the rest."""
    label = value.label or value.name
    meant = "" if value.normalized is None else str(value.normalized)
    citation = _citation(look, page_id, value.raw, value, label)
    named = [term for term in look.terms if fold(term) in fold(label) or fold(label) in fold(term)]
    rest = [term for term in look.terms if term not in named]
    support = 0.0
    borne = share_borne(rest, body) if named and rest else float(look.few)
    if named and borne >= _HALF:
        support = 1.0 + share_borne(named, label) + borne
    return Region(citation, f"{label} {value.raw} {meant}", support)


def _line_regions(look: _Look, page_id: UUID, text: StoredText) -> list[Region]:
    found = []
    for line in text.lines:
        borne = share_borne(look.terms, line.raw)
        if borne > 0:
            support = borne if borne >= _BORNE else 0.0
            citation = _citation(look, page_id, line.raw, line)
            found.append(Region(citation, line.raw, support))
    return sorted(found, key=lambda each: -each.support)[:_LINES]


def _passage_region(
    look: _Look, page_id: UUID, text: StoredText, passage: FoundPassage
) -> list[Region]:
    lines = text.lines[passage.first : passage.last + 1]
    if not lines:
        return []
    box = lines[0].box
    for line in lines[1:]:
        box = box.union(line.box)
    raw = " ".join(line.raw for line in lines)
    borne = share_borne(look.terms, raw)
    enough = _MEANT_WITH_WORDS if borne > 0 else _MEANT_ALONE
    support = passage.similarity - 0.5 + borne if passage.similarity >= enough else 0.0
    citation = replace(_citation(look, page_id, raw, lines[0]), box=box)
    return [Region(citation, raw, support)]


def _citation(
    look: _Look, page_id: UUID, text: str, place: PageValue | StoredLine, label: str = ""
) -> Citation:
    page = look.known[page_id]
    file = look.files[page.document_id]
    return Citation(file.id, file.filename, page_id, page.page_no, place.box, text, label)
