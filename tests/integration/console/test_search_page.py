"""The search page: words, an image, a page, filters, and what is told when something is wrong."""

from __future__ import annotations

import json

import pytest
from console_seeds import Mute, Seeds, form_png
from console_visitor import Visit

from chohyo.domain.documents import Page, PageState
from chohyo.models.chat import Reply
from chohyo.services import processing
from chohyo.services.generating import Writer
from chohyo.services.indexing import IndexModels, index_page
from chohyo.services.runtime import Runtime


@pytest.fixture
def page(seeds: Seeds, runtime: Runtime, console) -> Page:
    """Return a page with values that is indexed."""
    filed = seeds.page(seeds.document(), PageState.READ)
    seeds.read(filed, seeds.version())
    processing.finish_document(runtime, filed.document_id)
    engine = console.state.search
    index_page(runtime, IndexModels(Mute(), engine.encoders, engine.embedders), filed.id)
    return filed


def test_words_find_a_value_and_show_it(visit: Visit, page: Page) -> None:
    shown = visit("operator").post("/search", text="１２８００").text
    assert f'href="/pages/{page.id}"' in shown
    assert "合計金額" in shown
    assert "12,800" in shown
    assert "/regions/crop?box=" in shown


def test_a_viewer_is_shown_no_personal_data(visit: Visit, page: Page) -> None:
    assert f'href="/pages/{page.id}"' in visit("operator").post("/search", text="山田 花子").text
    assert f'href="/pages/{page.id}"' not in visit("viewer").post("/search", text="山田 花子").text


def test_what_is_wrong_is_said_on_the_page_and_the_words_stay(visit: Visit, page: Page) -> None:
    answer = visit("operator").post("/search", text="届", where="支払金額 >= 1000000")
    assert answer.status_code == 422
    assert "支払金額" in answer.text
    assert 'value="届"' in answer.text
    assert visit("operator").post("/search", text=" ").status_code == 422


def test_an_uploaded_image_finds_its_page(visit: Visit, page: Page) -> None:
    visitor = visit("operator")
    answer = visitor.client.post(
        "/search",
        data={"csrf_token": visitor.csrf_token},
        files={"image": ("shot.png", form_png(("山田 花子", "令和6年4月1日", "12,800")))},
    )
    assert f'href="/pages/{page.id}"' in answer.text


def test_more_like_a_page_is_a_link_of_its_own(visit: Visit, page: Page) -> None:
    assert f"/search?page={page.id}" in visit("operator").get(f"/pages/{page.id}").text
    assert visit("operator").get(f"/search?page={page.id}").status_code == 200
    assert visit("operator").get("/search?page=nonsense").status_code == 422


def test_searching_takes_a_form_of_this_console(visit: Visit, page: Page) -> None:
    assert visit("operator").client.post("/search", data={"text": "12"}).status_code == 403
    assert page.state is PageState.READ


def test_a_question_is_answered_with_what_was_understood(visit: Visit, page: Page) -> None:
    assert 'action="/ask"' in visit("operator").get("/search").text
    shown = visit("operator").post("/ask", question="書類は何件、合計金額の合計は").text
    assert "12,800" in shown
    assert f"/pages/{page.id}" in shown
    assert "合計金額" in shown
    assert visit("operator").client.post("/ask", data={"question": "何件"}).status_code == 403
    assert 'role="alert"' in visit("operator").post("/ask", question=" ").text


def test_what_is_composed_is_shown_until_the_model_has_written(
    visit: Visit, page: Page, console
) -> None:
    class Author:
        name = "m@r1"

        def stream(self, messages, schema, most_tokens, tell):
            reply = self.reply(messages, (), schema, most_tokens)
            tell(reply.text)
            return reply

        def reply(self, messages, tools, schema, most_tokens):
            regions = json.loads(messages[1]["content"])["regions"]
            cited = next(each for each in regions if "12,800" in each["text"])
            said = {"text": "合計金額は12,800円だと書かれています。", "cites": [cited["id"]]}
            entry = {"question": "合計は?", "sentences": [said]}
            whole = {"items": [entry]} if "items" in schema["properties"] else {"sentences": [said]}
            return Reply(json.dumps(whole), (), {})

    asked = {"question": "合計金額はいくらですか", "document": str(page.document_id)}
    # The engine is shared by interface and console, and never changes but here.
    object.__setattr__(console.state.answers, "writer", Writer(Author(), 9.0))
    first = visit("operator").post("/ask", **asked).text
    assert "12,800" in first
    assert "data-follow" in first
    assert "書かれています" not in first
    then = visit("operator").post("/ask", **asked, write="true").text
    assert "書かれています" in then
    assert "m@r1" in then
    visitor = visit("operator")
    sent = {**asked, "write": "true", "csrf_token": visitor.csrf_token}
    told = visitor.client.post("/ask", data=sent, headers={"Accept": "text/event-stream"})
    assert told.headers["content-type"].startswith("text/event-stream")
    sentence, whole = told.text.strip().split("\n\n")
    assert sentence.startswith('event: sentence\ndata: "')
    assert "overlay?box=" in sentence
    assert "m@r1" in whole
    assert "data-follow" not in whole
    where = f"/documents/{page.document_id}/summary"
    assert f"{where}?write=true" in visit("operator").get(where).text
    assert "書かれています" in visit("operator").get(f"{where}?write=true").text
    where = f"/documents/{page.document_id}/faq"
    assert f"{where}?write=true" in visit("operator").get(where).text
    asked = visitor.client.get(f"{where}?write=true", headers={"Accept": "text/event-stream"})
    entry, whole = asked.text.strip().split("\n\n")
    assert entry.startswith('event: entry\ndata: "<dt>')
    assert "data-follow" not in whole


def test_a_document_tells_what_it_is_about(visit: Visit, page: Page) -> None:
    where = f"/documents/{page.document_id}"
    assert f'hx-get="{where}/summary"' in visit("operator").get(where).text
    summary = visit("operator").get(f"{where}/summary").text
    assert "山田 花子" in summary
    assert "/regions/overlay?box=" in summary
    assert "12,800" in visit("operator").get(f"{where}/faq").text
    assert "山田 花子" not in visit("viewer").get(f"{where}/summary").text
    asked = visit("viewer").post("/ask", question="氏名は何ですか", document=str(page.document_id))
    assert "山田" not in asked.text
