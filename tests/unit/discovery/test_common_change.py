"""A digit that recent pages have in common, and that no single one shows clearly."""

from __future__ import annotations

from uuid import UUID

import numpy as np
from yearly_scans import yearly_scan

from chohyo.discovery.common_change import compared, find_common_change
from chohyo.discovery.drift import Drift
from chohyo.domain.geometry import Box

_FIELD = Box(0.5, 0.05, 1.0, 0.8)
_OWN = [UUID(int=n) for n in range(6)]


def _found(latest: list[np.ndarray], sources: list[UUID] = _OWN) -> Drift | None:
    earlier = [yearly_scan("2024", seed) for seed in range(7)]
    return find_common_change(earlier, latest, sources, [_FIELD])


def test_one_digit_of_small_print_is_seen_where_it_is():
    found = _found([yearly_scan("2025", seed) for seed in range(10, 16)])
    assert found is not None
    assert len(found.pages) >= 5
    (box,) = found.differs
    assert box.x0 * 420 < 150 and box.x1 * 420 > 120
    assert 520 < (box.y0 + box.y1) / 2 * 600 < 550


def test_a_page_of_the_old_print_among_them_is_named_as_none_of_them():
    latest = [yearly_scan("2024", 20), *(yearly_scan("2025", seed) for seed in range(10, 15))]
    found = _found(latest)
    assert found is not None
    assert found.pages == (1, 2, 3, 4, 5)


def test_the_same_print_with_other_entries_is_no_change():
    assert _found([yearly_scan("2024", seed) for seed in range(10, 16)]) is None


def test_a_stamp_on_all_of_them_is_no_other_print():
    assert _found([yearly_scan("2024", seed, stamp=True) for seed in range(10, 16)]) is None


def test_one_document_is_one_witness():
    changed = [yearly_scan("2025", seed) for seed in range(10, 16)]
    assert _found(changed, [UUID(int=1)] * 6) is None


def test_too_few_pages_say_nothing():
    assert _found([yearly_scan("2025", seed) for seed in range(10, 15)], _OWN[:5]) is None


def test_earlier_pages_are_those_from_before_a_change_that_was_not_seen_at_once():
    assert compared(range(40)) == [*range(16, 22), *range(34, 40)]
    assert compared(range(9)) == list(range(9))
