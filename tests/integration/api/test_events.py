"""Progress as server-sent events, over a real server."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from filing import Filing

from api.app import create_app
from api.server import Server
from api.v1 import events
from chohyo.domain.access import Actor
from chohyo.domain.documents import Failure
from chohyo.domain.proposals import ProposalState
from chohyo.services import access, drafting, processing
from chohyo.services.runtime import Runtime
from chohyo.settings import Settings
from chohyo.storage import audit, proposals, runs

SETUP = Actor.system("test")


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a stream."""

    name: str
    id: str | None
    data: Any


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs in a thread of this process."""

    url: str
    server: Server
    thread: threading.Thread

    def stop(self) -> float:
        """Stop it as a signal does; return the seconds it took."""
        began = time.monotonic()
        self.server.should_exit = True
        self.thread.join()
        return time.monotonic() - began


@pytest.fixture
def served(runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr(events, "_LOOK_SECONDS", 0.05)
    server = Server(create_app(runtime, Settings(data_dir=tmp_path)), "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    running = Served(f"http://127.0.0.1:{port}", server, thread)
    yield running
    running.stop()


@pytest.fixture
def follow(served: Served, callers) -> Iterator[Callable[..., Iterator[Event]]]:
    """Return a function that follows a stream."""
    with httpx.Client(base_url=served.url, timeout=30) as client:

        def stream(role: str = "viewer", *, last: str = "", **params: str) -> Iterator[Event]:
            headers = {**callers[role].headers, **({"Last-Event-ID": last} if last else {})}
            with client.stream("GET", "/v1/events", params=params, headers=headers) as answer:
                answer.raise_for_status()
                assert answer.headers["content-type"].startswith("text/event-stream")
                yield from _events(answer.iter_lines())

        yield stream


def _events(lines: Iterator[str]) -> Iterator[Event]:
    fields: dict[str, str] = {}
    for line in lines:
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            fields[name] = value
        elif not line:
            if "event" in fields:
                yield Event(fields["event"], fields.get("id"), json.loads(fields["data"]))
            fields = {}


def test_a_stream_begins_with_how_things_stand(follow, filing: Filing) -> None:
    run, collection = (event for event, _ in zip(follow(), range(2), strict=False))
    assert (run.name, run.data["id"], run.data["state"]) == ("run", str(filing.run_id), "queued")
    assert collection.name == "collection"
    assert collection.data["pages"] == {"read": 1, "review": 1, "unknown": 1}
    assert collection.data["waiting_proposals"] == 1
    assert (run.id, collection.id is None) == (None, False)


def test_changes_arrive_while_they_happen(follow, runtime: Runtime, filing: Filing) -> None:
    stream = follow()
    next(stream), next(stream)
    processing.fail_document(runtime, filing.document.id, Failure("file-damaged", {}))
    document, collection = next(stream), next(stream)
    assert (document.name, document.data["id"]) == ("document", str(filing.document.id))
    assert document.data["state"] == "failed"
    assert document.data["pages"] == {"read": 1, "review": 1, "unknown": 1}
    assert collection.data["documents"] == {"failed": 2}
    with runtime.database.transaction() as connection:
        runs.start(connection, filing.run_id, 3)
    run = next(stream)
    assert (run.name, run.data["state"], run.data["pool_pages"]) == ("run", "running", 3)


def test_a_reader_goes_on_after_the_last_event_it_saw(
    follow, runtime: Runtime, filing: Filing
) -> None:
    stream = follow()
    next(stream)
    last = next(stream).id
    stream.close()
    processing.finish_document(runtime, filing.document.id)
    missed = next(follow(last=last))
    assert (missed.name, missed.data["state"]) == ("document", "done")


def test_a_document_and_a_run_can_be_followed_alone(
    follow, runtime: Runtime, filing: Filing
) -> None:
    one = follow(document_id=str(filing.document.id))
    assert next(one).data["id"] == str(filing.document.id)
    processing.fail_document(runtime, filing.failed_document.id, Failure("file-damaged", {}))
    processing.finish_document(runtime, filing.document.id)
    assert (following := next(one)).data["state"] == "done"
    assert following.data["id"] == str(filing.document.id)
    assert next(follow(run_id=str(filing.run_id))).name == "run"


def test_a_waiting_proposal_is_told(follow, runtime: Runtime, filing: Filing) -> None:
    with runtime.database.transaction() as connection:
        proposals.set_state(connection, filing.proposal_id, ProposalState.DRAFTING)
    stream = follow()
    next(stream)
    assert next(stream).data["waiting_proposals"] == 0
    drafting.present(runtime, filing.proposal_id)
    assert next(stream).data["waiting_proposals"] == 1


def test_what_happens_elsewhere_is_not_told(
    follow, runtime: Runtime, filing: Filing, other_collection
) -> None:
    stream = follow()
    next(stream), next(stream)
    with runtime.database.transaction() as connection:
        audit.append(
            connection, SETUP, "document.done", "document", filing.document.id,
            collection_id=other_collection.id,
        )  # fmt: skip
    processing.finish_document(runtime, filing.failed_document.id)
    assert next(stream).data["id"] == str(filing.failed_document.id)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"document_id": "{document}", "run_id": "{run}"}, 422),
        ({"document_id": "{run}"}, 404),
        ({"collection_id": "{run}"}, 404),
    ],
)
def test_one_thing_that_is_there_is_followed(
    client, callers, filing: Filing, params: dict[str, str], code: int
) -> None:
    sent = {
        name: value.format(document=filing.document.id, run=filing.run_id)
        for name, value in params.items()
    }
    answer = client.get("/v1/events", params=sent, headers=callers["viewer"].headers)
    assert answer.status_code == code


def test_a_stream_ends_when_its_key_is_revoked(
    follow, runtime: Runtime, callers, filing: Filing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "_BEAT_SECONDS", 0.1)
    stream = follow()
    next(stream), next(stream)
    access.revoke_key(runtime, SETUP, callers["viewer"].caller.key_id)
    assert list(stream) == []


def test_stopping_the_server_ends_its_streams_at_once(
    served: Served, follow, filing: Filing
) -> None:
    stream = follow()
    next(stream), next(stream)
    assert served.stop() < 4  # the server would cut it after five
    assert list(stream) == []
