"""Old and new print that arrive side by side, told from each other by one digit."""

from __future__ import annotations

from uuid import UUID

import numpy as np
import pytest
from yearly_scans import yearly_scan

from chohyo.discovery.drift import Drift
from chohyo.discovery.mixed_change import chosen_for_mix, find_mixed_change
from chohyo.domain.geometry import Box

_FIELD = Box(0.5, 0.05, 1.0, 0.8)
_NEW = (1, 3, 5, 7, 9, 11, 13, 15)


def _mixed(new: dict[str, object]) -> list[np.ndarray]:
    """Return 16 pages, every second one of the old print, the others as said."""
    return [
        yearly_scan("2024", 20 + n)
        if n not in _NEW
        else yearly_scan(**{"year": "2024", "seed": 20 + n, **new})
        for n in range(16)
    ]


def _found(recent: list[np.ndarray], sources: list[UUID] | None = None) -> Drift | None:
    known = [yearly_scan("2024", seed) for seed in range(7)]
    sources = sources or [UUID(int=n) for n in range(len(recent))]
    return find_mixed_change(known, recent, sources, [_FIELD])


def test_one_digit_on_every_second_page_is_seen_where_it_is_and_on_which_pages():
    found = _found(_mixed({"year": "2025"}))
    assert found is not None
    assert found.pages == _NEW
    (box,) = found.differs
    assert box.x0 * 420 < 150 and box.x1 * 420 > 110
    assert 520 < (box.y0 + box.y1) / 2 * 600 < 550


@pytest.mark.parametrize(
    "new",
    [
        pytest.param({}, id="the same print"),
        pytest.param({"stamp": True}, id="a stamp"),
        pytest.param({"bold": True}, id="another scanner"),
    ],
)
def test_what_is_no_other_print_is_not_seen(new):
    assert _found(_mixed(new)) is None


def test_one_document_is_one_witness():
    assert _found(_mixed({"year": "2025"}), [UUID(int=1)] * 16) is None


def test_few_pages_of_other_print_say_nothing_yet():
    pages = [yearly_scan("2025" if n % 4 == 0 else "2024", 20 + n) for n in range(16)]
    assert _found(pages) is None
    assert _found(_mixed({"year": "2025"})[:10]) is None


def test_the_first_pages_stand_for_what_was_before():
    assert chosen_for_mix(range(60)) == [*range(6), *range(42, 60)]
    assert chosen_for_mix(range(10)) == list(range(10))
