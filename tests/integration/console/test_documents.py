from __future__ import annotations

from console_seeds import Seeds, form_png
from console_visitor import Visit

from chohyo.domain.documents import Failure, PageState
from chohyo.services.runtime import Runtime
from chohyo.storage import documents


def _upload(visit: Visit, role: str, name: str, data: bytes, **headers: str):
    visitor = visit(role)
    return visitor.client.post(
        "/upload", files={"files": (name, data)}, data={"csrf_token": visitor.csrf_token},
        headers=headers,
    )  # fmt: skip


def test_each_file_is_answered_on_its_own(visit: Visit) -> None:
    operator = visit("operator")
    page = operator.client.post(
        "/upload",
        files=[("files", ("form.png", form_png())), ("files", ("notes.txt", b"just text"))],
        data={"csrf_token": operator.csrf_token},
    ).text
    assert page.count('class="outcome taken"') == 1
    assert page.count('class="outcome refused"') == 1
    assert "notes.txt is not a PDF, PNG, JPEG or TIFF file. Convert it to one of these." in page


def test_the_refusal_is_told_in_the_readers_language(visit: Visit) -> None:
    operator = visit("operator")
    operator.post("/language", locale="ja")
    answer = operator.client.post(
        "/upload", files={"files": ("メモ.txt", b"text")}, data={"csrf_token": operator.csrf_token}
    )
    assert "メモ.txt は PDF・PNG・JPEG・TIFF のいずれでもありません" in answer.text


def test_the_same_file_is_stored_once_and_says_so(visit: Visit) -> None:
    _upload(visit, "operator", "a.png", form_png())
    assert "This file was here already." in _upload(visit, "operator", "b.png", form_png()).text


def test_a_script_gets_the_outcome_without_the_page(visit: Visit) -> None:
    answer = _upload(visit, "operator", "a.png", form_png(), **{"X-Fragment": "outcomes"})
    assert answer.text.lstrip().startswith("<li")


def test_a_body_over_the_limit_is_refused_before_it_is_read(visit: Visit) -> None:
    operator = visit("operator")
    answer = operator.client.post(
        "/upload", content=b"", headers={"Content-Length": str(80 * 1024 * 1024)}
    )
    assert answer.status_code == 413


def test_a_filename_is_never_markup(visit: Visit, seeds: Seeds) -> None:
    document = seeds.document('<img src=x onerror="alert(1)">.pdf')
    viewer = visit("viewer")
    for path in ("/", "/documents", f"/documents/{document.id}"):
        page = viewer.get(path).text
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page


def test_a_viewer_is_offered_no_upload(visit: Visit) -> None:
    viewer = visit("viewer")
    assert 'href="/upload"' not in viewer.get("/").text
    assert _upload(visit, "viewer", "a.png", form_png()).status_code == 403


def test_a_document_shows_its_pages_with_what_they_are(visit: Visit, seeds: Seeds) -> None:
    document = seeds.document(page_count=2)
    version = seeds.version()
    read = seeds.page(document, PageState.ROUTED, number=1)
    seeds.read(read, version)
    seeds.page(document, PageState.UNKNOWN, number=2)
    page = visit("operator").get(f"/documents/{document.id}").text
    assert version.family_name in page
    assert "Unknown form" in page
    assert f"/pages/{read.id}/thumbnail" in page


def test_a_failed_document_tells_its_reason_and_is_tried_again(
    visit: Visit, seeds: Seeds, runtime: Runtime
) -> None:
    document = seeds.document("torn.pdf")
    with runtime.database.transaction() as connection:
        documents.fail(connection, document.id, Failure("file-damaged", {"filename": "torn.pdf"}))
    operator, path = visit("operator"), f"/documents/{document.id}"
    assert "torn.pdf is damaged or cut short." in operator.get(path).text
    assert f"{path}/retry" not in visit("viewer").get(path).text
    assert "Try again" not in operator.post(f"{path}/retry").text


def test_the_list_is_filtered_and_paged(visit: Visit, seeds: Seeds) -> None:
    names = [f"scan-{number:02}.pdf" for number in range(52)]
    for name in names:
        seeds.document(name)
    viewer = visit("viewer")
    first = viewer.get("/documents").text
    older = first.split("/documents?before=")[1].split('"')[0]
    second = viewer.get(f"/documents?before={older}").text
    assert [name for name in names if name in first] == names[2:]
    assert [name for name in names if name in second] == names[:2]
    assert "scan-" not in viewer.get("/documents?state=failed").text


def test_the_original_is_saved_and_never_shown_as_a_page(visit: Visit, seeds: Seeds) -> None:
    document = seeds.document('悪"意.pdf')
    answer = visit("operator").get(f"/documents/{document.id}/file")
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    assert visit("viewer").get(f"/documents/{document.id}/file").status_code == 403


def test_another_collections_documents_are_not_there(visit: Visit, seeds: Seeds) -> None:
    document = seeds.document()
    stranger = visit("stranger")
    assert stranger.get(f"/documents/{document.id}").status_code == 404
    assert document.filename not in stranger.get("/documents").text


def test_what_is_amiss_with_a_filled_form_stands_beside_it(visit: Visit, seeds: Seeds) -> None:
    page = seeds.page(seeds.document(), PageState.ROUTED)
    seeds.read(page, seeds.version())
    shown = visit("viewer").get(f"/documents/{page.document_id}").text
    assert "Page 1 was scanned twice; scan 2 is not read." in shown


def test_a_blank_page_says_so_and_a_reviewer_has_it_looked_at(visit: Visit, seeds: Seeds) -> None:
    page = seeds.page(seeds.document(), PageState.BLANK)
    path = f"/pages/{page.id}"
    assert "It is not blank" not in visit("operator").get(path).text
    reviewer = visit("reviewer")
    assert "It is not blank" in reviewer.get(path).text
    reviewer.post(f"/review/{page.id}")
    assert "It is not blank" not in reviewer.get(path).text
