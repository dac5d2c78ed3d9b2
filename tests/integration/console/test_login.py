from __future__ import annotations

from console_visitor import ORIGIN, Visit
from fastapi.testclient import TestClient

from chohyo.domain.access import Actor
from chohyo.services import access
from chohyo.services.runtime import Runtime


def test_nobody_sees_a_page_without_a_session(nobody: TestClient) -> None:
    answer = nobody.get("/documents?state=failed", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/documents")


def test_a_login_link_is_used_up_by_the_button_and_not_by_opening_it(
    nobody: TestClient, runtime: Runtime, callers
) -> None:
    principal = callers["reviewer"].caller.principal.id
    token = access.issue_login_token(runtime, Actor.system("test"), principal)
    for _ in range(2):
        assert token in nobody.get(f"/login?token={token}").text
    assert nobody.post("/login", data={"token": token}).url.path == "/"
    nobody.cookies.clear()
    assert nobody.post("/login", data={"token": token}).status_code == 401


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(
    nobody: TestClient, callers
) -> None:
    answer = nobody.post("/login", data={"token": callers["viewer"].key}, follow_redirects=False)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_a_wrong_token_is_refused_in_the_readers_language(nobody: TestClient) -> None:
    in_japanese = nobody.post("/login", data={"token": "wrong"})
    in_english = nobody.post("/login", data={"token": "wrong"}, headers={"Accept-Language": "en"})
    assert "トークンまたはキーが無効です" in in_japanese.text
    assert "This token or key is not valid." in in_english.text


def test_logging_in_never_leads_to_another_site(nobody: TestClient, callers) -> None:
    for elsewhere in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        answer = nobody.post(
            "/login",
            data={"token": callers["viewer"].key, "next": elsewhere},
            follow_redirects=False,
        )
        assert answer.headers["location"] == "/"


def test_logging_out_ends_the_session_on_the_server(visit: Visit) -> None:
    visitor = visit("viewer")
    cookie = dict(visitor.client.cookies)
    assert visitor.post("/logout").url.path == "/login"
    visitor.client.cookies.update(cookie)
    assert visitor.get("/").url.path == "/login"


def test_the_chosen_language_is_remembered(visit: Visit) -> None:
    visitor = visit("viewer")
    assert '<html lang="en">' in visitor.get("/").text
    assert '<html lang="ja">' in visitor.post("/language", locale="ja", back="/documents").text
    assert '<html lang="ja">' in visit("viewer").get("/").text


def test_a_change_needs_the_token_of_the_session(visit: Visit) -> None:
    visitor = visit("operator")
    answer = visitor.client.post("/discovery", data={"csrf_token": "guessed"})
    assert answer.status_code == 403
    assert visitor.client.post("/discovery").status_code == 403
    assert visitor.post("/discovery").status_code == 200


def test_a_form_on_another_site_is_refused_even_with_the_token(visit: Visit) -> None:
    visitor = visit("operator")
    headers = {"Origin": "https://evil.example", "X-CSRF-Token": visitor.csrf_token}
    assert visitor.client.post("/discovery", headers=headers).status_code == 403
    headers["Origin"] = ORIGIN
    assert visitor.client.post("/discovery", headers=headers).status_code == 200


def test_every_response_forbids_foreign_scripts_and_framing(nobody: TestClient) -> None:
    for path in ("/login", "/static/console.css", "/no/such/page"):
        headers = nobody.get(path).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
