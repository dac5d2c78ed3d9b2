"""Telling editions apart by the print that copies share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from uuid import UUID

import cv2
import numpy as np
import pytest

from chohyo.domain.geometry import Box, Transform
from chohyo.domain.matches import Candidate, Outcome
from chohyo.matching.decision import decide
from chohyo.matching.edition import (
    Distinction,
    decode_distinction,
    encode_distinction,
    lean,
    tell_apart,
)
from chohyo.matching.edition_judge import EditionJudge
from chohyo.matching.evidence import contradictions
from chohyo.matching.fine_alignment import fine_ink, halved, lay_finely
from chohyo.matching.print_model import (
    Outline,
    decode_print,
    encode_print,
    frame_of,
    learn_print,
    strokes,
)
from chohyo.matching.registration import register
from chohyo.matching.rerank import RegistrationReranker, score_candidates
from chohyo.matching.steadiness import sure_print

_COPIES = ((21, "scan"), (22, "light"), (23, "scan"), (24, "scan"), (25, "light"))


@pytest.fixture(scope="module")
def learned(filled, blank):
    """Give the print model of an edition, learned from three filled copies."""

    @lru_cache
    def learn(type_id, edition, copies=_COPIES):
        reference = blank(type_id, edition)
        laid = []
        for seed, kind in copies:
            copy, features = filled(type_id, edition, seed, kind)
            found = register(features, reference)
            assert found is not None
            laid.append((fine_ink(copy.image), found.transform))
        return learn_print(laid, reference.ink, frame_of(reference.width, reference.height))

    return learn


class _Learned:
    """Knows the print of the editions by their number."""

    def __init__(self, forms, learned, blank):
        self.forms, self.learned, self.blank = forms, learned, blank

    def model(self, template_page_id):
        return self.learned(*self.forms[template_page_id])

    @lru_cache  # noqa: B019 - lives as long as one test
    def outline(self, template_page_id):
        model = self.model(template_page_id)
        return Outline(halved(model.middle), model.shape)

    @lru_cache  # noqa: B019 - lives as long as one test
    def distinction(self, one, other):
        laid = register(self.blank(*self.forms[other]), self.blank(*self.forms[one]))
        if laid is None:
            return None
        return tell_apart(self.model(one), self.model(other), laid.transform)


@dataclass(frozen=True)
class _WithWorn:
    """Compares print, and finds less of it in common with a blank form whose copies were worn."""

    worn: UUID | None
    name: str = "registration"

    def score(self, page, reference, candidate):
        found = RegistrationReranker().score(page, reference, candidate)
        if candidate.template_page_id != self.worn:
            return found
        return replace(found, agreement=found.agreement - 0.2)


@pytest.fixture
def route(learned, blank):
    """Route a copy among editions of one family."""

    def run(copy, features, *forms, worn=None):
        by_id = {UUID(int=number): form for number, form in enumerate(forms, 1)}
        candidates = [Candidate(key, key, UUID(int=99), similarity=0.9) for key in by_id]
        judge = EditionJudge(lambda: fine_ink(copy.image), _Learned(by_id, learned, blank))
        scored = score_candidates(
            features,
            candidates,
            lambda key: blank(*by_id[key]),
            _WithWorn(next((key for key, form in by_id.items() if form == worn), None)),
            judge=judge,
        )
        decision = decide(scored)
        return decision, by_id[decision.best.template_page_id] if decision.best else None

    return run


@pytest.mark.parametrize(
    ("edition", "kind"), [("2021", "scan"), ("2024", "photo"), ("2021", "fax")]
)
def test_differing_print_decides_the_edition(route, filled, edition, kind):
    copy, features = filled("certificate", edition, 4, kind)

    for forms in (("2021", "2024"), ("2024", "2021")):
        decision, found = route(copy, features, *(("certificate", form) for form in forms))

        assert (decision.outcome, decision.reason) == (Outcome.ROUTED, "clear")
        assert found == ("certificate", edition)


def test_an_edition_whose_copies_were_worn_is_not_taken_for_another(route, filled):
    copy, features = filled("certificate", "2021", 4)
    forms = (("certificate", "2021"), ("certificate", "2024"))

    decision, found = route(copy, features, *forms, worn=forms[0])

    assert decision.outcome is Outcome.ROUTED
    assert found == forms[0]


class _Apart:
    """Knows two editions, each with a word that the other has not; pages lie on both."""

    def __init__(self):
        self._words = np.zeros((2, 1600, 1130), np.uint8)
        self._words[0, 200:230, 200:230] = self._words[1, 200:230, 400:430] = 255

    def model(self, template_page_id):
        return None

    def outline(self, template_page_id):
        blank = np.zeros((800, 565), np.uint8)
        return Outline(blank, (1600, 1130))

    def distinction(self, one, other):
        first, second = self._words if one.int == 1 else self._words[::-1]
        return Distinction(first, second)


def test_a_page_that_has_the_print_of_neither_edition_is_not_given_to_the_better_blank_form():
    one, other = (
        Candidate(
            UUID(int=number), UUID(int=number), UUID(int=9), 0.9, score=0.9, probability=0.99,
            transform=Transform.identity(), agreement=agreement,
        )
        for number, agreement in ((1, 0.85), (2, 0.72))
    )  # fmt: skip
    page = np.zeros((1600, 1130), np.uint8)

    judged = EditionJudge(lambda: page, _Apart()).judge([one, other])

    assert judged[0].probability < 2 * judged[1].probability


class _OneSided(_Apart):
    """Knows where two editions differ in the frame of the second alone, as a bad print shows it."""

    def distinction(self, one, other):
        return super().distinction(other, one) if one.int == 2 else None


def test_the_frame_on_which_a_page_lies_badly_does_not_decide_alone():
    own, other = (
        Candidate(
            UUID(int=number), UUID(int=number), UUID(int=9), 0.9, score=0.9, probability=0.99,
            transform=Transform.identity(), agreement=agreement,
        )
        for number, agreement in ((1, 0.9), (2, 0.7))
    )  # fmt: skip
    page = np.zeros((1600, 1130), np.uint8)
    for y in range(200, 230, 8):
        page[y : y + 4, 200:230] = 255

    judged = EditionJudge(lambda: page, _OneSided()).judge([own, other])

    assert judged[0].signs.chosen
    assert judged[0].probability > 2 * judged[1].probability


def test_an_edition_never_onboarded_names_its_family_and_what_differs(route, filled):
    copy, features = filled("certificate", "2024", 4)

    decision, _ = route(copy, features, ("certificate", "2021"))

    assert (decision.outcome, decision.reason) == (Outcome.REVIEW, "edition-unknown")
    assert decision.best.family_id == UUID(int=99)
    assert decision.best.regions[0].agreement < 0.6
    assert 0 < decision.best.regions[0].box.area < 0.1


def test_two_editions_of_the_same_print_go_to_a_person(route, filled):
    copy, features = filled("certificate", "2024", 4)

    decision, _ = route(copy, features, ("certificate", "2024"), ("certificate", "2024"))

    assert (decision.outcome, decision.reason) == (Outcome.REVIEW, "edition-unclear")


def test_a_copy_does_not_contradict_print_and_another_edition_does(learned, filled, blank):
    copy, features = filled("certificate", "2024", 4)

    def against(edition):
        model, laid = (
            learned("certificate", edition),
            register(features, blank("certificate", edition)),
        )
        assert laid is not None
        page = lay_finely(fine_ink(copy.image), laid.transform, halved(model.middle), model.shape)
        return contradictions(strokes(page), model)

    same, other = against("2024"), against("2021")
    assert same is not None and other is not None
    assert same.lacking == same.displaced == 0
    assert other.lacking >= 2
    assert other.regions


def test_one_copy_alone_does_not_tell_print_from_writing(learned, filled):
    model = learned("certificate", "2024", _COPIES[:1])

    assert contradictions(model.middle, model) is None


def test_writing_is_told_from_print_by_what_copies_differ_in(learned, filled):
    copy, _ = filled("certificate", "2024", _COPIES[0][0], _COPIES[0][1])
    model = learned("certificate", "2024")
    entry = next(field for field in copy.fields if len(field.value) > 3)
    x, y = copy.transform.inverse().box(entry.box).center
    height, width = model.shape
    around = model.written[int(y * height) - 8 : int(y * height) + 8, int(x * width)]

    assert around.max() == 255
    assert (model.written == 0).mean() > 0.3


def test_a_bent_page_lies_on_its_template_to_the_stroke(learned):
    model = learned("certificate", "2024")
    height, width = model.shape
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    bent = cv2.remap(
        model.middle, xs + 3 * np.sin(ys / 300), ys + 3 * np.cos(xs / 300), cv2.INTER_LINEAR
    )
    laid = lay_finely(bent, Transform.identity(), halved(model.middle), model.shape)

    def off(ink):
        return float(np.abs(ink.astype(int) - model.middle)[model.middle > 128].mean())

    assert off(laid) < 0.5 * off(bent)


def test_models_and_distinctions_survive_storage(learned, blank):
    one, other = learned("certificate", "2021"), learned("certificate", "2024")
    laid = register(blank("certificate", "2024"), blank("certificate", "2021"))
    assert laid is not None
    distinction = tell_apart(one, other, laid.transform)

    again = decode_print(encode_print(one))
    kept = decode_distinction(encode_distinction(distinction))

    assert again.copies == one.copies == 5
    assert (again.low == one.low).all() and (again.written == one.written).all()
    assert (kept.own == distinction.own).all() and (kept.rival == distinction.rival).all()
    said = lean(one.middle, distinction)
    assert said.lean > 0.8
    assert all(isinstance(region.box, Box) for region in said.regions)


@pytest.mark.parametrize(
    ("entry", "copies", "asked"),
    [
        pytest.param(90, 3, False, id="a few copies' entries overlap in part"),
        pytest.param(255, 3, False, id="a few copies have the same entry"),
        pytest.param(255, 8, True, id="all of many have it"),
    ],
)
def test_what_a_few_copies_share_where_people_write_tells_no_edition(learned, entry, copies, asked):
    bare = replace(learned("certificate", "2021"), copies=copies)
    free = cv2.erode(np.where(bare.low > 0, 0, bare.written).astype(np.uint8), np.ones((20, 24)))
    y, x = (int(each) for each in np.argwhere((free > 0) & (sure_print(bare) > 0))[0])
    mark = np.zeros(bare.shape, np.uint8)
    cv2.rectangle(mark, (x - 8, y - 7), (x + 8, y + 7), entry, 2)  # beside print, which is steady
    low, middle, high = (cv2.max(plane, mark) for plane in (bare.low, bare.middle, bare.high))
    shared = replace(bare, low=low, middle=middle, high=high)

    places = [
        lean(one.middle, tell_apart(one, other, Transform.identity())).places
        for one, other in ((bare, shared), (shared, bare))
    ]

    assert (sum(places) > 0) is asked
