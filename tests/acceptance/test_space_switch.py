"""A running stack is moved to another embedding space and back while files come in."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from piles import draw
from stack import Json, MakeStack, RunningStack, until, upload

OWN, OTHER = "layout-encoder", "layout-grid"


@pytest.fixture(scope="module")
def stack(make_stack: MakeStack) -> RunningStack:
    stack = make_stack(workers=2)
    stack.start()
    return stack


def _done(client: httpx.Client, documents: list[Json]) -> bool:
    found = [client.get(f"/documents/{each['id']}").json() for each in documents]
    return all(each["state"] == "done" for each in found)


def _vectors(stack: RunningStack) -> dict[str, int]:
    rows = stack.rows(
        "SELECT s.name, count(e.page_id) AS n FROM embedding_space s"
        " LEFT JOIN embedding e ON e.space_id = s.id WHERE s.kind = 'layout' GROUP BY s.name"
    )
    return {row["name"]: row["n"] for row in rows}


def test_a_space_is_filled_through_a_killed_worker_and_used(
    stack: RunningStack, tmp_path: Path
) -> None:
    with stack.client() as client:
        first = upload(client, draw(tmp_path / "a", "receipt", range(4)))
        until("they are done", lambda: _done(client, first))
        assert _vectors(stack) == {OWN: 4}
        refused = client.post(f"/spaces/{OTHER}/switch", json={})
        assert refused.status_code == 404

        stack.run("reindex", "--space", OTHER)
        stack.kill_role("worker-1")
        more = upload(client, draw(tmp_path / "b", "receipt", range(4, 6)))
        (now,) = stack.run_json("reindex", "--space", OTHER, "--switch", "--timeout", "150")
        assert (now["active"], now["missing"], now["failed"]) == (True, 0, 0)
        assert client.get("/status").json()["space"]["name"] == OTHER
        until("they are done", lambda: _done(client, more))
        until("both are full", lambda: _vectors(stack) == {OWN: 6, OTHER: 6})

        back = stack.run_json("spaces", "back")
        assert back["space"]["name"] == OWN
        last = upload(client, draw(tmp_path / "c", "receipt", range(6, 7)))
        until("it is done", lambda: _done(client, last))
        until("both are full", lambda: _vectors(stack) == {OWN: 7, OTHER: 7})
        client.delete(f"/spaces/{OTHER}").raise_for_status()
        assert _vectors(stack) == {OWN: 7}
    assert stack.run_json("audit", "verify")["intact"] is True
