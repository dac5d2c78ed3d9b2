"""Small windows of print: how much of it a page lacks, and how like it a page looks there."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.matching.fine_alignment import Ink
from chohyo.matching.print_model import PrintModel, once, reach

WINDOW = 14  # px at a long side of 1,600: about one printed character
STEP = 7
_PRINT = 90  # darkness from which the copies' median is print
INKED = 8 * 255  # of print in a window, before it says anything
_CONSTANT = 0.3  # of a window's print that the copies themselves may lack
_FLAT = 30.0  # standard deviation of darkness below which a window has no picture to compare
_BEYOND = 30  # darkness by which a page may leave what its copies show

Floats = NDArray[np.float32]


@once
def print_of(model: PrintModel) -> Ink:
    """Return the median of the copies where it is print, else paper."""
    return np.where(model.middle >= _PRINT, model.middle, 0).astype(np.uint8)


@once
def told_windows(model: PrintModel) -> tuple[NDArray[np.bool_], Floats]:
    """Return which windows have print that all copies show, apart from writing; and its amount."""
    print_ = print_of(model)
    amount = window_sums(print_)
    constant = lack(print_, model.low, amount) < _CONSTANT
    return (amount >= INKED) & constant & (window_sums(model.written) == 0), amount


def window_sums(ink: Floats | cv2.typing.MatLike) -> Floats:
    """Return the ink by window; windows of 14 px overlap by half."""
    return overlapping_sums(ink, STEP)


def overlapping_sums(ink: Floats | cv2.typing.MatLike, step: int) -> Floats:
    """Return the ink in windows of two steps a side, a window at every step.

    Summed by squares of one step first: a quarter of a box filter's time.
    """
    rows, columns = (side // step for side in ink.shape[:2])
    if min(rows, columns) < 2:
        return np.zeros((max(0, rows - 1), max(0, columns - 1)), np.float32)
    whole = np.asarray(ink[: rows * step, : columns * step], np.float32)
    squares = cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA) * (step * step)
    pairs = squares[:-1] + squares[1:]
    return np.asarray(pairs[:, :-1] + pairs[:, 1:], np.float32)


def rules_in(dark: NDArray[np.uint8], length: int) -> NDArray[np.uint8]:
    """Return 1 where print (1, else 0) runs on for `length` px, across or down."""
    across, down = (
        np.asarray(cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones(shape, np.uint8)), np.uint8)
        for shape in ((1, length), (length, 1))
    )
    return across | down


def missing_print(print_: Ink, page: Ink) -> Ink:
    """Return the print that has no ink near it on the page."""
    return np.asarray(cv2.subtract(print_, reach(page)), np.uint8)


def lack(print_: Ink, page: Ink, amount: Floats) -> Floats:
    """Return by window the share of print that has no ink near it on the page."""
    missing = window_sums(missing_print(print_, page))
    return np.asarray(missing / np.maximum(amount, 1.0), np.float32)


def other_print(page: Ink, model: PrintModel, amount: Floats) -> Floats:
    """Return by window how much print is gone and replaced, as a share of what should be there.

    Writing adds ink and takes none away; a page a little lighter or darker does one of the two.
    """
    gone, new = (window_sums(ink) for ink in gone_and_new(page, model.low, model.high))
    return np.asarray(np.minimum(gone, new) / np.maximum(amount, 1.0), np.float32)


def gone_and_new(page: Ink, low: Ink, high: Ink) -> tuple[Ink, Ink]:
    """Return the ink that all copies have and the page lacks, and that it has and none of them."""
    margin = np.full_like(page, _BEYOND)
    gone = cv2.subtract(cv2.subtract(low, margin), page)
    new = cv2.subtract(page, cv2.add(high, margin))
    return np.asarray(gone, np.uint8), np.asarray(new, np.uint8)


def likeness(page: Ink, print_: Ink) -> Floats:
    """Return by window the correlation of the page with the print, 1 where the print is flat."""
    return _likeness(page, print_, _moments(print_))


def likeness_to(page: Ink, model: PrintModel) -> Floats:
    """Return by window the correlation of the page with the copies' median."""
    return _likeness(page, model.middle, _moments_of(model))


@once
def _moments_of(model: PrintModel) -> tuple[Floats, Floats]:
    return _moments(model.middle)


def _likeness(page: Ink, print_: Ink, moments: tuple[Floats, Floats]) -> Floats:
    mean_two, spread_two = moments
    mean_one, spread_one = _moments(page)
    product = cv2.multiply(page, print_, dtype=cv2.CV_32F)
    shared = window_sums(product) / (WINDOW * WINDOW) - mean_one * mean_two
    found = shared / np.sqrt(np.maximum(spread_one * spread_two, 25.0**2))
    return np.asarray(np.where(spread_two > _FLAT**2, found, 1.0), np.float32)


def _moments(ink: Ink) -> tuple[Floats, Floats]:
    """Return mean and variance of the darkness by window."""
    count = WINDOW * WINDOW
    mean = np.asarray(window_sums(ink) / count, np.float32)
    squares = window_sums(cv2.multiply(ink, ink, dtype=cv2.CV_32F)) / count
    return mean, np.asarray(squares - mean**2, np.float32)
