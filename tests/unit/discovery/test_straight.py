"""The frame of a blank form, made level."""

from __future__ import annotations

import numpy as np
from membership_form import draw, scan, value_box

from chohyo.discovery.straight import straightened
from chohyo.domain.geometry import Transform


def _slope(transform: Transform) -> float:
    """Return how far the top of a ruled cell falls from left to right, in shares of the page."""
    box = value_box(0)
    return transform.point(box.x1, box.y0)[1] - transform.point(box.x0, box.y0)[1]


def test_a_leaning_copy_gives_a_level_frame() -> None:
    leaning, back = scan(draw(1), 1, angle=1.5)
    height, width = leaning.shape
    (made,) = straightened([leaning], [Transform.identity()], (width, height))
    to_copy = back.inverse()
    assert abs(_slope(to_copy)) > 0.005
    assert abs(_slope(made.after(to_copy))) < 0.0006


def test_all_copies_are_turned_alike() -> None:
    first, second = scan(draw(0), 1, angle=1.0), scan(draw(1), 2, angle=1.0, shift=3)
    height, width = first[0].shape
    onto_first = first[1].inverse().after(second[1])
    moves = straightened([first[0], second[0]], [Transform.identity(), onto_first], (width, height))
    again = moves[1].after(moves[0].inverse())
    expected = onto_first.after(Transform.identity())
    for point in ((0.2, 0.3), (0.8, 0.9)):
        there = moves[0].after(onto_first).point(*point)
        assert np.allclose(moves[1].point(*point), there, atol=1e-6)
    assert again != expected


def test_a_page_without_rules_stays_as_it_is() -> None:
    empty = np.full((600, 400), 255, np.uint8)
    assert straightened([empty], [Transform.identity()], (400, 600)) == [Transform.identity()]
