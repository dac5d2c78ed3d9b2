"""The main job at 300 documents, with faults and without: the same rows in the end.

It takes an hour on two cores, so it runs with `make bench` alone. In small, the same is tested by
`tests/integration/faults` after every step, and by `test_faults.py`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from chaos import Chaos, insist
from piles import draw
from stack import Json, MakeStack, RunningStack, everything, until, upload

_log = logging.getLogger("endurance")
logging.getLogger("httpx").setLevel(logging.WARNING)

pytestmark = [pytest.mark.bench, pytest.mark.timeout(4 * 3600)]

TYPES = ("receipt", "certificate", "order", "timesheet", "intake")
DOCUMENTS = 300
FIRST = 10  # of each type: what discovery finds the types in
HOURS = 2 * 3600
BATCH = 25
SETTINGS = {
    # Discovery runs when it is asked for, so that both jobs group the same pages.
    "CHOHYO_DISCOVERY__EVERY_SECONDS": "86400",
    "CHOHYO_DISCOVERY__POOL_PAGES": "100000",
    # A worker is killed more often here than in a lifetime.
    "CHOHYO_WORK__MAX_ATTEMPTS": "50",
}

PLACE = "d.filename || '#' || p.page_no"
ROWS = {
    "documents": "SELECT filename, state, page_count FROM document ORDER BY filename",
    "pages": f"SELECT {PLACE} AS page, p.state, p.content_key FROM page p"
    " JOIN document d ON d.id = p.document_id ORDER BY 1",
    "vectors": f"SELECT {PLACE} AS page, md5(e.v::text) AS v FROM embedding e"
    " JOIN page p ON p.id = e.page_id JOIN document d ON d.id = p.document_id ORDER BY 1, 2",
    "proposals": f"SELECT {PLACE} AS page, m.template_page_no, o.state, o.draft->>'name' AS name"
    " FROM proposal_page m JOIN proposal o ON o.id = m.proposal_id"
    " JOIN page p ON p.id = m.page_id JOIN document d ON d.id = p.document_id ORDER BY 1",
    "fields": "SELECT a.name AS family, v.label, f.name, f.sort, f.spec::text AS spec"
    " FROM field f JOIN template_page t ON t.id = f.template_page_id"
    " JOIN template_version v ON v.id = t.version_id"
    " JOIN template_family a ON a.id = v.family_id ORDER BY 1, 2, f.sort, f.name",
    "matches": f"SELECT {PLACE} AS page, m.outcome, m.reason, a.name AS family, v.label,"
    " round(m.probability::numeric, 5) AS probability FROM match m"
    " JOIN page p ON p.id = m.page_id JOIN document d ON d.id = p.document_id"
    " LEFT JOIN template_version v ON v.id = m.version_id"
    " LEFT JOIN template_family a ON a.id = m.family_id WHERE NOT m.superseded ORDER BY 1",
    "instances": "SELECT d.filename, i.first_page_no, cardinality(i.page_ids) AS pages,"
    " i.missing_pages FROM form_instance i JOIN document d ON d.id = i.document_id ORDER BY 1, 2",
    "values": f"SELECT {PLACE} AS page, f.name, x.raw, x.normalized::text AS value, x.empty"
    " FROM value x JOIN field f ON f.id = x.field_id JOIN page p ON p.id = x.page_id"
    " JOIN document d ON d.id = p.document_id ORDER BY 1, 2",
}


@dataclass(frozen=True, slots=True)
class Pile:
    """The files that types are found in, and those that come when they are known."""

    first: list[Path]
    later: list[Path]


@pytest.fixture(scope="module")
def pile(tmp_path_factory: pytest.TempPathFactory) -> Pile:
    folder = tmp_path_factory.mktemp("pile")
    each = DOCUMENTS // len(TYPES)
    drawn = [draw(folder, name, range(each)) for name in TYPES]
    return Pile(
        [path for files in drawn for path in files[:FIRST]],
        [path for files in drawn for path in files[FIRST:]],
    )


@pytest.fixture(scope="module")
def undisturbed(make_stack: MakeStack, pile: Pile) -> dict[str, list[Json]]:
    stack = make_stack(workers=2, settings=SETTINGS)
    return _main_job(stack, pile, nullcontext)


def test_faults_change_nothing(
    make_stack: MakeStack, pile: Pile, undisturbed: dict[str, list[Json]]
) -> None:
    stack = make_stack(workers=2, settings=SETTINGS)
    chaos = Chaos(stack, seed=1, pause=(15, 45))

    disturbed = _main_job(stack, pile, lambda: chaos)

    _log.info("struck: %s", dict(chaos.struck))
    _log.info("rows: %s", {name: len(rows) for name, rows in undisturbed.items()})
    assert {"worker-1", "worker-2", "postgres", "hints"} <= chaos.struck.keys()
    assert {row["state"] for row in undisturbed["documents"]} == {"done"}
    for name, rows in undisturbed.items():
        assert rows
        assert disturbed[name] == rows, name


def _main_job(
    stack: RunningStack, pile: Pile, chaos: Callable[[], AbstractContextManager[object]]
) -> dict[str, list[Json]]:
    """Do the whole job in a stack of its own; return all rows, ids left out."""
    stack.start()
    with stack.client() as client, chaos():
        _take_in(stack, client, pile.first)
        _find_form_types(client)
        _approve_one_by_one(stack, client)
        _take_in(stack, client, pile.later)
    rows = {name: _rows(stack, query) for name, query in ROWS.items()}
    assert stack.run_json("audit", "verify")["intact"] is True
    stack.stop()
    return rows


def _take_in(stack: RunningStack, client: httpx.Client, files: list[Path]) -> None:
    for start in range(0, len(files), BATCH):
        key = {"Idempotency-Key": str(uuid4())}
        client.headers.update(key)
        insist(lambda part=files[start : start + BATCH]: upload(client, part))  # type: ignore[misc]
    del client.headers["Idempotency-Key"]
    _settle(stack)


def _find_form_types(client: httpx.Client) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    asked = lambda: client.post("/discovery-runs", json={}, headers=key).raise_for_status()  # noqa: E731
    run = insist(asked).json()
    until("the run is done", lambda: _run_state(client, run["id"]) == "done", HOURS)
    until("nothing is drafted any more", lambda: not _in_state(client, "drafting"), HOURS)


def _approve_one_by_one(stack: RunningStack, client: httpx.Client) -> None:
    """Approve in the order of their first pages, each when the pool has been routed again."""
    waiting = {each["id"]: _first_page(stack, each["id"]) for each in _in_state(client, "waiting")}
    for proposal_id in sorted(waiting, key=lambda each: waiting[each]):
        key = {"Idempotency-Key": str(uuid4())}
        path = f"/proposals/{proposal_id}/approve"
        insist(lambda p=path, k=key: client.post(p, headers=k).raise_for_status())  # type: ignore[misc]
        _settle(stack)


def _settle(stack: RunningStack) -> None:
    until("no work is left", lambda: not _rows(stack, "SELECT * FROM work LIMIT 1"), HOURS)


def _first_page(stack: RunningStack, proposal_id: str) -> str:
    query = f"""SELECT min({PLACE}) AS place FROM proposal_page m
        JOIN page p ON p.id = m.page_id JOIN document d ON d.id = p.document_id
        WHERE m.proposal_id = '{proposal_id}'"""
    place: str = _rows(stack, query)[0]["place"]
    return place


def _rows(stack: RunningStack, query: str) -> list[Json]:
    return insist(lambda: stack.rows(query))


def _run_state(client: httpx.Client, run_id: str) -> str:
    answer = insist(lambda: client.get(f"/discovery-runs/{run_id}").raise_for_status())
    state: str = answer.json()["state"]
    assert state != "failed"
    return state


def _in_state(client: httpx.Client, state: str) -> list[Json]:
    def found() -> Iterator[Json]:
        return everything(client, "/proposals", state=state)

    return insist(lambda: list(found()))
