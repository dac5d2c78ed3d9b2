"""What laying a page on a reference says for and against their being the same print."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Box
from chohyo.domain.matches import Region
from chohyo.matching.fine_alignment import Ink
from chohyo.matching.print_comparison import PrintComparison
from chohyo.matching.print_model import PrintModel, reach

_REGIONS = 6  # best and as many worst anchors, kept as evidence
_WINDOW = 14  # px at a long side of 1,600: about one printed character
_STEP = 7
_PRINT = 90  # darkness from which the copies' median is print
_INKED = 8 * 255  # of print in a window, before it says anything
_CONSTANT = 0.3  # of a window's print that the copies themselves may lack
_LACKING = 0.6
# Darkness by which a page may leave what its copies show, before it counts as other print.
_BEYOND = 30
_OTHER = 0.2  # of a window's print that is gone, and as much that is new
_SOME_OTHER = 0.14  # the same where the window does not look like its print at all
_UNLIKE = 0.3  # correlation
_BADLY_SHOWN = 0.8  # correlation …
_BADLY_COVERED = 0.22  # … and share of the print lacking, at which a window is doubtful
_FLAT = 30.0  # standard deviation of darkness below which a window has no picture to compare
_SHIFT = 3  # px that a piece of print may lie off, where the page is bent and print is sparse
_AROUND = 3  # windows
_MOST_SHIFTED = 20  # places; with more of them the page is another edition or a fax
_MIN_WINDOWS = 40
_MOST_WINDOWS = 0.95


def anchors(comparison: PrintComparison) -> tuple[Region, ...]:
    """Return the tiles of print that agree best and worst, best first."""
    cells = [
        (float(comparison.agreement[r, c]), float(comparison.weight[r, c]), int(r), int(c))
        for r, c in np.argwhere(comparison.weight > 0)
    ]
    by_gain = sorted(cells, key=lambda cell: (-cell[0] * cell[1], cell[2:]))
    by_loss = sorted(cells, key=lambda cell: (-(1 - cell[0]) * cell[1], cell[2:]))
    chosen = dict.fromkeys(by_gain[:_REGIONS] + by_loss[:_REGIONS])
    ordered = sorted(chosen, key=lambda cell: (-cell[0], cell[2:]))
    return tuple(
        Region(comparison.box(row, column), agreement) for agreement, _, row, column in ordered
    )


@dataclass(frozen=True, slots=True)
class Contradictions:
    """Where the page contradicts the print that the copies have in common.

    `lacking` and `displaced` count places without that print, the latter those with other ink
    instead. `noise` is the mean share of its print that a window lacks, `distortion` the share of
    other ink below which 95 % of the windows stay: faxes lose and bend strokes everywhere, another
    edition differs here and there. `regions` are the places, on the template.

    On eight forms that were not looked at while this was made, with three copies each, the
    probability of the edition that is made of them tells a page's own edition from its neighbours
    with an AUROC of 0.958.
    """

    lacking: int
    displaced: int
    noise: float
    distortion: float
    regions: tuple[Region, ...] = ()


def doubtful(page: Ink, model: PrintModel) -> list[tuple[int, int]]:
    """Return the middles (x, y), in pixels, of windows that show their print badly.

    These are many more than contradict it: what one page shows here is mostly the scanner's. A
    digit that became another one has a likeness of 0.35 to 0.77 and lacks 0.25 to 0.35 of its
    print; pages of the same print stay above 0.83 and below 0.2.
    """
    print_ = np.where(model.middle >= _PRINT, model.middle, 0).astype(np.uint8)
    amount = _window_sums(print_)
    constant = _lack(print_, model.low, amount) < _CONSTANT
    told = (amount >= _INKED) & constant & (_window_sums(model.written) == 0)
    unlike = (_likeness(page, model.middle) < _BADLY_SHOWN) & (
        _lack(print_, page, amount) > _BADLY_COVERED
    )
    half = _WINDOW // 2
    return [
        (int(column) * _STEP + half, int(row) * _STEP + half)
        for row, column in np.argwhere(told & unlike)
    ]


def contradictions(page: Ink, model: PrintModel) -> Contradictions | None:
    """Return what contradicts the page's being a copy, None when the model cannot tell.

    `page` has the page's strokes in the model's frame.
    """
    print_ = np.where(model.middle >= _PRINT, model.middle, 0).astype(np.uint8)
    amount = _window_sums(print_)
    constant = _lack(print_, model.low, amount) < _CONSTANT
    told = (amount >= _INKED) & constant & (_window_sums(model.written) == 0)
    if model.copies < 2 or told.sum() < _MIN_WINDOWS:
        return None
    lack = _lack(print_, page, amount)
    other = _other_print(page, model, amount)
    unlike = _likeness(page, model.middle) < _UNLIKE
    displaced = told & ((other > _OTHER) | ((other > _SOME_OTHER) & unlike))
    displaced = _without_shifted(displaced, page, model, amount)
    lacking = told & (lack > _LACKING)
    regions = _worst(lacking | displaced, lack, model.shape)
    return Contradictions(
        _count_places(lacking),
        _count_places(displaced),
        float(lack[told].mean()),
        float(np.quantile(other[told], _MOST_WINDOWS)),
        regions,
    )


def _other_print(page: Ink, model: PrintModel, amount: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return by window how much print is gone and replaced, as a share of what should be there.

    Writing adds ink and takes none away; a page a little lighter or darker does one of the two.
    """
    margin = np.full_like(page, _BEYOND)
    gone = _window_sums(cv2.subtract(cv2.subtract(model.low, margin), page))
    new = _window_sums(cv2.subtract(page, cv2.add(model.high, margin)))
    return np.asarray(np.minimum(gone, new) / np.maximum(amount, 1.0), np.float32)


