"""What of a page's text a caller may search and be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from chohyo.domain.access import Caller
from chohyo.domain.documents import Page
from chohyo.domain.geometry import Box
from chohyo.search.value_lines import value_lines
from chohyo.services.unmasking import may_see_pii
from chohyo.storage import search, search_index
from chohyo.storage.database import Connection
from chohyo.storage.search import Entry, PageValue
from chohyo.storage.search_index import EntryPart, StoredText

_MARGIN = 0.004  # of the page, as where images are blacked out
_TOUCHES = 0.02  # of a line, or of a box, that makes the line tell what the box holds


def visible_entries(
    connection: Connection, caller: Caller, entries: Sequence[Entry]
) -> list[Entry]:
    """Return entries with the lines emptied that the caller may not search.

    To a viewer those are the lines that touch a field of personal data. Of a page that is of no
    known type nobody knows what is personal, and a viewer finds nothing on it by its words.
    """
    veiled = [e for e in entries if not may_see_pii(caller, e.collection_id)]
    if not veiled:
        return list(entries)
    ids = list({entry.page_id for entry in veiled})
    hidden = hidden_boxes(connection, ids)
    texts = search_index.texts(connection, ids)
    values = search.values_of_pages(connection, ids)
    pii = search.pii_of_pages(connection, ids)
    shown = []
    for entry in entries:
        boxes = hidden.get(entry.page_id)
        if may_see_pii(caller, entry.collection_id):
            shown.append(entry)
        elif boxes is None:
            continue
        elif entry.part is EntryPart.PAGE:
            lines = _veiled_lines(entry, texts.get(entry.page_id), boxes)
            shown.append(Entry(entry.page_id, entry.part, entry.collection_id, lines))
        else:
            secret = set(pii.get(entry.page_id, {}))
            read = values.get(entry.page_id, [])
            numbered = value_lines([(each.raw, each.normalized) for each in read])
            lines = tuple("" if read[n].field_id in secret else line for n, line in numbered)
            shown.append(Entry(entry.page_id, entry.part, entry.collection_id, lines))
    return shown


def visible_text(
    connection: Connection, caller: Caller, pages: Sequence[Page]
) -> dict[UUID, StoredText]:
    """Return the lines of pages that a caller may read; to viewers none that personal data touch.

    A viewer reads nothing of a page that is of no known type.
    """
    texts = search_index.texts(connection, [page.id for page in pages])
    veiled = [page.id for page in pages if not may_see_pii(caller, page.collection_id)]
    hidden = hidden_boxes(connection, veiled)
    for page_id in veiled:
        text, boxes = texts.pop(page_id, None), hidden.get(page_id)
        if text is not None and boxes is not None:
            lines = (
                replace(line, raw="", folded="") if touches(line.box, boxes) else line
                for line in text.lines
            )
            texts[page_id] = replace(text, lines=tuple(lines))
    return texts


def visible_values(
    connection: Connection, caller: Caller, pages: Sequence[Page]
) -> dict[UUID, list[PageValue]]:
    """Return the filled values of pages that a caller may read."""
    values = search.values_of_pages(connection, [page.id for page in pages])
    veiled = [page.id for page in pages if not may_see_pii(caller, page.collection_id)]
    secret = search.pii_of_pages(connection, veiled)
    for page_id in veiled:
        kept = [v for v in values.get(page_id, ()) if v.field_id not in secret.get(page_id, {})]
        values[page_id] = kept
    return values


def hidden_boxes(connection: Connection, page_ids: Sequence[UUID]) -> dict[UUID, list[Box]]:
    """Return where personal data stands on those pages whose form type is known."""
    templates = search.templates_of(connection, page_ids)
    pii = search.pii_of_pages(connection, page_ids)
    hidden = {}
    for page_id, template in templates.items():
        if template.transform is not None:
            to_page = template.transform.inverse()
            boxes = pii.get(page_id, {}).values()
            hidden[page_id] = [to_page.box(box).grown(_MARGIN, _MARGIN) for box in boxes]
    return hidden


def touches(line: Box, boxes: Sequence[Box]) -> bool:
    """Say whether a line reaches into one of the boxes."""
    return any(
        line.intersection(box) > _TOUCHES * max(1e-9, min(line.area, box.area)) for box in boxes
    )


def _veiled_lines(entry: Entry, text: StoredText | None, boxes: Sequence[Box]) -> tuple[str, ...]:
    if text is None or len(text.lines) != len(entry.lines):
        return ()
    return tuple("" if touches(line.box, boxes) else line.folded for line in text.lines)
