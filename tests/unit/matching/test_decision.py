"""Scoring template pages for a page and deciding."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest

from chohyo.domain.decision_rules import Thresholds
from chohyo.domain.geometry import Transform
from chohyo.domain.matches import Candidate, Outcome
from chohyo.matching.calibration import Calibration
from chohyo.matching.decision import decide
from chohyo.matching.features import extract_features
from chohyo.matching.lead import lead
from chohyo.matching.rerank import RegistrationReranker, score_candidates

_FORMS = [
    ("certificate", "2021"),
    ("certificate", "2024"),
    ("invoice", "2019"),
    ("invoice", "2023"),
    ("vehicle", "2020"),
    ("vehicle", "2023"),
    ("questionnaire", "3.1"),
]
_FAMILIES = sorted({name for name, _ in _FORMS})


class _Counting:
    """A registration reranker that keeps which template pages it was asked about."""

    name = "counting"

    def __init__(self):
        self.asked: list[UUID] = []

    def score(self, page, reference, candidate):
        self.asked.append(candidate.template_page_id)
        return RegistrationReranker().score(page, reference, candidate)


def _candidate(form, similarity=0.5, score=None, probability=None):
    number = _FORMS.index(form)
    return Candidate(
        template_page_id=UUID(int=number + 1),
        version_id=UUID(int=100 + number),
        family_id=UUID(int=1000 + _FAMILIES.index(form[0])),
        similarity=similarity,
        score=score,
        probability=probability,
    )


@pytest.fixture
def route(blank):
    """Score and decide a page against some of the forms, the most similar first."""

    def run(page, forms, reranker=None):
        candidates = [_candidate(form, 0.9 - 0.05 * i) for i, form in enumerate(forms)]
        references = {_candidate(form).template_page_id: blank(*form) for form in forms}
        return decide(
            score_candidates(page, candidates, references.get, reranker or RegistrationReranker())
        )

    return run


@pytest.mark.parametrize("form", _FORMS)
def test_a_page_is_routed_to_its_form(route, filled, form):
    _, page = filled(*form, 7, "scan")

    decision = route(page, [other for other in _FORMS if other == form or other[0] != form[0]])

    assert decision.outcome is Outcome.ROUTED
    assert decision.best.version_id == _candidate(form).version_id
    assert decision.best.transform is not None
    assert decision.best.regions


def test_a_form_that_was_never_onboarded_is_unknown(route, filled):
    _, page = filled("leave", "2024", 7)

    decision = route(page, _FORMS)

    assert decision.outcome is Outcome.UNKNOWN
    assert decision.probability < 0.5


def test_few_candidates_are_scored_once_the_answer_is_clear(route, filled):
    _, page = filled("invoice", "2023", 7)
    reranker = _Counting()

    decision = route(page, [_FORMS[3], *_FORMS[4:], *_FORMS[:2]], reranker)

    assert decision.outcome is Outcome.ROUTED
    assert len(reranker.asked) < len(_FORMS) - 1
    assert any(candidate.score is None for candidate in decision.candidates)


def test_without_candidates_a_page_is_unknown():
    assert decide([]).reason == "no-candidate"


def test_a_page_that_lies_on_nothing_is_unknown(route):
    sheet = extract_features(np.full((1000, 707), 250, np.uint8))

    assert route(sheet, _FORMS).reason == "not-registered"


def test_two_families_that_fit_alike_go_to_a_person():
    decision = decide(
        [
            _candidate(("invoice", "2023"), score=0.95, probability=0.90),
            _candidate(("vehicle", "2023"), score=0.95, probability=0.88),
        ]
    )

    assert (decision.outcome, decision.reason) == (Outcome.REVIEW, "small-margin")


@pytest.mark.parametrize("next_best", [0.88, 0.6])
def test_two_editions_that_fit_alike_go_to_a_person(next_best):
    decision = decide(
        [
            _candidate(("invoice", "2023"), score=0.95, probability=0.90),
            _candidate(("invoice", "2019"), score=0.95, probability=next_best),
        ]
    )

    assert (decision.outcome, decision.reason) == (Outcome.REVIEW, "edition-unclear")


def test_a_form_whose_print_is_contradicted_goes_to_a_person():
    decision = decide([_candidate(("invoice", "2023"), score=0.95, probability=0.1)])

    assert (decision.outcome, decision.reason) == (Outcome.REVIEW, "edition-unknown")


def test_a_page_that_fits_half_goes_to_a_person_and_one_that_fits_less_is_unknown():
    half = decide([_candidate(("invoice", "2023"), score=0.62, probability=0.6)])
    less = decide([_candidate(("invoice", "2023"), score=0.40, probability=0.1)])

    assert (half.outcome, half.reason) == (Outcome.REVIEW, "low-probability")
    assert (less.outcome, less.reason) == (Outcome.UNKNOWN, "low-probability")


def test_more_agreement_and_fewer_contradictions_are_more_probable():
    calibration = Calibration()

    assert calibration.form(0.95) > 0.95
    assert calibration.form(0.4) < 0.5
    assert calibration.form(0.0) == 0.0
    assert calibration.edition(0, 0, 0.01, 0) > calibration.edition(4, 0, 0.01, 0)
    assert calibration.edition(4, 0, 0.01, 0) > calibration.edition(4, 3, 0.01, 0)
    assert calibration.edition(60, 2, 0.2, 200) > 0.5 > calibration.edition(60, 2, 0.01, 5)
    assert calibration.edition(60, 60, 0.2, 200) < 0.1


def test_the_clearer_of_two_editions_has_the_larger_share():
    calibration = Calibration()

    assert calibration.share(None) == 1.0
    assert calibration.share(0.5) > 0.9 > calibration.share(0.1) > 0.5 == calibration.share(0.0)


def test_a_page_that_nothing_contradicts_is_as_sure_as_a_refusal():
    calibration = Calibration()

    assert calibration.edition(0.0, 0.0, 0.0, 0) > 0.97
    assert calibration.edition(0.0, 1.0, 0.0, 0) < Thresholds().edition


def test_editions_that_share_the_probability_are_unclear_and_not_unknown():
    one, other = (
        replace(_candidate(form), score=0.95, probability=p)
        for form, p in zip(_FORMS[:2], (0.6, 0.37), strict=True)
    )

    assert decide([one, other]).reason == "edition-unclear"
    assert decide([one]).reason == "edition-unknown"


class _Fixed:
    """Gives each form the score it was told."""

    name = "fixed"

    def __init__(self, scores):
        self._scores = scores

    def score(self, page, reference, candidate):
        score = self._scores[candidate.template_page_id]
        form = Calibration().form(score)
        return replace(candidate, score=score, probability=form, transform=Transform.identity())


class _Refusing:
    """Refuses every edition."""

    def judge(self, contenders):
        return [replace(candidate, probability=0.01) for candidate in contenders]


def test_a_form_whose_editions_are_all_refused_is_not_outranked_by_another_page(blank):
    own, other = _candidate(_FORMS[0]), _candidate(_FORMS[2], similarity=0.4)
    scores = {own.template_page_id: 0.9, other.template_page_id: 0.55}
    assert Calibration().form(0.55) > 0.01
    page = blank(*_FORMS[0])

    scored = score_candidates(
        page, [own, other], lambda _: page, _Fixed(scores), judge=_Refusing()
    )  # fmt: skip
    decision = decide(scored)

    assert scored[0].template_page_id == own.template_page_id
    assert (decision.outcome, decision.reason) == (Outcome.REVIEW, "edition-unknown")


@pytest.mark.parametrize(("similarity", "asked"), [(0.9, 1), (0.5, 3)])
def test_a_form_that_looks_like_no_other_is_not_compared_with_others(blank, similarity, asked):
    page = blank(*_FORMS[0])
    candidates = [
        replace(each, family_id=UUID(int=number), similarity=similarity if number == 0 else 0.4)
        for number, each in enumerate(map(_candidate, _FORMS))
    ]

    scored = score_candidates(
        page, candidates, lambda _: page, _Fixed({c.template_page_id: 0.9 for c in candidates})
    )

    assert sum(each.score is not None for each in scored) == asked


class _Choosing:
    """Takes the first edition, and refuses the others."""

    def judge(self, contenders):
        return [replace(each, probability=0.0 if i else 0.9) for i, each in enumerate(contenders)]


def test_an_edition_on_which_a_page_half_lies_is_refused_by_its_print(blank):
    own, sibling = _candidate(_FORMS[0]), _candidate(_FORMS[1])
    scores = {own.template_page_id: 0.9, sibling.template_page_id: 0.55}
    assert 0.4 < Calibration().form(0.55) < 0.5
    page = blank(*_FORMS[0])

    scored = score_candidates(
        page, [own, sibling], lambda _: page, _Fixed(scores), judge=_Choosing()
    )  # fmt: skip

    assert (decide(scored).outcome, decide(scored).reason) == (Outcome.ROUTED, "clear")


def _seen(similarities, score=0.0):
    """Return candidates of one family each, the most similar first; the first has the score."""
    return [
        Candidate(
            template_page_id=UUID(int=number + 1),
            version_id=UUID(int=100 + number),
            family_id=UUID(int=1000 + number),
            similarity=similarity,
            score=score if number == 0 else 0.0,
            probability=Calibration().form(score) if number == 0 else 0.0,
        )
        for number, similarity in enumerate(similarities)
    ]


@pytest.mark.parametrize("score", [0.0, 0.45], ids=["lies on nothing", "hardly lies on it"])
def test_a_page_that_looks_like_one_form_alone_is_for_a_person_who_learns_which(score):
    decision = decide(_seen([0.92, 0.3, 0.28, 0.2, 0.1], score))
    assert (decision.outcome, decision.reason) == (Outcome.REVIEW, "looks-alike")
    assert decision.best is not None
    assert decision.best.family_id == UUID(int=1000)
    assert decision.probability > 0.9


def test_the_more_alone_a_form_stands_the_less_sure_it_is_that_the_page_is_unknown():
    alone, among = (
        decide(_seen([0.5, 0.3, 0.3, 0.2, 0.1])),
        decide(_seen([0.5, 0.48, 0.4, 0.3, 0.2])),
    )
    assert {alone.outcome, among.outcome} == {Outcome.UNKNOWN}
    assert alone.reason == among.reason == "not-registered"
    assert 0.05 < alone.probability < 0.5
    assert among.probability < 0.01


def test_the_lead_means_the_same_where_all_pages_look_alike():
    wide, narrow = _seen([0.6, 0.2, 0.1, 0.1, 0.0]), _seen([0.96, 0.92, 0.91, 0.91, 0.9])
    assert lead(wide) == pytest.approx(lead(narrow))


def test_among_few_forms_looks_tell_nothing():
    assert lead(_seen([0.9, 0.1, 0.1, 0.1])) == 0
    editions = [
        replace(each, family_id=UUID(int=1000)) for each in _seen([0.9, 0.8, 0.7, 0.6, 0.1])
    ]
    assert lead(editions) == 0
    assert decide(_seen([0.9, 0.1, 0.1, 0.1])).outcome is Outcome.UNKNOWN


def test_looks_do_not_speak_for_another_form_than_the_one_that_looks_so():
    candidates = _seen([0.92, 0.3, 0.28, 0.2, 0.1])
    weak = replace(candidates[1], score=0.4, probability=Calibration().form(0.4))
    decision = decide([weak, candidates[0], *candidates[2:]])
    assert (decision.outcome, decision.reason) == (Outcome.UNKNOWN, "low-probability")
