"""Show what was found: the page, its form type, and the regions that matched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from chohyo.domain.access import Caller
from chohyo.domain.geometry import Box
from chohyo.domain.search import Facet, FoundRegion, Hit, HitTemplate, Way
from chohyo.search.fusion import Fused
from chohyo.search.occurrences import Place
from chohyo.search.value_lines import value_lines
from chohyo.services.search_sight import visible_entries
from chohyo.services.search_words import Words
from chohyo.storage import documents, pages, search, search_index
from chohyo.storage.database import Connection
from chohyo.storage.search import Entry, FoundPassage, PageTemplate, PageValue
from chohyo.storage.search_index import EntryPart, StoredLine, StoredText

_MOST_REGIONS: Final = 6
_SNIPPET: Final = 160


def hits(
    connection: Connection,
    caller: Caller,
    found: Sequence[Fused[UUID]],
    templates: Mapping[UUID, PageTemplate],
    words: Words | None,
    passages: Mapping[UUID, FoundPassage],
    placed: Mapping[UUID, tuple[float, Box]],
) -> list[Hit]:
    """Return the pages with everything people are shown; a page that is gone is left out.

    `placed` says how well a picture lies on a page, and where.
    """
    ids = [each.key for each in found]
    known = {page.id: page for page in pages.some(connection, ids)}
    of = documents.some(connection, {page.document_id for page in known.values()})
    regions = _regions(connection, caller, ids, words, passages)
    shown = []
    for each in found:
        page = known.get(each.key)
        if page is None:
            continue
        place = placed.get(page.id)
        marked = regions.get(page.id, [])
        if place is not None:
            marked = [FoundRegion(place[1], Way.PICTURE), *marked]
        template = templates.get(page.id)
        shown.append(
            Hit(
                page=page,
                document=of[page.document_id],
                template=template.template if template else None,
                score=each.score,
                parts=each.parts,
                agreement=place[0] if place else None,
                regions=tuple(marked[:_MOST_REGIONS]),
            )
        )
    return shown


def facets(templates: Mapping[UUID, PageTemplate], ids: Sequence[UUID]) -> tuple[Facet, ...]:
    """Count pages by their form type, the commonest first."""
    counted: Counter[HitTemplate | None] = Counter(
        templates[page_id].template if page_id in templates else None for page_id in ids
    )
    return tuple(Facet(template, number) for template, number in counted.most_common())


def _regions(
    connection: Connection,
    caller: Caller,
    ids: Sequence[UUID],
    words: Words | None,
    passages: Mapping[UUID, FoundPassage],
) -> dict[UUID, list[FoundRegion]]:
    if words is None:
        return {}
    texts = search_index.texts(connection, ids)
    values = search.values_of_pages(connection, ids)
    entries = visible_entries(connection, caller, search.folded(connection, ids))
    marked: dict[UUID, list[tuple[Way, float, FoundRegion]]] = {}
    for entry, best in zip(entries, words.places(entries), strict=True):
        if best is None:
            continue
        way, occurrence = best
        text, read = texts.get(entry.page_id), values.get(entry.page_id, [])
        for place in occurrence.places:
            region = _region(way, place, entry, text, read)
            if region is not None:
                marked.setdefault(entry.page_id, []).append((way, occurrence.score, region))
    regions = {
        page: [region for *_, region in sorted(found, key=lambda m: (m[0] is not Way.EXACT, -m[1]))]
        for page, found in marked.items()
    }
    for page, passage in passages.items():
        if page in texts and page not in regions:
            regions[page] = [_passage_region(passage, texts[page])]
    return regions


def _region(
    way: Way, place: Place, entry: Entry, text: StoredText | None, read: Sequence[PageValue]
) -> FoundRegion | None:
    if entry.part is EntryPart.VALUES:
        numbered = value_lines([(each.raw, each.normalized) for each in read])
        if place.line >= len(numbered):
            return None  # read anew since
        value = read[numbered[place.line][0]]
        return FoundRegion(value.box, way, value.raw[:_SNIPPET], value.label or value.name)
    if text is None or place.line >= len(text.lines):
        return None
    line = text.lines[place.line]
    return FoundRegion(_stretch(line, place), way, line.raw[:_SNIPPET])


def _stretch(line: StoredLine, place: Place) -> Box:
    """Return where some characters of a line stand, as if all were equally wide."""
    length = max(1, len(line.folded.replace(" ", "")))
    begin, end, box = place.start / length, place.end / length, line.box
    if box.width >= box.height:
        return Box(box.x0 + begin * box.width, box.y0, box.x0 + end * box.width, box.y1)
    return Box(box.x0, box.y0 + begin * box.height, box.x1, box.y0 + end * box.height)


def _passage_region(passage: FoundPassage, text: StoredText) -> FoundRegion:
    lines = text.lines[passage.first : passage.last + 1] or text.lines[:1]
    box = lines[0].box
    for line in lines[1:]:
        box = box.union(line.box)
    return FoundRegion(box, Way.MEANING, " ".join(line.raw for line in lines)[:_SNIPPET])