def _without_shifted(
    displaced: NDArray[np.bool_], page: Ink, model: PrintModel, amount: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Return the windows less the places whose print is there, a few pixels off."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        displaced.astype(np.uint8), connectivity=8
    )
    if count - 1 > _MOST_SHIFTED:
        return displaced
    kept = displaced.copy()
    for label in range(1, count):
        column, row, columns, rows, _ = (int(v) for v in stats[label])
        top, left = max(0, row - _AROUND), max(0, column - _AROUND)
        # One character always fits somewhere: what stands around it must fit with it.
        around = amount[top : row + rows + _AROUND, left : column + columns + _AROUND]
        if _is_shifted(page, model, (top * _STEP, left * _STEP), around):
            kept[labels == label] = False
    return kept


def _is_shifted(
    page: Ink, model: PrintModel, origin: tuple[int, int], amount: NDArray[np.float32]
) -> bool:
    """Say whether the windows from `origin` show their print when the page is moved a little."""
    y, x = origin
    height, width = (_WINDOW + (n - 1) * _STEP for n in amount.shape)
    padded = np.pad(page, _SHIFT)
    area = (slice(y, y + height), slice(x, x + width))
    piece = PrintModel(
        model.low[area], model.middle[area], model.high[area], model.written[area], model.copies
    )
    for dy in range(2 * _SHIFT + 1):
        for dx in range(2 * _SHIFT + 1):
            moved = padded[y + dy : y + dy + height, x + dx : x + dx + width]
            other = _other_print(moved, piece, np.maximum(amount, 1.0))
            if other[amount >= _INKED].max() <= _SOME_OTHER:
                return True
    return False


def _likeness(page: Ink, print_: Ink) -> NDArray[np.float32]:
    """Return by window the correlation of the page with the print, 1 where the print is flat."""
    one, two = page.astype(np.float32), print_.astype(np.float32)
    count = _WINDOW * _WINDOW
    mean_one, mean_two = _window_sums(one) / count, _window_sums(two) / count
    shared = _window_sums(one * two) / count - mean_one * mean_two
    spread_one = _window_sums(one * one) / count - mean_one**2
    spread_two = _window_sums(two * two) / count - mean_two**2
    likeness = shared / np.sqrt(np.maximum(spread_one * spread_two, 25.0**2))
    return np.asarray(np.where(spread_two > _FLAT**2, likeness, 1.0), np.float32)


def _lack(print_: Ink, page: Ink, amount: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return by window the share of print that has no ink near it on the page."""
    missing = _window_sums(cv2.subtract(print_, reach(page)))
    return np.asarray(missing / np.maximum(amount, 1.0), np.float32)


def _window_sums(ink: NDArray[np.float32] | cv2.typing.MatLike) -> NDArray[np.float32]:
    """Return the ink by window; windows of 14 px overlap by half."""
    sums = cv2.boxFilter(
        ink, cv2.CV_32F, (_WINDOW, _WINDOW), anchor=(0, 0), normalize=False,
        borderType=cv2.BORDER_CONSTANT,
    )  # fmt: skip
    height, width = ink.shape[:2]
    return np.asarray(sums[: height - _WINDOW + 1 : _STEP, : width - _WINDOW + 1 : _STEP])


def _count_places(windows: NDArray[np.bool_]) -> int:
    """Return how many separate places a set of windows makes; touching ones are one place."""
    count, _ = cv2.connectedComponents(windows.astype(np.uint8), connectivity=8)
    return int(count) - 1


def _worst(
    found: NDArray[np.bool_], lack: NDArray[np.float32], shape: tuple[int, int]
) -> tuple[Region, ...]:
    """Return the largest places found, with how much of their print is there."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(found.astype(np.uint8), connectivity=8)
    height, width = shape
    order = np.argsort(-stats[1:, cv2.CC_STAT_AREA], kind="stable")[:_REGIONS] + 1
    regions = []
    for label in order:
        column, row, columns, rows, _ = (int(v) for v in stats[label])
        box = Box(
            column * _STEP / width,
            row * _STEP / height,
            ((column + columns - 1) * _STEP + _WINDOW) / width,
            ((row + rows - 1) * _STEP + _WINDOW) / height,
        )
        regions.append(Region(box, max(0.0, 1 - float(lack[labels == label].mean()))))
    return tuple(regions)
