"""What counts for and against discovery and routing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from chohyo.domain.matches import Candidate, Match, Outcome
from eval.corpus import CorpusPage
from eval.discovery.figures import Grouped, grouping_figures
from eval.results import failures_as_json, figures_as_json
from eval.routing.figures import (
    Routed,
    count_outcomes,
    count_reasons,
    decision_figures,
    unseen_figures,
)
from eval.routing.timing import OcrTime, timing_figures
from eval.trips import Trip


def trip(layout: str, number: int = 0, failure: str | None = None, kind: str = "scan") -> Trip:
    kin = layout.split("@", maxsplit=1)[0]
    truth = CorpusPage(f"{layout}.{number}.png", Path(), layout, kin, kind)
    seconds = {"embed": 0.1, "retrieve": 0.01, "rerank": 0.3, "decide": 0.01}
    return Trip(truth, None, failure, {} if failure else seconds)


def grouped(layout: str, group: str | None, kin: str | None = None, **options) -> Grouped:
    return Grouped(trip(layout, **options), group, kin)


def routed(
    layout: str,
    best: str | None,
    outcome: Outcome = Outcome.ROUTED,
    probability: float = 0.99,
    *,
    form: float | None = None,
    unknown: bool = False,
    number: int = 0,
    reason: str = "clear",
) -> Routed:
    candidate = Candidate(uuid4(), uuid4(), uuid4(), 0.9, probability, probability)
    match = Match(
        id=uuid4(), page_id=uuid4(), collection_id=uuid4(), outcome=outcome,
        template_page_id=None, version_id=None, family_id=None, probability=probability,
        margin=0.5, reason=reason, transform=None, candidates=(candidate,),
        decided_by="registration", created_at=datetime.now(UTC),
    )  # fmt: skip
    kin = best.split("@")[0] if best else None
    form = probability if form is None else form
    return Routed(trip(layout, number), unknown, match, best, kin, form, best == layout)


def failed(layout: str, *, unknown: bool = False) -> Routed:
    return Routed(trip(layout, failure="file-damaged"), unknown, None, None, None, 0.0, False)


def values(figures) -> dict[str, float | None]:
    return {name: figure.value for name, figure in figures.items()}


def test_perfect_groups_have_perfect_figures():
    pages = [grouped(layout, layout, "a", number=n) for layout in ("a@1", "a@2") for n in range(3)]
    found = values(grouping_figures(pages, 0))
    assert found.pop("unassigned_share") == 0.0
    assert set(found.values()) == {1.0}


def test_editions_in_one_group_are_wrong_strictly_and_right_loosely():
    pages = [grouped(layout, "g", "g", number=n) for layout in ("a@1", "a@2") for n in range(3)]
    found = values(grouping_figures(pages, 0))
    assert found["layout_ari"] == 0.0
    assert found["kin_ari"] == 1.0


def test_editions_that_are_not_linked_are_wrong_loosely():
    pages = [grouped(layout, layout, layout, number=n) for layout in ("a@1", "a@2") for n in (1, 2)]
    found = values(grouping_figures(pages, 0))
    assert found["layout_ari"] == 1.0
    assert found["kin_ari"] < 1.0


def test_pages_left_alone_count_where_copies_were_enough():
    alone = [grouped("a@1", None, number=n) for n in range(3)]
    pair = [grouped("b@1", None, number=n) for n in range(2)]
    joined = [grouped("c@1", "g", "g", number=n) for n in range(3)]
    assert values(grouping_figures(alone + pair + joined, 0))["unassigned_share"] == 0.5


def test_pages_left_alone_are_no_group_together():
    pages = [grouped("a@1", None, number=n) for n in range(4)]
    assert values(grouping_figures(pages, 0))["pair_recall"] == 0.0


def test_a_page_that_failed_lowers_the_figures():
    pages = [grouped("a@1", "g", "g", number=n) for n in range(3)]
    pages += [grouped("b@1", "h", "h", number=n) for n in range(3)]
    whole = values(grouping_figures(pages, 0))
    pages[0] = grouped("a@1", None, failure="file-damaged")
    short = values(grouping_figures(pages, 0))
    for name in ("layout_ari", "kin_ari", "pair_recall", "v_measure"):
        assert short[name] < whole[name]
    assert short["unassigned_share"] == pytest.approx(1 / 6)


def test_the_right_form_in_another_edition_counts_for_the_form_alone():
    found = values(decision_figures([routed("a@1", "a@2"), routed("b@1", "b@1")], 0))
    assert found["edition_top1"] == 0.5
    assert found["kin_top1"] == 1.0


def test_a_failed_page_is_wrong_in_every_figure_of_routing():
    pages = [routed("a@1", "a@1", number=n) for n in range(3)]
    pages += [routed("x@1", "a@1", Outcome.UNKNOWN, 0.1, unknown=True, number=n) for n in range(3)]
    whole = values(decision_figures(pages, 0))
    worse = values(decision_figures([*pages, failed("a@1"), failed("x@1", unknown=True)], 0))
    for name in ("edition_top1", "kin_top1", "recall_at_20", "unknown_auroc", "coverage_at_995"):
        assert worse[name] < whole[name]
    assert worse["unknown_fpr95"] > whole["unknown_fpr95"]


def test_a_known_form_in_an_unclear_edition_does_not_seem_unknown():
    torn = routed("a@1", "a@2", Outcome.REVIEW, 0.01, form=0.99, reason="edition-unknown")
    strange = routed("x@1", "a@1", Outcome.UNKNOWN, 0.02, form=0.1, unknown=True)
    assert values(decision_figures([torn, strange], 0))["unknown_auroc"] == 1.0


def test_outcomes_are_counted_with_their_rightness():
    pages = [
        routed("a@1", "a@1"),
        routed("a@1", "a@2"),
        routed("x@1", "a@1", unknown=True),
        routed("x@1", "a@1", Outcome.UNKNOWN, 0.1, unknown=True),
        routed("a@1", "a@1", Outcome.UNKNOWN, 0.1),
        routed("a@1", "a@1", Outcome.REVIEW, 0.8),
        failed("a@1"),
    ]
    assert count_outcomes(pages) == {
        "failed": 1, "review": 1, "routed-right": 1, "routed-wrong": 2, "unknown-right": 1,
        "unknown-wrong": 1,
    }  # fmt: skip


def test_reasons_are_counted_by_outcome():
    pages = [
        routed("a@1", "a@1"),
        routed("a@1", "a@2", Outcome.REVIEW, reason="edition-unclear"),
        routed("a@1", "a@2", Outcome.REVIEW, reason="edition-unclear"),
        failed("a@1"),
    ]
    assert count_reasons(pages) == {"review: edition-unclear": 2, "routed: clear": 1}


def test_confident_errors_cost_coverage():
    right = [routed("a@1", "a@1", probability=0.9, number=n) for n in range(20)]
    wrong = [routed("a@1", "b@1", probability=0.99, number=n) for n in range(20, 32)]
    assert values(decision_figures(right, 0))["coverage_at_995"] == 1.0
    assert values(decision_figures(right + wrong, 0))["coverage_at_995"] == 0.0


def test_a_page_that_only_a_person_can_tell_is_not_covered():
    sure = [routed("a@1", "a@1", number=n) for n in range(4)]
    torn = [
        routed("a@1", "a@1", Outcome.REVIEW, number=n, reason="edition-unclear") for n in range(4)
    ]
    assert values(decision_figures(sure + torn, 0))["coverage_at_995"] == 0.5


def test_a_page_in_review_for_its_probability_may_be_covered_by_a_lower_threshold():
    sure = [routed("a@1", "a@1", number=n) for n in range(4)]
    weak = [
        routed("a@1", "a@1", Outcome.REVIEW, 0.8, number=n, reason="low-probability")
        for n in range(4)
    ]
    assert values(decision_figures(sure + weak, 1))["coverage_at_995"] > 0.5


def test_times_are_medians_in_milliseconds_and_leave_failed_pages_out():
    pages = [routed("a@1", "a@1"), failed("a@1")]
    found = values(timing_figures(pages, [OcrTime("scan", 6.0, 0.4)], 0))
    assert found["embed_ms_p50"] == pytest.approx(100)
    assert found["route_ms_p50"] == pytest.approx(320)
    assert found["rerank_pair_ms_p50"] == pytest.approx(300)
    assert found["speedup"] == pytest.approx(15)


def test_without_a_page_read_whole_there_is_no_speedup():
    assert values(timing_figures([routed("a@1", "a@1")], [], 0))["speedup"] is None


def test_json_has_plain_numbers_intervals_and_kinds():
    pages = [grouped("a@1", "g", "g", number=n) for n in range(3)]
    pages += [grouped("b@1", "h", "h", number=n, kind="fax") for n in range(3)]
    found = json.loads(json.dumps(figures_as_json(grouping_figures(pages, 0))))
    assert found["layout_ari"] == 1.0
    assert found["intervals"]["layout_ari"] == {"low": 1.0, "high": 1.0}
    assert found["by_kind"]["layout_ari"]["fax"] == {
        "value": 1.0, "low": 1.0, "high": 1.0, "pages": 3,
    }  # fmt: skip


def test_json_names_the_pages_that_failed_and_why():
    trips = [trip("a@1"), replace(trip("a@1", 1), failure="file-damaged")]
    assert failures_as_json(trips) == {
        "count": 1, "reasons": {"file-damaged": 1}, "files": ["a@1.1.png"],
    }  # fmt: skip


def test_a_page_of_an_edition_never_onboarded_must_not_be_routed():
    pages = [
        routed("a@1", "a@2", number=0),
        routed("a@1", "a@2", Outcome.REVIEW, number=1, reason="edition-unknown"),
        routed("a@1", "b@1", Outcome.REVIEW, number=2, reason="edition-unknown"),
        failed("a@1"),
    ]
    found = values(unseen_figures(pages, 0))
    assert found == {"unknown_edition_routed": 0.25, "unknown_edition_named": 0.25}
    assert unseen_figures([], 0) == {}
