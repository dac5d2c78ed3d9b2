"""Uploading files."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pymupdf
import pytest
from fastapi.testclient import TestClient

from chohyo.services.runtime import Runtime

Clients = Callable[[str], TestClient]
BOUNDARY = "edge"


def pdf(text: str) -> bytes:
    """Return a PDF of one page."""
    with pymupdf.open() as document:
        document.new_page(width=200, height=100).insert_text((20, 50), text)
        return document.tobytes()


def _upload(client: TestClient, *files: tuple[str, bytes], **fields: str):
    return client.post("/v1/documents", files=[("files", each) for each in files], data=fields)


def _raw(client: TestClient, body: bytes):
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return client.post("/v1/documents", content=body, headers=headers)


def _documents(runtime: Runtime) -> int:
    with runtime.database.transaction() as connection:
        row = connection.execute("SELECT count(*) AS n FROM document").fetchone()
    assert row is not None
    return row["n"]


def test_new_files_are_kept_and_their_processing_is_asked_for(as_: Clients, queue) -> None:
    answer = _upload(as_("operator"), ("届.pdf", pdf("one")), ("b.pdf", pdf("two")))
    assert answer.status_code == 201
    first, second = answer.json()["items"]
    assert (first["filename"], first["document"]["page_count"]) == ("届.pdf", 1)
    assert (first["duplicate"], first["problem"]) == (False, None)
    assert [hint[:2] for hint in queue.sent] == [
        ("document", UUID(first["document"]["id"])),
        ("document", UUID(second["document"]["id"])),
    ]


def test_known_bytes_give_the_document_they_became(as_: Clients) -> None:
    data = pdf("one")
    first = _upload(as_("operator"), ("a.pdf", data)).json()["items"][0]
    again = _upload(as_("operator"), ("renamed.pdf", data))
    assert again.status_code == 200
    assert again.json()["items"][0]["duplicate"]
    assert again.json()["items"][0]["document"] == first["document"]


def test_one_bad_file_does_not_keep_out_a_good_one(as_: Clients) -> None:
    answer = _upload(as_("operator"), ("notes.txt", b"hello"), ("a.pdf", pdf("one")))
    assert answer.status_code == 201
    bad, good = answer.json()["items"]
    assert (bad["document"], bad["problem"]["code"]) == (None, "file-type")
    assert good["document"] is not None


def test_when_every_file_fails_the_answer_has_the_first_files_status(
    as_: Clients, runtime: Runtime
) -> None:
    answer = _upload(as_("operator"), ("notes.txt", b"hello"), ("b.pdf", b"%PDF-1.7 cut"))
    assert answer.status_code == 415
    assert [each["problem"]["status"] for each in answer.json()["items"]] == [415, 422]
    assert _documents(runtime) == 0


def test_a_file_beyond_the_limit_is_refused_with_its_size(
    as_: Clients, runtime: Runtime, tmp_path: Path
) -> None:
    size_mib = runtime.limits.file_mib + 1
    answer = _upload(as_("operator"), ("big.pdf", b"%PDF-1.7" + bytes(size_mib << 20)))
    problem = answer.json()["items"][0]["problem"]
    assert (answer.status_code, problem["code"]) == (413, "file-too-large")
    assert problem["params"] == {"filename": "big.pdf", "size_mib": 65.0, "limit_mib": 64}


def test_nothing_of_an_upload_stays_in_the_temporary_folder(
    as_: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"  # of this test's own: others upload at the same time
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    _upload(as_("operator"), ("a.pdf", pdf("one")))
    _raw(as_("operator"), b"--edge\r\nnonsense")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("C:\\scans\\届 1.pdf", "届 1.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\x7fb.pdf", "ab.pdf"),
        ("/", "upload"),
    ],
)
def test_a_files_name_is_only_its_last_part(as_: Clients, sent: str, shown: str) -> None:
    body = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{sent}"\r\n\r\n'
    ).encode()
    answer = _raw(as_("operator"), body + pdf("one") + f"\r\n--{BOUNDARY}--\r\n".encode())
    assert answer.json()["items"][0]["filename"] == shown


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no boundary at all",
        b"--edge--\r\n",
        b'--edge\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\ncut off',
        b'--edge\r\nContent-Disposition: form-data; name="collection_id"\r\n\r\nx\r\n--edge--\r\n',
    ],
)
def test_a_body_that_is_no_whole_form_with_files_is_refused(as_: Clients, body: bytes) -> None:
    answer = _raw(as_("operator"), body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-input")


def test_a_collection_that_is_no_id_is_refused(as_: Clients) -> None:
    answer = _upload(as_("operator"), ("a.pdf", pdf("one")), collection_id="mine")
    assert answer.json()["params"] == {"field": "collection_id", "reason": "is no UUID"}


def test_another_media_type_is_refused(as_: Clients) -> None:
    answer = as_("operator").post("/v1/documents", json={})
    assert answer.json()["params"]["field"] == "Content-Type"


def test_files_go_to_the_collection_named(as_: Clients, other_collection) -> None:
    here = _upload(as_("stranger"), ("a.pdf", pdf("one")), collection_id=str(other_collection.id))
    assert here.json()["items"][0]["document"]["collection_id"] == str(other_collection.id)


def test_bytes_of_another_collection_are_not_told_to_be_known(as_: Clients) -> None:
    data = pdf("one")
    mine = _upload(as_("operator"), ("a.pdf", data)).json()["items"][0]
    theirs = _upload(as_("stranger"), ("a.pdf", data))
    assert theirs.status_code == 201
    assert theirs.json()["items"][0]["document"]["id"] != mine["document"]["id"]


def test_two_uploads_of_the_same_bytes_at_once_make_one_document(
    as_: Clients, runtime: Runtime
) -> None:
    data, statuses = pdf("one"), []
    start = threading.Barrier(3)
    clients = [as_("operator") for _ in range(3)]

    def send(client: TestClient) -> None:
        start.wait()
        statuses.append(_upload(client, ("a.pdf", data)).status_code)

    threads = [threading.Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 200, 201]
    assert _documents(runtime) == 1


def test_an_upload_chooses_who_judges_its_pages(as_: Clients, runtime: Runtime) -> None:
    def upload(reranker: str):
        files = [("files", pdf(reranker))]
        return as_("operator").post("/v1/documents", files=files, params={"reranker": reranker})

    assert upload("off").status_code == 201
    for unknown in ("qwen", "guess"):
        answer = upload(unknown)
        assert answer.status_code == 422
        assert "reranker" in answer.text
    with runtime.database.transaction() as connection:
        rows = connection.execute("SELECT reranker FROM document").fetchall()
        entry = connection.execute(
            "SELECT details FROM audit_entry WHERE action = 'document.ingested'"
        ).fetchone()
    assert [row["reranker"] for row in rows] == ["off"]
    assert entry is not None
    assert entry["details"]["reranker"] == "off"
