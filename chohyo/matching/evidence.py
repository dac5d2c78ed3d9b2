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
_DISPLACED = 0.3  # lacking that much, with as much other ink instead
_MIN_WINDOWS = 40


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
    instead. `noise` is the mean share of its print that a window lacks: faxes lose strokes
    everywhere, another edition differs here and there. `regions` are the places, on the template.

    On 253 pairs of a page and three copies, beside writing nothing counted, 95 % of the pages of
    the same edition have no displaced print, faxes too; of neighbouring editions 5 % have none.
    """

    lacking: int
    displaced: int
    noise: float
    regions: tuple[Region, ...] = ()


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
    other = _window_sums(cv2.subtract(page, cv2.dilate(model.high, np.ones((3, 3), np.uint8))))
    displaced = told & (lack > _DISPLACED) & (other > _DISPLACED * amount)
    lacking = told & (lack > _LACKING)
    regions = _worst(lacking | displaced, lack, model.shape)
    return Contradictions(
        _count_places(lacking), _count_places(displaced), float(lack[told].mean()), regions
    )


def _lack(print_: Ink, page: Ink, amount: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return by window the share of print that has no ink near it on the page."""
    missing = _window_sums(cv2.subtract(print_, reach(page)))
    return np.asarray(missing / np.maximum(amount, 1.0), np.float32)


def _window_sums(ink: NDArray[np.uint8] | cv2.typing.MatLike) -> NDArray[np.float32]:
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
