from __future__ import annotations

import re

from console_seeds import Seeds
from console_visitor import Visit

from chohyo.domain.documents import PageState
from chohyo.domain.matches import Outcome
from chohyo.services import checks, decision_rules
from chohyo.services.runtime import Runtime


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found.group(1)


def test_an_administrator_sets_thresholds_after_seeing_what_changes(
    visit: Visit, seeds: Seeds, runtime: Runtime, callers, collection
) -> None:
    page = seeds.page(seeds.document(), PageState.ROUTED)
    seeds.match(page, Outcome.ROUTED, seeds.version())
    admin = visit("admin")
    opened = admin.get("/decisions").text
    assert "What each threshold means here" in opened
    assert "<svg" in opened
    shown = admin.post(
        "/decisions/preview", collection=str(collection.id), routed="0.9999", check_share="0.1"
    ).text
    assert "Routed → Needs review: 1 page" in shown
    assert decision_rules.list_rules(runtime, callers["admin"].caller) == []
    after = admin.post(
        "/decisions", collection=str(collection.id), routed=_hidden(shown, "routed"),
        check_share=_hidden(shown, "check_share"), reason="too many slips",
    ).text  # fmt: skip
    assert "too many slips" in after
    (rule,) = decision_rules.list_rules(runtime, callers["admin"].caller)
    assert (rule.thresholds.routed, rule.check_share) == (0.9999, 0.1)


def test_too_few_decisions_are_told_in_the_readers_language(visit: Visit, collection) -> None:
    admin = visit("admin")
    answer = admin.post("/decisions/calibrate", collection=str(collection.id))
    assert answer.status_code == 409
    assert "People decided 0 pages" in answer.text


def test_a_drawn_page_is_confirmed_in_the_review_queue(
    visit: Visit, seeds: Seeds, runtime: Runtime
) -> None:
    page = seeds.page(seeds.document(), PageState.ROUTED)
    match = seeds.match(page, Outcome.ROUTED, seeds.version())
    with runtime.database.transaction() as connection:
        checks.draw(connection, match, 1.0)
    reviewer = visit("reviewer")
    assert f"/review/{page.id}" in reviewer.get("/review/checks").text
    assert "It is routed right" in reviewer.get(f"/review/{page.id}").text
    assert f"/review/{page.id}" not in reviewer.post(f"/review/{page.id}/confirm").text
    assert "It is routed right" not in reviewer.get(f"/review/{page.id}").text


def test_viewers_do_not_see_the_rule(visit: Visit) -> None:
    viewer = visit("viewer")
    assert viewer.get("/decisions").status_code == 403
    assert "/decisions" not in viewer.get("/").text
    assert visit("reviewer").get("/decisions").status_code == 200
