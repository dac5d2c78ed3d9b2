import numpy as np

from chohyo.matching.exemplars import diverse


def _directions(*degrees: float) -> np.ndarray:
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def test_one_row_of_each_direction_is_chosen():
    directions = [0, 0, 0, 1, 1, 2]
    rows = _directions(0, 1, 2, 40, 41, 80)
    assert sorted(directions[row] for row in diverse(rows, 3)) == [0, 1, 2]


def test_the_first_is_nearest_to_the_middle():
    assert diverse(_directions(0, 30, 60), 1) == [1]


def test_all_rows_are_chosen_once_where_there_are_no_more():
    assert sorted(diverse(_directions(0, 0, 5), 7)) == [0, 1, 2]
    assert diverse(np.zeros((0, 4), np.float32), 3) == []


def test_rows_alike_are_chosen_in_their_order():
    assert diverse(_directions(10, 10, 10), 2) == [0, 1]
