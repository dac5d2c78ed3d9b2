"""The main job, with real processes that are killed while they do it.

A pile nobody has described comes in, a worker is killed, types are found, everything is stopped and
started again, a person approves, and new copies are routed and read.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from piles import draw
from stack import Json, MakeStack, RunningStack, everything, until, upload

PAGES = {"receipt": 1, "certificate": 1, "intake": 2}
COPIES, LATER = 4, 2
ALL_PAGES = (COPIES + LATER) * sum(PAGES.values())


@dataclass(slots=True)
class Job:
    """The stack after the job, and what was seen on the way."""

    stack: RunningStack
    files: list[Path]
    later: list[Path]
    proposals: list[Json] = field(default_factory=list)
    uploaded: list[Json] = field(default_factory=list)

    @property
    def client(self) -> httpx.Client:
        """Return a client of the API."""
        return self.stack.client()


@pytest.fixture(scope="module")
def job(make_stack: MakeStack, tmp_path_factory: pytest.TempPathFactory) -> Job:
    folder = tmp_path_factory.mktemp("pile")
    job = Job(
        stack=make_stack(workers=2),
        files=[path for each in PAGES for path in draw(folder, each, range(COPIES))],
        later=[path for each in PAGES for path in draw(folder, each, range(50, 50 + LATER))],
    )
    job.stack.start()
    _take_in_the_pile(job)
    _find_form_types(job)
    job.stack.stop()
    job.stack.start()
    _approve_all(job)
    _take_in_later_copies(job)
    _decide_the_doubtful(job)
    return job


def _take_in_the_pile(job: Job) -> None:
    with job.client as client:
        job.uploaded += upload(client, job.files)
        until("a page is on its way", lambda: job.stack.rows("SELECT id FROM page LIMIT 1"))
        job.stack.kill_role("worker-1")
        until("all documents are done", lambda: _done(client, len(job.files)))


def _find_form_types(job: Job) -> None:
    with job.client as client:
        run = client.post("/discovery-runs", json={}).raise_for_status().json()
        job.stack.kill_role("worker-2")
        until("the run is done", lambda: _run_state(client, run["id"]) == "done")
        until("nothing is drafted any more", lambda: not _in_state(client, "drafting"))
        job.proposals = _in_state(client, "waiting")


def _approve_all(job: Job) -> None:
    with job.client as client:
        for proposal in job.proposals:
            client.post(f"/proposals/{proposal['id']}/approve").raise_for_status()
        wanted = len(job.proposals)
        until("all are published", lambda: len(_in_state(client, "published")) == wanted)
        until(
            "the pool is routed",
            lambda: not job.stack.rows("SELECT * FROM work WHERE kind <> 'index'"),
            180,
        )


def _take_in_later_copies(job: Job) -> None:
    with job.client as client:
        job.uploaded += upload(client, job.later)
        until("these are done", lambda: _done(client, len(job.files) + len(job.later)), 180)
        until(
            "no work is left",
            lambda: not job.stack.rows("SELECT * FROM work WHERE kind <> 'index'"),
        )


def _decide_the_doubtful(job: Job) -> None:
    """Do a reviewer's work: where the edition is in doubt, take the first candidate."""
    with job.client as client:
        for page in list(everything(client, "/pages", state="review")):
            match = client.get(f"/pages/{page['id']}").json()["match"]
            chosen = {"template_page_id": match["candidates"][0]["template_page_id"]}
            client.post(f"/pages/{page['id']}/decision", json=chosen).raise_for_status()
        until(
            "nothing is in review", lambda: not list(everything(client, "/pages", state="review"))
        )
        until(
            "no work is left",
            lambda: not job.stack.rows("SELECT * FROM work WHERE kind <> 'index'"),
        )


def test_each_form_type_is_proposed_once_with_all_its_copies(job: Job) -> None:
    assert sorted(each["member_count"] for each in job.proposals) == sorted(
        COPIES * pages for pages in PAGES.values()
    )


def test_every_upload_is_one_document_and_every_page_one_row(job: Job) -> None:
    documents = job.stack.rows("SELECT id, state FROM document")
    pages = job.stack.rows("SELECT document_id, page_no FROM page")

    assert len(documents) == len(job.uploaded) == len({each["id"] for each in job.uploaded})
    assert {row["state"] for row in documents} == {"done"}
    assert len(pages) == ALL_PAGES


def test_every_page_has_one_decision_in_force_and_is_read(job: Job) -> None:
    in_force = job.stack.rows("SELECT page_id, outcome FROM match WHERE NOT superseded")
    states = job.stack.rows("SELECT state, count(*) AS n FROM page GROUP BY state")

    assert len({row["page_id"] for row in in_force}) == len(in_force) == ALL_PAGES
    assert states == [{"state": "read", "n": ALL_PAGES}]


