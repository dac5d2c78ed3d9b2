"""A document's worker is killed after each step; another one goes on, and nothing is doubled."""

from __future__ import annotations

import signal
from uuid import UUID

import pytest

from chohyo.storage.work import WorkKind
from tests.integration.faults.conftest import Shift, opened

GRAPH = "agent.document.graph"
SERVICE = "chohyo.services.processing"
STEPS = [
    *(f"{GRAPH}:{node}" for node in ("split", "turn", "embed", "retrieve", "rerank", "decide")),
    *(f"{GRAPH}:{node}" for node in ("assemble", "read")),
    # Within nodes: after one page of two.
    f"{SERVICE}:_store_page", f"{SERVICE}:store_readings",
    "chohyo.services.embedding:store_vectors",
]  # fmt: skip

ROWS = {
    "pages": "SELECT page_no, width, height, state, content_key FROM page"
    " WHERE document_id = %s ORDER BY page_no",
    "matches": "SELECT p.page_no, m.outcome, m.version_id, m.reason, m.superseded,"
    " round(m.probability::numeric, 6) AS probability"
    " FROM match m JOIN page p ON p.id = m.page_id WHERE p.document_id = %s ORDER BY p.page_no",
    "vectors": "SELECT p.page_no, e.v::text AS v FROM embedding e JOIN page p ON p.id = e.page_id"
    " WHERE p.document_id = %s ORDER BY p.page_no",
    "instances": "SELECT first_page_no, cardinality(page_ids) AS pages, missing_pages"
    " FROM form_instance WHERE document_id = %s ORDER BY first_page_no",
    "values": "SELECT p.page_no, f.name, v.raw, v.normalized, v.empty FROM value v"
    " JOIN page p ON p.id = v.page_id JOIN field f ON f.id = v.field_id"
    " WHERE p.document_id = %s ORDER BY p.page_no, f.name",
}


def _rows(shift: Shift, document_id: UUID) -> dict[str, list[dict[str, object]]]:
    return {name: shift.sql(query, document_id) for name, query in ROWS.items()}


@pytest.fixture(scope="module")
def undisturbed(seed, postgres, letter):
    with opened(seed, postgres) as shift:
        document = shift.add(letter)
        shift.work()
        return _rows(shift, document.id)


@pytest.mark.parametrize("after", STEPS)
def test_another_worker_finishes_what_a_killed_one_began(shift, letter, undisturbed, after):
    document = shift.add(letter)

    assert shift.die(WorkKind.DOCUMENT, document.id, after) == -signal.SIGKILL
    shift.sweep()

    assert _rows(shift, document.id) == undisturbed
    assert [row["state"] for row in undisturbed["pages"]] == ["read", "read"]
    assert len(undisturbed["values"]) == 4
    assert shift.sql("SELECT state FROM document WHERE id = %s", document.id)[0]["state"] == "done"
    assert shift.sql("SELECT * FROM work WHERE kind <> 'index'") == []
