"""Drift of print: seen when several documents show it alike, and not when entries do."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

import pytest

from chohyo.discovery.drift import Sighting, suspects
from chohyo.domain.geometry import Box
from chohyo.domain.ids import new_id
from eval.drift.changes import changed_form
from eval.drift.stream import Watched
from eval.forms import form_type
from eval.forms.filling import blank_of, fill_page

_DPI = 90
_MIX = {"light": 1.0, "scan": 2.0}
FORM = form_type("receipt")
EDITION = FORM.editions[-1]


@lru_cache
def _page(seed: int, change: str = ""):
    form = changed_form(FORM, EDITION, change, 4) if change else FORM
    assert form is not None
    return fill_page(form, EDITION, 1, seed, mix=_MIX, dpi=_DPI).image


@pytest.fixture(scope="module")
def known() -> Watched:
    """Give the form as it is known from four copies, after six pages of the same print."""
    sheet = FORM.sheet(EDITION)
    fields = [
        Box(each.area.x0 / sheet.width, each.area.y0 / sheet.height,
            each.area.x1 / sheet.width, each.area.y1 / sheet.height)
        for each in sheet.blanks
    ]  # fmt: skip
    watched = Watched.learn(
        blank_of(FORM, EDITION, 1, _DPI), [_page(seed) for seed in range(900, 904)], fields
    )
    assert [watched.see(_page(seed), new_id()) for seed in range(6)] == [None] * 6
    return watched


@pytest.mark.parametrize("change", ["small-print", "words", "moved-box"])
def test_changed_print_is_seen_within_six_pages_and_where_it_is(
    known: Watched, change: str
) -> None:
    watched = known.branch()
    seen = [watched.see(_page(seed, change), new_id()) for seed in range(50, 56)]
    found = next(each for each in seen if each is not None)
    assert len(found.pages) >= 3
    if change == "small-print":  # the line at the foot of the page
        assert any(box.y0 < 0.942 < box.y1 + 0.02 for box in found.differs)


def test_pages_of_one_document_are_no_drift(known: Watched) -> None:
    """They share a scanner's dirt, and are taken for one witness."""
    watched, batch = known.branch(), new_id()
    assert [watched.see(_page(seed, "small-print"), batch) for seed in range(50, 54)] == [None] * 4


def test_a_place_that_always_deviated_is_not_suspected() -> None:
    always = [Sighting(new_id(), new_id(), frozenset({515})) for _ in range(40)]
    assert suspects(always) == ()
    never = [Sighting(new_id(), new_id(), frozenset()) for _ in range(30)]
    lately = [Sighting(new_id(), new_id(), frozenset({515 + n % 2})) for n in range(3)]
    assert suspects([*never, *lately]) == tuple(each.page_id for each in lately)


def test_one_documents_pages_are_not_suspected() -> None:
    batch = UUID(int=1)
    pages = [Sighting(new_id(), batch, frozenset({515})) for _ in range(6)]
    assert suspects(pages) == ()
