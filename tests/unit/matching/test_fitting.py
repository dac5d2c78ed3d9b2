"""Calibrations fitted to people's decisions, and what thresholds mean on them."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from chohyo.domain.decision_rules import MachineDecision, Thresholds
from chohyo.domain.geometry import Transform
from chohyo.domain.ids import new_id
from chohyo.domain.matches import Candidate, EditionSigns, Outcome
from chohyo.matching.calibration import Calibration, calibration_of
from chohyo.matching.decision import decide
from chohyo.matching.fitting import FEWEST, fit, lacking, lessons_of
from chohyo.matching.outlook import decide_again, outlook, transitions
from chohyo.matching.reweighing import reweighed

FAMILY, VERSION, SIBLING, PAGE = new_id(), new_id(), new_id(), new_id()
SHIPPED = Calibration()
MADE_WITH = {None: SHIPPED}


def decided(
    score: float, right: bool, *, judged: bool = True, drawn: bool = True, displaced: int = 0
):
    signs = EditionSigns(chosen=True, told=True, displaced=displaced)
    edition = SHIPPED.edition(0, displaced, 0.0, 0)
    best = Candidate(
        PAGE, VERSION, FAMILY, 0.9, score, SHIPPED.form(score) * edition, Transform.identity(),
        signs=signs,
    )  # fmt: skip
    found = decide([best])
    return MachineDecision(
        match_id=new_id(), page_id=new_id(), document_id=new_id(), outcome=found.outcome,
        reason=found.reason, decided_by="registration", rule_id=None, candidates=(best,),
        judged=judged, version_id=VERSION if right else None, family_id=FAMILY if right else None,
        families={VERSION: FAMILY}, drawn=drawn, in_force=True,
    )  # fmt: skip


def history(truth: Calibration, number: int, seed: int = 0) -> list[MachineDecision]:
    """Return decisions on pages that are right as often as `truth` says."""
    rng = Random(seed)
    found = []
    for _ in range(number):
        score = rng.uniform(0.3, 1.0)
        chance = truth.form(score) * truth.edition(0, 0, 0.0, 0)
        found.append(decided(score, rng.random() < chance))
    return found


def test_a_deployment_whose_scans_agree_less_gets_its_own_calibration() -> None:
    truth = replace(SHIPPED, form_intercept=-9.5)  # the same agreement means less here
    lessons = lessons_of(history(truth, 600))
    found = fit(lessons, SHIPPED, MADE_WITH)
    assert found.better
    assert found.log_loss < found.current_log_loss
    assert found.calibration_error < found.current_calibration_error
    assert abs(found.calibration.form(0.65) - truth.form(0.65)) < 0.5 * abs(
        SHIPPED.form(0.65) - truth.form(0.65)
    )


def test_where_the_shipped_calibration_is_right_nothing_is_better() -> None:
    assert not fit(lessons_of(history(SHIPPED, 300)), SHIPPED, MADE_WITH).better


def test_few_decisions_move_the_calibration_little() -> None:
    truth = replace(SHIPPED, form_intercept=-9.5)
    few = fit(lessons_of(history(truth, 40)), SHIPPED, MADE_WITH).calibration
    many = fit(lessons_of(history(truth, 1500)), SHIPPED, MADE_WITH).calibration
    away = [abs(each.form(0.65) - truth.form(0.65)) for each in (few, many)]
    assert away[1] < away[0]
    assert away[0] < abs(SHIPPED.form(0.65) - truth.form(0.65)) + 0.05


def test_too_few_decisions_say_how_many_are_missing() -> None:
    right = [decided(0.9, right=True) for _ in range(FEWEST)]
    assert lacking(lessons_of(right[:10])) == FEWEST - 10
    assert lacking(lessons_of(right)) == 5  # none was wrong: nothing tells where errors begin
    wrong = [decided(0.6, right=False) for _ in range(5)]
    assert lacking(lessons_of([*right, *wrong])) == 0


def test_none_of_these_on_a_refused_edition_says_nothing_of_its_form() -> None:
    refused = decided(0.95, right=False, displaced=30)
    assert refused.reason == "edition-unknown"
    (lesson,) = lessons_of([refused])
    assert lesson.form is None
    other = replace(refused, version_id=SIBLING, family_id=FAMILY)
    (lesson,) = lessons_of([other])
    assert lesson.form is True
    assert not lesson.right


def test_a_checked_page_stands_for_those_that_were_not_drawn() -> None:
    pages = [decided(0.98, right=True, judged=n < 5, drawn=n < 5) for n in range(40)]
    lessons = lessons_of(pages)
    assert [each.weight for each in lessons] == pytest.approx([8.0] * 5)


def test_the_same_calibration_weighs_a_decision_as_it_was() -> None:
    rival = Candidate(
        new_id(), SIBLING, FAMILY, 0.9, 0.95, 0.01, Transform.identity(),
        signs=EditionSigns(chosen=False),
    )  # fmt: skip
    signs = EditionSigns(chosen=True, told=True, lacking=1, noise=0.01, advantage=0.8)
    edition = SHIPPED.edition(1, 0, 0.01, 0) * SHIPPED.share(0.8)
    probability = SHIPPED.form(0.9) * edition
    rival = replace(
        rival,
        probability=min(
            SHIPPED.form(0.95), probability * (1 - SHIPPED.share(0.8)) / SHIPPED.share(0.8)
        ),
    )
    best = Candidate(
        PAGE, VERSION, FAMILY, 0.9, 0.9, probability, Transform.identity(), signs=signs
    )
    unread = Candidate(new_id(), new_id(), new_id(), 0.5)
    again = reweighed([best, rival, unread], SHIPPED, SHIPPED)
    assert [c.template_page_id for c in again] == [
        best.template_page_id, rival.template_page_id, unread.template_page_id,
    ]  # fmt: skip
    assert [c.probability for c in again[:2]] == pytest.approx([probability, rival.probability])


def test_a_stricter_threshold_errs_less_and_asks_people_more() -> None:
    found = outlook(history(SHIPPED, 800), Thresholds(), SHIPPED, MADE_WITH)
    routed = [each.routed for each in found]
    assert routed == sorted(routed, reverse=True)
    loose, strict = found[0], found[-3]
    assert strict.review > loose.review
    assert loose.error is not None
    assert strict.error is not None
    assert strict.error < loose.error
    assert all(each.routed + each.review + each.unknown == pytest.approx(1) for each in found)


def test_the_error_of_routed_pages_is_told_by_drawn_pages_alone() -> None:
    """People correct what they see is wrong: counting those would triple the error here."""
    checked = [decided(0.98, right=n != 0) for n in range(50)]
    corrected = [decided(0.98, right=False, drawn=False) for _ in range(10)]
    unseen = [decided(0.98, right=True, judged=False, drawn=False) for _ in range(940)]
    (at,) = outlook([*checked, *corrected, *unseen], Thresholds(), SHIPPED, MADE_WITH, [0.9])
    assert at.error == pytest.approx(1 / 50)
    assert at.judged == 50
    assert at.low < 0.02 < at.high
    assert at.untold == pytest.approx(0)


def test_without_a_checked_page_the_error_is_said_not_to_be_known() -> None:
    pages = [decided(0.98, right=True, judged=False, drawn=False) for _ in range(100)]
    (at,) = outlook(pages, Thresholds(), SHIPPED, MADE_WITH, [0.9])
    assert at.error is None
    assert (at.low, at.high, at.untold) == (0.0, 1.0, 1.0)


def test_a_preview_counts_the_decisions_that_would_be_others() -> None:
    pages = [decided(0.8, right=True), decided(0.99, right=True), decided(0.3, right=False)]
    assert [each.outcome for each in pages] == [Outcome.ROUTED, Outcome.ROUTED, Outcome.UNKNOWN]
    again = decide_again(pages, Thresholds(routed=0.99), SHIPPED, MADE_WITH)
    assert transitions(again) == {(Outcome.ROUTED, Outcome.REVIEW): 1}


def test_unknown_coefficients_are_passed_over() -> None:
    assert calibration_of({"form_score": 9.0, "gone": 1.0}) == replace(SHIPPED, form_score=9.0)
