"""Fields on the blank form, with mouse and keys, in a real browser."""

from __future__ import annotations

import pytest
from console_seeds import SPECS, Seeds
from console_tab import BROWSER, drag, middle
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from chohyo.domain.documents import PageState
from chohyo.domain.proposals import Draft, Proposal
from chohyo.services.proposals import edit
from chohyo.services.runtime import Runtime
from chohyo.storage import proposals

pytestmark = BROWSER


def _draft(runtime: Runtime, proposal: Proposal) -> Draft:
    with runtime.database.transaction() as connection:
        found = proposals.get(connection, proposal.id)
    assert found is not None
    assert found.draft is not None
    return found.draft


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
    expect(tab.locator("tr[data-region]:not(.faults)")).to_have_count(len(SPECS) - 1)
    with runtime.database.transaction() as connection:
        draft = proposals.get(connection, proposal.id).draft
    assert [spec.name for spec in draft.fields] == ["issued_on", "grand_total"]


def test_boxes_are_moved_resized_drawn_and_removed_with_the_mouse_and_undone(
    tab: Tab, seeds: Seeds, runtime: Runtime
) -> None:
    proposal = seeds.proposal([seeds.page(seeds.document(), PageState.UNKNOWN)])
    tab.goto(f"/proposals/{proposal.id}")
    saved, undo = tab.locator("#saved-2 .saved"), tab.get_by_role("button", name="Undo")
    box = tab.locator("g[data-region='2'] rect").first

    drag(tab, middle(tab, "g[data-region='2'] rect"), (30, 60))
    expect(saved).to_be_visible()
    moved = _draft(runtime, proposal).fields[1].box
    assert moved.y0 > SPECS[1].box.y0 + 0.02
    assert moved.width == pytest.approx(SPECS[1].box.width, abs=1e-4)

    with tab.expect_response("**/fields/box"):
        drag(tab, middle(tab, "g[data-region='2'] .grip.se"), (-40, 20))
    resized = _draft(runtime, proposal).fields[1].box
    assert resized.width < moved.width
    assert (resized.x0, resized.y0) == pytest.approx((moved.x0, moved.y0), abs=1e-4)
    assert resized.height > moved.height

    tab.get_by_role("button", name="Draw a field").click()
    x, y = middle(tab, "g[data-region='2'] rect")
    drag(tab, (x, y + 120), (80, 30))
    expect(tab.get_by_label("Label 4")).to_be_focused()
    assert _draft(runtime, proposal).fields[3].name == "field_4"

    tab.locator("g[data-region='4'] rect").first.click()
    tab.keyboard.press("Delete")
    expect(tab.locator("tr[data-region]:not(.faults)")).to_have_count(3)

    for fields in (4, 3, 3, 3):
        undo.click()
        expect(tab.locator("tr[data-region]:not(.faults)")).to_have_count(fields)
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
    expect(tab.locator("tr[data-region]:not(.faults)")).to_have_count(3)
    tab.keyboard.press("Control+z")
    expect(tab.locator("tr[data-region]:not(.faults)")).to_have_count(4)


def test_fields_are_merged_cut_and_divided_with_keys_alone_and_undone_and_redone(
    tab: Tab, seeds: Seeds, runtime: Runtime
) -> None:
    proposal = seeds.proposal([seeds.page(seeds.document(), PageState.UNKNOWN)])
    tab.goto(f"/proposals/{proposal.id}")
    rows = tab.locator("tr[data-region]:not(.faults)")
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
    x, y = middle(tab, "g[data-region='3'] > rect:first-of-type")
    tab.mouse.move(x, y)
    tab.mouse.click(x, y)
    expect(tab.locator("tr[data-region]:not(.faults)")).to_have_count(4)
    expect(trial.locator(".tried")).to_have_count(2)
    expect(trial.locator(".tried").first.locator(".read")).to_have_text(["12,800"] * 2)
    expect(trial.locator(".tried").last.get_by_text("empty")).to_have_count(2)
    crop = trial.locator("img.crop").first
    expect(crop).to_have_js_property("complete", True)
    assert crop.evaluate("image => image.naturalWidth") > 0
    for number in (3, 4):
        tab.locator(f"g[data-region='{number}'] rect").first.click(modifiers=["Shift"])
    tab.get_by_role("button", name="Merge into one").click()
    expect(tab.locator("tr[data-region]:not(.faults)")).to_have_count(3)
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
    drag(tab, middle(tab, "g[data-region='2'] rect"), (0, 60))
    expect(tab.get_by_role("alert")).to_contain_text("changed by somebody else")
    expect(box).to_have_attribute("y", str(float(before)).removesuffix(".0"))
    assert _draft(runtime, proposal).fields == SPECS
    complaints.clear()  # the browser logs every answer of 409
