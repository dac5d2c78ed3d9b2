from __future__ import annotations

from dataclasses import replace

import pytest
from console_seeds import FILLED, SPECS, Seeds
from console_visitor import Visit

from chohyo.domain.documents import Page, PageState
from chohyo.domain.matches import Outcome
from chohyo.services.runtime import Runtime
from chohyo.storage import matches, pages, values


@pytest.fixture
def read_page(seeds: Seeds) -> Page:
    page = seeds.page(seeds.document(), PageState.ROUTED)
    seeds.read(page, seeds.version())
    return page


def test_every_value_stands_beside_the_place_it_was_read_from(
    visit: Visit, read_page: Page
) -> None:
    page = visit("reviewer").get(f"/pages/{read_page.id}").text
    for number, text in enumerate(FILLED, 1):
        assert text in page
        assert page.count(f'data-region="{number}"') == 2
    assert page.count('/crop"') == len(SPECS)


def test_a_reviewer_corrects_a_value_and_it_stays(
    visit: Visit, read_page: Page, runtime: Runtime
) -> None:
    reviewer = visit("reviewer")
    with runtime.database.transaction() as connection:
        value = values.of_page(connection, read_page.id)[0]
    entry = reviewer.post(f"/values/{value.id}", number="1", text="山田 華子").text
    assert entry.lstrip().startswith("<li")
    assert "Corrected by a person" in entry
    assert "山田 華子" in reviewer.get(f"/pages/{read_page.id}").text


def test_a_value_can_be_corrected_to_nothing(
    visit: Visit, read_page: Page, runtime: Runtime
) -> None:
    with runtime.database.transaction() as connection:
        value = values.of_page(connection, read_page.id)[0]
    visit("reviewer").post(f"/values/{value.id}", number="1", text="")
    with runtime.database.transaction() as connection:
        assert values.of_page(connection, read_page.id)[0].reading.empty


def test_an_operator_sees_values_but_corrects_none(
    visit: Visit, read_page: Page, runtime: Runtime
) -> None:
    operator = visit("operator")
    page = operator.get(f"/pages/{read_page.id}").text
    assert FILLED[0] in page
    assert "hx-post" not in page
    with runtime.database.transaction() as connection:
        value = values.of_page(connection, read_page.id)[0]
    assert operator.post(f"/values/{value.id}", number="1", text="x").status_code == 403


def test_a_viewer_sees_no_personal_data(visit: Visit, read_page: Page) -> None:
    page = visit("viewer").get(f"/pages/{read_page.id}").text
    assert FILLED[0] not in page
    assert FILLED[2] in page
    assert "Personal data is hidden from viewers." in page


def test_a_viewer_gets_the_page_with_personal_data_blacked_out(
    visit: Visit, read_page: Page
) -> None:
    in_the_clear = visit("operator").get(f"/pages/{read_page.id}/image")
    blacked_out = visit("viewer").get(f"/pages/{read_page.id}/image")
    assert (in_the_clear.status_code, blacked_out.status_code) == (200, 200)
    assert in_the_clear.content != blacked_out.content
    assert blacked_out.headers["vary"] == "Cookie"


def test_a_viewer_is_shown_a_placeholder_for_an_unread_page(visit: Visit, seeds: Seeds) -> None:
    document = seeds.document()
    unread = seeds.page(document, PageState.UNKNOWN)
    page = visit("viewer").get(f"/documents/{document.id}").text
    assert f"/pages/{unread.id}/thumbnail" not in page
    assert "Not shown to viewers before it is read" in page


def test_the_decision_names_what_it_rests_on(visit: Visit, read_page: Page) -> None:
    reviewer = visit("reviewer")
    page = reviewer.get(f"/pages/{read_page.id}").text
    assert "1 / 2" in page  # anchors found
    assert f"/pages/{read_page.id}/anchors" in reviewer.get(f"/pages/{read_page.id}?anchors=1").text
    assert reviewer.get(f"/pages/{read_page.id}/anchors").headers["content-type"] == "image/png"


def test_the_review_queue_shows_page_and_candidate_side_by_side(visit: Visit, seeds: Seeds) -> None:
    page = seeds.page(seeds.document(), PageState.REVIEW)
    first, second = seeds.version("経費精算申請書"), seeds.version("旅費精算書")
    seeds.match(page, Outcome.REVIEW, first, second)
    reviewer = visit("reviewer")
    assert f"/review/{page.id}" in reviewer.get("/review").text
    shown = reviewer.get(f"/review/{page.id}").text
    assert f"/template-pages/{first.pages[0].id}/blank" in shown
    assert shown.count('class="anchor found"') == 1
    assert shown.count('class="anchor missing"') == 1
    other = reviewer.get(f"/review/{page.id}?candidate=1").text
    assert f"/template-pages/{second.pages[0].id}/blank" in other


def test_deciding_goes_on_to_the_next_page(visit: Visit, seeds: Seeds, runtime: Runtime) -> None:
    version = seeds.version()
    document = seeds.document(page_count=2)
    waiting = [seeds.page(document, PageState.REVIEW, number=n) for n in (1, 2)]
    for page in waiting:
        seeds.match(page, Outcome.REVIEW, version)
    reviewer = visit("reviewer")
    template_page = str(version.pages[0].id)
    after = reviewer.post(f"/review/{waiting[1].id}", template_page=template_page)
    assert after.url.path == f"/review/{waiting[0].id}"
    assert reviewer.post(f"/review/{waiting[0].id}", template_page="").url.path == "/review"
    with runtime.database.transaction() as connection:
        decided = matches.in_force(connection, [page.id for page in waiting])
        states = [found.state for found in pages.of_document(connection, document.id)]
    assert decided[waiting[1].id].version_id == version.id
    assert states == [PageState.UNKNOWN, PageState.ROUTED]


def test_an_operator_is_offered_no_decision(visit: Visit, seeds: Seeds) -> None:
    page = seeds.page(seeds.document(), PageState.REVIEW)
    seeds.match(page, Outcome.REVIEW, seeds.version())
    operator = visit("operator")
    assert 'name="template_page"' not in operator.get(f"/review/{page.id}").text
    assert operator.post(f"/review/{page.id}", template_page="").status_code == 403


def test_an_unsure_value_waits_beside_its_crop_until_a_person_confirms_it(
    visit: Visit, read_page: Page, runtime: Runtime
) -> None:
    with runtime.database.transaction() as connection:
        value = values.of_page(connection, read_page.id)[0]
        values.put(connection, replace(value, reading=replace(value.reading, confidence=0.4)))
    reviewer = visit("reviewer")
    queue = reviewer.get("/review/values").text
    assert f'src="/values/{value.id}/crop"' in queue
    assert f'href="/pages/{read_page.id}"' in queue
    reviewer.post(f"/values/{value.id}", number="1", text=value.reading.raw)
    assert "No value waits to be checked." in reviewer.get("/review/values").text
