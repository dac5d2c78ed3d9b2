"""Administration in the console, and the choice among collections."""

from __future__ import annotations

import re

import pytest
from console_seeds import Seeds, form_png
from console_visitor import Visit

from chohyo.domain.access import Role
from chohyo.domain.collections import Collection
from chohyo.domain.documents import PageState
from chohyo.services.runtime import Runtime
from chohyo.storage import access

AREA = "/administration"


@pytest.fixture
def elsewhere(runtime: Runtime, other_collection: Collection, callers) -> Seeds:
    """Fill the other collection, which the reviewer may see too."""
    reviewer = callers["reviewer"].caller.principal
    with runtime.database.transaction() as connection:
        access.grant_role(connection, reviewer.id, other_collection.id, Role.REVIEWER)
    return Seeds(runtime, other_collection.id)


def _shown_once(page: str) -> str:
    found = re.search(r'class="code secret" readonly value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


def test_a_person_is_registered_given_a_role_and_shut_out(
    visit: Visit, runtime: Runtime, collection: Collection, nobody
) -> None:
    admin = visit("admin")
    page = admin.post(
        f"{AREA}/people", name="森 花子", kind="person", role="viewer", locale="ja",
        collection=str(collection.id),
    ).text  # fmt: skip
    link = _shown_once(page)
    assert link.startswith("http://127.0.0.1/login?token=")
    assert nobody.post("/login", data={"token": link.partition("token=")[2]}).status_code == 200
    with runtime.database.transaction() as connection:
        person = next(p for p in access.principals(connection) if p.name == "森 花子")
    admin.post(f"{AREA}/people/{person.id}/role", collection=str(collection.id), role="operator")
    assert 'href="/upload"' in nobody.get("/").text
    assert "disabled" in admin.post(f"{AREA}/people/{person.id}/disable").text
    assert nobody.get("/", follow_redirects=False).status_code == 303
    admin.post(f"{AREA}/people/{person.id}/enable")
    renewed = _shown_once(admin.post(f"{AREA}/people/{person.id}/link").text)
    assert nobody.post("/login", data={"token": renewed.partition("token=")[2]}).status_code == 200
    admin.post(f"{AREA}/people/{person.id}/role", collection=str(collection.id), role="")
    assert 'href="/upload"' not in nobody.get("/").text


def test_a_key_is_shown_once_and_revoked(visit: Visit, callers, nobody) -> None:
    admin, viewer = visit("admin"), callers["viewer"].caller.principal
    made = admin.post(f"{AREA}/keys", principal=str(viewer.id), name="laptop", days="30").text
    headers = {"X-API-Key": _shown_once(made)}
    assert nobody.get("/v1/me", headers=headers).json()["name"] == "viewer"
    listed = admin.get(AREA).text
    assert headers["X-API-Key"] not in listed
    key_id = re.findall(r"/administration/keys/([0-9a-f-]+)/revoke", listed)[-1]
    admin.post(f"{AREA}/keys/{key_id}/revoke")
    assert nobody.get("/v1/me", headers=headers).status_code == 401


def test_the_last_administrator_is_told_why_not(
    visit: Visit, callers, other_collection: Collection
) -> None:
    stranger = callers["stranger"].caller.principal
    answer = visit("stranger").post(f"{AREA}/people/{stranger.id}/disable")
    assert answer.status_code == 409
    assert "Nobody would be left to administer other." in answer.text


def test_only_administrators_find_the_area(visit: Visit) -> None:
    reviewer = visit("reviewer")
    assert AREA not in reviewer.get("/").text
    assert reviewer.get(AREA).status_code == 403
    assert reviewer.post(f"{AREA}/collections", name="x").status_code == 403


def test_a_collection_is_added_and_renamed(visit: Visit, collection: Collection) -> None:
    admin = visit("admin")
    assert "経理" in admin.post(f"{AREA}/collections", name="経理").text
    assert "総務" in admin.post(f"{AREA}/collections/{collection.id}/name", name="総務").text
    assert 'action="/collection"' in admin.get("/").text  # there are two to choose from now


def test_the_console_shows_the_chosen_collection_alone(
    visit: Visit, seeds: Seeds, elsewhere: Seeds, other_collection: Collection
) -> None:
    here, there = seeds.document("here.pdf"), elsewhere.document("there.pdf")
    seeds.version("here-form"), elsewhere.version("there-form")
    waiting = elsewhere.proposal([elsewhere.page(there, PageState.UNKNOWN)], elsewhere.draft("yon"))
    reviewer = visit("reviewer")
    paths = ("/", "/documents", "/templates", "/proposals", "/discovery", "/review", "/audit")

    before = "".join(reviewer.get(path).text for path in paths)
    assert "here.pdf" in before
    assert "here-form" in before
    assert not {"there.pdf", "there-form", "yon"} & set(re.findall(r"[\w.-]+", before))
    missing = reviewer.get(f"/proposals/{waiting.id}")
    assert missing.status_code == 404
    assert "another collection" in missing.text

    reviewer.post("/collection", collection=str(other_collection.id), back=f"/documents/{here.id}")
    after = "".join(reviewer.get(path).text for path in paths)
    assert "there.pdf" in after
    assert not {"here.pdf", "here-form"} & set(re.findall(r"[\w.-]+", after))
    assert reviewer.get(f"/documents/{here.id}").status_code == 404
    assert reviewer.get(f"/proposals/{waiting.id}").status_code == 200


def test_a_choice_of_a_collection_one_may_not_see_changes_nothing(
    visit: Visit, elsewhere: Seeds
) -> None:
    elsewhere.document("there.pdf")
    viewer = visit("viewer")
    viewer.post("/collection", collection=str(elsewhere.collection_id))
    assert "there.pdf" not in viewer.get("/documents").text
    assert viewer.get("/documents").status_code == 200


def test_uploads_and_discovery_go_where_the_form_was_shown(
    visit: Visit, seeds: Seeds, elsewhere: Seeds, other_collection: Collection
) -> None:
    reviewer = visit("reviewer")
    shown = re.search(r'name="collection" value="([^"]+)"', reviewer.get("/upload").text)
    assert shown is not None
    assert shown.group(1) == str(seeds.collection_id)
    reviewer.post("/collection", collection=str(other_collection.id))  # in another tab
    reviewer.client.post(
        "/upload",
        data={"collection": shown.group(1), "csrf_token": reviewer.csrf_token},
        files={"files": ("scan.png", form_png())},
    )
    assert "scan.png" not in reviewer.get("/documents").text
    assert "Queued" in reviewer.post("/discovery", collection=str(other_collection.id)).text
    reviewer.post("/collection", collection=str(seeds.collection_id))
    assert "scan.png" in reviewer.get("/documents").text
    assert "Queued" not in reviewer.get("/discovery").text


def test_a_file_that_another_collection_holds_is_new_here(
    visit: Visit, seeds: Seeds, elsewhere: Seeds, other_collection: Collection
) -> None:
    files = {"files": ("scan.png", form_png())}
    for role, collection_id in (
        ("operator", seeds.collection_id),
        ("stranger", other_collection.id),
    ):
        visitor = visit(role)
        answer = visitor.client.post(
            "/upload",
            data={"collection": str(collection_id), "csrf_token": visitor.csrf_token},
            files=files,
        )
        assert "Taken in." in answer.text
        assert "This file was here already." not in answer.text
