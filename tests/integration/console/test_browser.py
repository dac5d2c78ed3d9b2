"""What only a browser can show: scripts, keys, focus, and the content policy that bounds them."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from console_seeds import SPECS, Seeds, form_png
from fastapi import FastAPI
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect, sync_playwright

from chohyo.domain.documents import PageState
from chohyo.services.runtime import Runtime
from chohyo.storage import proposals, values

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on the PATH"),
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
def tab(address: str, callers) -> Iterator[Tab]:
    """Open a reviewer's tab; whatever the browser complains about fails the test."""
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        opened = browser.new_context(base_url=address, locale="en").new_page()
        opened.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        opened.goto("/login")
        opened.get_by_label("One-time token or API key").fill(callers["reviewer"].key)
        opened.get_by_role("button", name="Log in").click()
        expect(opened.get_by_role("heading", name="Inbox")).to_be_visible()
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
