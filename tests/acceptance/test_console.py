"""The console in a real browser: from the login link to the evidence of a value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from piles import draw
from playwright.sync_api import Browser, Page, expect, sync_playwright
from stack import MakeStack, RunningStack, until

from chohyo.translation import gettext

pytestmark = pytest.mark.browser

COPIES = 4
# Chromium as root has no sandbox, and nothing here may ask the internet for anything.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def stack(make_stack: MakeStack) -> RunningStack:
    stack = make_stack(workers=2)
    stack.start()
    return stack


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def page(browser: Browser, stack: RunningStack) -> Iterator[Page]:
    """Return a page that is logged in and shows English."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto(stack.run_json("login")["login_url"])
    page.locator("form button.primary").click()
    page.get_by_role("button", name="English").click()
    page.on("dialog", lambda dialog: dialog.accept())
    yield page
    context.close()


@pytest.fixture(scope="module")
def read_page(page: Page, stack: RunningStack, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Take a pile in, find its type, approve it, and return the path of a page that was read."""
    _upload(page, stack, draw(tmp_path_factory.mktemp("pile"), "certificate", range(COPIES)))
    _discover(page, stack)
    _approve(page, stack)
    until("every page is read", lambda: _read(stack) == COPIES, 180)
    [row] = stack.rows("SELECT page_id FROM value WHERE NOT empty ORDER BY page_id LIMIT 1")
    return f"/pages/{row['page_id']}"


def test_without_a_session_the_console_asks_to_log_in(
    browser: Browser, stack: RunningStack
) -> None:
    context = browser.new_context()
    page = context.new_page()

    page.goto(f"{stack.url}/documents")

    expect(page).to_have_url(re.compile("/login"))
    context.close()


def test_a_value_points_at_its_place_on_the_page(
    page: Page, stack: RunningStack, read_page: str
) -> None:
    page.goto(stack.url + read_page)
    entry = page.locator("li.value").first
    number = entry.get_attribute("data-region")

    entry.locator("[data-item]").focus()

    expect(page.locator(f"g.region[data-region='{number}']")).to_have_class(re.compile(r"\bon\b"))
    crop = entry.locator("img.crop")
    crop.scroll_into_view_if_needed()
    expect(crop).to_have_js_property("complete", True)
    assert crop.evaluate("image => image.naturalWidth") > 0


def test_a_corrected_value_stays_corrected(page: Page, stack: RunningStack, read_page: str) -> None:
    page.goto(stack.url + read_page)
    box = page.locator("li.value [data-value]").first

    box.fill("訂正済み")
    box.press("Enter")

    expect(page.locator("li.value").first).to_contain_text("Corrected by a person")
    page.reload()
    expect(page.locator("li.value [data-value]").first).to_have_value("訂正済み")


def test_unsure_values_are_corrected_with_the_keyboard_alone(
    page: Page, stack: RunningStack, read_page: str
) -> None:
    doubted = stack.rows(
        "UPDATE value SET confidence = 0.5 WHERE id IN (SELECT id FROM value WHERE source = 'ocr'"
        f" AND NOT empty AND page_id <> '{read_page.rsplit('/', 1)[-1]}' ORDER BY id LIMIT 3)"
        " RETURNING id"
    )
    assert len(doubted) == 3
    page.goto(f"{stack.url}/review")
    page.get_by_role("link", name="Values to check").press("Enter")
    page.wait_for_url("**/review/values")  # and for its scripts: keys pressed before are lost
    first = page.locator("[data-value]").first
    expect(first).to_be_focused()
    waiting = page.locator("[data-value]").count()
    page.keyboard.press("Enter")  # right as it stands
    page.keyboard.type("訂正")
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Enter")  # nothing is written there
    for _ in range(waiting - 3):
        page.keyboard.press("Enter")
    expect(page.locator("[data-after-last]")).to_be_focused()
    expect(page.get_by_text("Corrected by a person")).to_have_count(waiting)
    page.keyboard.press("Enter")
    expect(page.get_by_text("No value waits to be checked.")).to_be_visible()
    told = stack.rows("SELECT seq FROM audit_entry WHERE action = 'value.corrected'")
    assert len(told) >= waiting


def test_the_published_type_shows_its_blank_form_and_offers_its_values(
    page: Page, stack: RunningStack, read_page: str
) -> None:
    page.goto(f"{stack.url}/templates")
    page.locator("a[href^='/templates/']").first.click()

    expect(page.locator(".sheet img").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the values (CSV)").click()
    lines = Path(download.value.path()).read_text("utf-8-sig").splitlines()
    assert len(lines) == 1 + COPIES


def test_the_language_is_switched_and_remembered(
    page: Page, stack: RunningStack, read_page: str
) -> None:
    page.goto(f"{stack.url}/documents")
    page.get_by_role("button", name="日本語").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(gettext("ja")("Documents"))

    page.goto(stack.url + read_page)
    expect(page.locator("html")).to_have_attribute("lang", "ja")

    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def _upload(page: Page, stack: RunningStack, files: list[Path]) -> None:
    page.goto(f"{stack.url}/upload")
    page.locator("input[type=file]").set_input_files(files)
    expect(page.locator("li.outcome.taken")).to_have_count(len(files))
    until("they are in the pool", lambda: _pooled(stack) == len(files))


def _discover(page: Page, stack: RunningStack) -> None:
    page.goto(f"{stack.url}/discovery")
    page.get_by_role("button", name="Run discovery now").click()
    waiting = "SELECT id FROM proposal WHERE state = 'waiting'"
    until("a proposal waits", lambda: len(stack.rows(waiting)) == 1, 180)


def _approve(page: Page, stack: RunningStack) -> None:
    page.goto(f"{stack.url}/proposals")
    page.locator("li.tile a").click()
    expect(page.locator(".sheet img").first).to_be_visible()
    page.get_by_role("button", name="Approve").click()


def _pooled(stack: RunningStack) -> int:
    return len(stack.rows("SELECT id FROM page WHERE state = 'unknown'"))


def _read(stack: RunningStack) -> int:
    return len(stack.rows("SELECT id FROM page WHERE state = 'read'"))
