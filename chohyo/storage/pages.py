"""Pages: rows to domain types and back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from psycopg.types.json import Jsonb

from chohyo.domain.documents import Failure, Page, PageState
from chohyo.domain.geometry import Box
from chohyo.storage.database import Connection, Row
from chohyo.storage.documents import failure_of
from chohyo.storage.statements import Statements

_SQL = Statements("pages")


def insert(connection: Connection, page: Page, words: Iterable[tuple[str, Box]]) -> bool:
    """Store a page with its text layer; False when the document already has that page."""
    row = connection.execute(
        _SQL["insert"],
        {
            "id": page.id,
            "document_id": page.document_id,
            "collection_id": page.collection_id,
            "page_no": page.page_no,
            "width": page.width,
            "height": page.height,
            "dpi": page.dpi,
            "rotation": page.rotation,
            "state": page.state.value,
            "evidence_blob": page.evidence_blob,
            "model_blob": page.model_blob,
            "content_key": page.content_key,
        },
    ).fetchone()
    if row is None:
        return False
    params = [
        {"page_id": page.id, "seq": seq, "text": text, **_corners(box)}
        for seq, (text, box) in enumerate(words)
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_SQL["insert_word"], params)
    return True


def words(connection: Connection, page_id: UUID) -> list[tuple[str, Box]]:
    """Return the words of a page's trusted text layer, in its order."""
    rows = connection.execute(_SQL["words"], {"page_id": page_id})
    return [(row["text"], Box(row["x0"], row["y0"], row["x1"], row["y1"])) for row in rows]


def get(connection: Connection, page_id: UUID) -> Page | None:
    """Return a page."""
    row = connection.execute(_SQL["get"], {"id": page_id}).fetchone()
    return page_of(row) if row else None


def lock(connection: Connection, page_id: UUID) -> Page | None:
    """Return a page, locked until the transaction ends, so that one decision wins."""
    row = connection.execute(_SQL["lock"], {"id": page_id}).fetchone()
    return page_of(row) if row else None


def some(connection: Connection, ids: Sequence[UUID]) -> list[Page]:
    """Return the pages of these ids, ordered by content."""
    return [page_of(row) for row in connection.execute(_SQL["some"], {"ids": list(ids)})]


def of_document(connection: Connection, document_id: UUID) -> list[Page]:
    """Return a document's pages in order."""
    rows = connection.execute(_SQL["of_document"], {"document_id": document_id})
    return [page_of(row) for row in rows]


def blank_numbers(connection: Connection, collection_id: UUID) -> dict[UUID, list[int]]:
    """Return which pages of a collection are blank, by document."""
    numbers: defaultdict[UUID, list[int]] = defaultdict(list)
    for row in connection.execute(_SQL["blank_numbers"], {"collection_id": collection_id}):
        numbers[row["document_id"]].append(row["page_no"])
    return dict(numbers)


def pool(connection: Connection, collection_id: UUID) -> list[Page]:
    """Return the pages that no template explains, ordered by content."""
    rows = connection.execute(_SQL["pool"], {"collection_id": collection_id})
    return [page_of(row) for row in rows]


def newest(
    connection: Connection,
    collections: Sequence[UUID],
    states: Sequence[PageState],
    *,
    before: UUID | None = None,
    limit: int = 50,
) -> list[Page]:
    """Return pages in these states, newest first."""
    rows = connection.execute(
        _SQL["list"],
        {
            "collections": list(collections),
            "states": [state.value for state in states],
            "before": before,
            "limit": limit,
        },
    )
    return [page_of(row) for row in rows]


def count_by_state(connection: Connection, collections: Sequence[UUID]) -> dict[PageState, int]:
    """Count the pages in each state."""
    rows = connection.execute(_SQL["count_by_state"], {"collections": list(collections)})
    return {PageState(row["state"]): row["n"] for row in rows}


def set_state(
    connection: Connection, page_id: UUID, state: PageState, failure: Failure | None = None
) -> None:
    """Move a page on."""
    connection.execute(
        _SQL["set_state"],
        {
            "id": page_id,
            "state": state.value,
            "code": failure.code if failure else None,
            "params": Jsonb(failure.params) if failure else None,
        },
    )


def reset_for_routing(connection: Connection, document_id: UUID) -> int:
    """Send a document's pages in review or in the pool back to routing; return how many."""
    return connection.execute(_SQL["reset_for_routing"], {"document_id": document_id}).rowcount


def reset_failed(connection: Connection, document_id: UUID) -> int:
    """Let a document's failed pages be tried again; return how many."""
    return connection.execute(_SQL["reset_failed"], {"document_id": document_id}).rowcount


def _corners(box: Box) -> dict[str, float]:
    return {"x0": box.x0, "y0": box.y0, "x1": box.x1, "y1": box.y1}


def page_of(row: Row) -> Page:
    """Return a row of the table `page` as a page."""
    return Page(
        id=row["id"],
        document_id=row["document_id"],
        collection_id=row["collection_id"],
        page_no=row["page_no"],
        width=row["width"],
        height=row["height"],
        dpi=row["dpi"],
        rotation=row["rotation"],
        state=PageState(row["state"]),
        evidence_blob=row["evidence_blob"],
        model_blob=row["model_blob"],
        content_key=row["content_key"],
        failure=failure_of(row),
    )
