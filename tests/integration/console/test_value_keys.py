"""Values corrected with the keyboard, in a real browser."""

from __future__ import annotations

from dataclasses import replace

from console_seeds import SPECS, Seeds
from console_tab import BROWSER
from playwright.sync_api import Page as Tab
from playwright.sync_api import Route, expect

from chohyo.domain.documents import PageState
from chohyo.domain.templates import FieldOption, FieldSpec, FieldType
from chohyo.domain.values import Value, ValueSource
from chohyo.services.runtime import Runtime
from chohyo.storage import values

pytestmark = BROWSER


def _doubted(runtime: Runtime, stored: list[Value], *sure: float) -> None:
    with runtime.database.transaction() as connection:
        for value, confidence in zip(stored, sure, strict=True):
            unsure = replace(value.reading, confidence=confidence)
            values.put(connection, replace(value, reading=unsure))


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


def test_a_key_pressed_before_the_scripts_have_come_does_not_leave_the_page(
    tab: Tab, seeds: Seeds, runtime: Runtime
) -> None:
    page = seeds.page(seeds.document(), PageState.ROUTED)
    seeds.read(page, seeds.version())
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    tab.route("**/htmx.min.js", hold)
    tab.goto(f"/pages/{page.id}", wait_until="commit")
    first = tab.locator("[data-value]").first
    first.fill("山田 華子")
    first.press("Enter")
    assert tab.url.endswith(f"/pages/{page.id}")
    for route in held:
        route.continue_()
    tab.wait_for_load_state()
    first.press("Enter")
    expect(tab.locator(".value").first).to_contain_text("Corrected by a person")
    with runtime.database.transaction() as connection:
        assert values.of_page(connection, page.id)[0].reading.raw == "山田 華子"


def test_doubtful_values_are_gone_through_with_keys_alone(
    tab: Tab, seeds: Seeds, runtime: Runtime
) -> None:
    version = seeds.version()
    page, other = (seeds.page(seeds.document(n), PageState.ROUTED) for n in ("a.pdf", "b.pdf"))
    _doubted(runtime, seeds.read(page, version), 0.5, 0.3, 0.7)
    _doubted(runtime, seeds.read(other, version), 0.75, 0.95, 0.1)
    # From the inbox: by the links of the pages, no mouse.
    tab.goto("/review")
    tab.get_by_role("link", name="Values to check").press("Enter")
    fields = tab.locator("[data-value]")
    expect(fields).to_have_count(5)  # one is sure
    expect(fields.nth(0)).to_be_focused()
    assert [each.input_value() for each in fields.all()] == [
        "12,800", "令和6年4月1日", "山田 花子", "12,800", "山田 花子",
    ]  # fmt: skip
    expect(tab.locator("img.crop").first).to_have_js_property("complete", True)

    tab.keyboard.press("ArrowDown")  # looked at, and left
    expect(fields.nth(1)).to_be_focused()
    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("Enter")  # the first is right
    expect(tab.locator(".value").nth(0)).to_contain_text("Corrected by a person")
    expect(fields.nth(1)).to_be_focused()
    tab.keyboard.type("令和7年4月1日")
    tab.keyboard.press("Escape")  # what was read is back
    expect(fields.nth(1)).to_have_value("令和6年4月1日")
    tab.keyboard.press("k")  # from where one was
    expect(fields.nth(0)).to_be_focused()
    tab.keyboard.press("ArrowDown")
    tab.keyboard.type("令和8年4月1日")
    tab.keyboard.press("Enter")
    expect(fields.nth(2)).to_be_focused()
    tab.keyboard.press("Shift+Enter")  # nothing is written there
    expect(fields.nth(3)).to_be_focused()
    tab.keyboard.press("Enter")
    tab.keyboard.press("Enter")
    more = tab.get_by_role("link", name="Look for more values to check")
    expect(more).to_be_focused()
    expect(tab.get_by_text("Corrected by a person")).to_have_count(5)
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("No value waits to be checked.")).to_be_visible()
    with runtime.database.transaction() as connection:
        read = [value.reading for value in values.of_page(connection, page.id)]
    assert [(each.raw, each.normalized, each.empty, each.valid) for each in read] == [
        ("", None, True, True), ("令和8年4月1日", "2026-04-01", False, True),
        ("12,800", "12,800", False, True),
    ]  # fmt: skip
    assert {each.source for each in read} == {ValueSource.PERSON}


def test_ticks_and_options_are_corrected_with_keys(
    tab: Tab, seeds: Seeds, runtime: Runtime
) -> None:
    box = SPECS[0].box
    specs = (
        FieldSpec("agreed", "同意", FieldType.CHECKBOX, 1, box, 0),
        FieldSpec("sex", "性別", FieldType.CHOICE, 1, SPECS[1].box, 1,
                  options=(FieldOption("男", box), FieldOption("女", box))),
        FieldSpec("note", "備考", FieldType.TEXT, 1, SPECS[2].box, 2),
    )  # fmt: skip
    page = seeds.page(seeds.document(), PageState.ROUTED)
    _doubted(runtime, seeds.read(page, seeds.version(specs=specs), ("", "男", "")), 0.1, 0.2, 0.3)
    tab.goto("/review/values")
    expect(tab.get_by_label("同意")).to_be_focused()
    tab.keyboard.press("Space")
    tab.keyboard.press("Enter")
    expect(tab.get_by_label("性別")).to_be_focused()
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("Corrected by a person")).to_have_count(2)
    with runtime.database.transaction() as connection:
        read = [value.reading for value in values.of_page(connection, page.id)]
    assert [(each.raw, each.normalized) for each in read[:2]] == [("✓", True), ("女", "女")]


def test_a_value_that_was_not_saved_takes_the_focus_again(
    tab: Tab, seeds: Seeds, runtime: Runtime, complaints: list[str]
) -> None:
    page = seeds.page(seeds.document(), PageState.ROUTED)
    _doubted(runtime, seeds.read(page, seeds.version()), 0.1, 0.2, 0.3)
    tab.goto("/review/values")
    tab.route("**/values/*", lambda route: route.abort())
    expect(tab.locator("[data-value]").first).to_be_focused()
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("The server does not answer.")).to_be_visible()
    expect(tab.locator("[data-value]").first).to_be_focused()
    complaints.clear()  # the browser logs the request that failed


def test_a_click_on_a_box_goes_to_its_value(tab: Tab, seeds: Seeds) -> None:
    page = seeds.page(seeds.document(), PageState.ROUTED)
    seeds.read(page, seeds.version())
    tab.goto(f"/pages/{page.id}")
    tab.locator("g[data-region='3'] rect").click()
    expect(tab.locator("[data-value]").nth(2)).to_be_focused()
