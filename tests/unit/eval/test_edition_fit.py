"""The calibration that ships is the one that its judgements give, with forms left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chohyo.matching.calibration import Calibration
from eval.routing.edition_fit import fitted, judgements, left_out, tally


@pytest.fixture(scope="module")
def lessons():
    """Give the judgements that ship."""
    return judgements()


def test_what_ships_is_what_the_judgements_give(lessons):
    found = fitted(lessons, Calibration())

    assert found.edition_disagreement == pytest.approx(Calibration().edition_disagreement, abs=0.3)


def test_on_forms_left_out_fewer_pages_of_unknown_editions_are_routed(lessons):
    without = tally(lessons, replace(Calibration(), edition_disagreement=0.0))
    unseen = left_out(lessons, Calibration())

    assert unseen.of > 500
    assert unseen.right >= 0.91 * unseen.of
    assert unseen.wrong <= 9 < without.wrong


def test_a_page_whose_print_hardly_agrees_is_not_surely_an_edition():
    shipped = Calibration()

    assert shipped.edition(0, 0, 0.2, 10, 0.9) == shipped.edition(0, 0, 0.2, 10)
    assert shipped.edition(0, 0, 0.2, 10, 0.5) < 0.75 < shipped.edition(0, 0, 0.2, 10, 0.65)
