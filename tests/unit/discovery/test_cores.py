"""Working on several pages at a time."""

from __future__ import annotations

from threading import Barrier, Event

import numpy as np
import pytest

from chohyo.discovery.cores import batched, on_cores
from chohyo.discovery.print_cells import measure_stack


def test_results_come_in_the_order_of_the_items_whichever_ends_first():
    second_is_done = Event()

    def square(item: int) -> int:
        if item == 1:
            assert second_is_done.wait(10)
        second_is_done.set()
        return item * item

    assert on_cores(square, [1, 2, 3], cores=2) == [1, 4, 9]


def test_as_many_work_at_a_time_as_there_are_cores():
    together = Barrier(3, timeout=10)

    assert len(on_cores(lambda _: together.wait(), range(3), cores=3)) == 3


def test_a_failure_is_that_of_the_item():
    with pytest.raises(ZeroDivisionError):
        on_cores(lambda item: 1 // item, [1, 0, 2], cores=2)


def test_batches_are_full_but_for_the_last():
    assert list(batched(range(5), 2)) == [[0, 1], [2, 3], [4]]


@pytest.mark.parametrize("copies", [2, 5, 8])
def test_what_most_copies_show_is_no_noise(copies):
    rng = np.random.default_rng(3)
    sheet = np.where(rng.random((200, 200)) > 0.8, 255, 0).astype(np.uint8)
    stack = np.stack([sheet] * copies)
    stack[0, 90:130, 90:130] = 0

    unlike = measure_stack(stack).unlike

    assert unlike[1:].max() == 0 or copies == 2
    assert unlike[:, :5].max() == 0
    assert unlike.max(axis=0)[9:12, 9:12].min() > 4