def test_copies_that_came_later_are_routed_to_the_types_found_before(job: Job) -> None:
    later = {path.name: path.name.split("-")[0] for path in job.later}
    with job.client as client:
        documents = [d for d in everything(client, "/documents") if d["filename"] in later]
        details = [client.get(f"/documents/{d['id']}").json() for d in documents]
    versions = {(later[d["filename"]], d["pages"][0]["version_id"]) for d in details}

    assert {page["outcome"] for d in details for page in d["pages"]} == {"routed"}
    assert len(versions) == len(PAGES)


def test_every_field_of_every_page_has_one_value(job: Job) -> None:
    expected = job.stack.rows(
        "SELECT m.page_id, f.id AS field_id FROM match m"
        " JOIN field f ON f.template_page_id = m.template_page_id WHERE NOT m.superseded"
    )
    found = job.stack.rows("SELECT page_id, field_id FROM value")

    assert len(found) == len(expected) > ALL_PAGES
    assert {tuple(row.values()) for row in found} == {tuple(row.values()) for row in expected}


def test_every_filled_form_is_one_instance_with_all_its_pages(job: Job) -> None:
    instances = job.stack.rows("SELECT document_id, page_ids, missing_pages FROM form_instance")
    in_instances = [page for row in instances for page in row["page_ids"]]

    assert len(instances) == (COPIES + LATER) * len(PAGES)
    assert len(in_instances) == len(set(in_instances)) == ALL_PAGES
    assert all(row["missing_pages"] == [] for row in instances)


def test_the_csv_of_a_type_has_one_row_for_each_filled_form(job: Job) -> None:
    with job.client as client:
        families = list(everything(client, "/templates"))
        tables = [_csv(client, family["versions"][0]["id"]) for family in families]

    assert [len(table) for table in tables] == [COPIES + LATER] * len(PAGES)
    assert all(any(_values(row)) for table in tables for row in table)


def test_evidence_of_a_value_is_a_picture(job: Job) -> None:
    [row] = job.stack.rows("SELECT id FROM value WHERE NOT empty ORDER BY id LIMIT 1")
    with job.client as client:
        crop = client.get(f"/values/{row['id']}/crop")
        overlay = client.get(f"/values/{row['id']}/overlay")

    assert crop.content.startswith(b"\x89PNG")
    assert len(overlay.content) > len(crop.content)


def test_the_audit_is_whole_and_names_every_decision(job: Job) -> None:
    report = job.stack.run_json("audit", "verify")
    approved = job.stack.rows("SELECT 1 FROM audit_entry WHERE action = 'proposal.approved'")

    assert report["intact"] is True
    assert len(approved) == len(PAGES)


def test_the_same_files_again_add_nothing(job: Job) -> None:
    summary = job.stack.run_json("ingest", *job.files)

    assert len(summary["duplicates"]) == len(job.files)
    assert summary["accepted"] == summary["rejected"] == []


def test_the_logs_are_lines_of_json_without_keys_and_without_what_was_read(job: Job) -> None:
    read = job.stack.rows("SELECT raw FROM value WHERE length(raw) > 5 AND raw !~ '^[0-9:., -]*$'")
    logs = {path.stem: path.read_text("utf-8") for path in (job.stack.data_dir / "logs").iterdir()}
    with job.client as client:
        key = client.headers["Authorization"].removeprefix("Bearer ")

    assert {"web", "beat", "worker-1", "worker-2"} <= logs.keys()
    for role, text in logs.items():
        assert key not in text
        assert [row["raw"] for row in read if row["raw"] in text] == []
        if role not in {"postgres", "stack"}:  # Celery has a few words outside of its logs
            lines = [line for line in text.splitlines() if line.startswith("{")]
            assert all(json.loads(line)["logger"] for line in lines)
            assert len(lines) > 1
    assert len(read) > ALL_PAGES
    assert "/v1/documents" in logs["web"]


def _done(client: httpx.Client, wanted: int) -> bool:
    states = [each["state"] for each in everything(client, "/documents")]
    assert "failed" not in states
    return states.count("done") == wanted


def _run_state(client: httpx.Client, run_id: str) -> str:
    state: str = client.get(f"/discovery-runs/{run_id}").raise_for_status().json()["state"]
    assert state != "failed"
    return state


def _in_state(client: httpx.Client, state: str) -> list[Json]:
    return list(everything(client, "/proposals", state=state))


def _csv(client: httpx.Client, version_id: str) -> list[dict[str, str]]:
    answer = client.get(f"/template-versions/{version_id}/values.csv").raise_for_status()
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def _values(row: dict[str, str]) -> Iterator[str]:
    fixed = ("document_id", "filename", "instance_id", "first_page", "missing_pages")
    return (cell for name, cell in row.items() if name not in fixed)
