"""How a field's box stands among the others of its page: boxes of one form are much alike."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.templates import FieldSpec, FieldType

# Edges of one column are this close, as a share of the page.
_ALIGNED = 0.01
# Boxes of a row share so much of the lower one's height.
_SAME_ROW = 0.5
_MARKS = {FieldType.CHECKBOX, FieldType.CHOICE}


@dataclass(frozen=True, slots=True)
class Standing:
    """What the other boxes of its page say of one.

    `wider` and `higher` are the logarithms of its width against boxes that begin where it does, and
    of its height against all that are written into; `overlapped` is the largest share of it that
    another covers; `column`, `edge` and `row` are the logarithms of one more than how many boxes
    have both of its sides, begin or end with it, and stand in its row.
    """

    wider: float = 0.0
    higher: float = 0.0
    overlapped: float = 0.0
    column: float = 0.0
    edge: float = 0.0
    row: float = 0.0


class Arrangement:
    """The boxes of a page's fields."""

    def __init__(self, fields: Sequence[FieldSpec]) -> None:
        self._all = np.array([field.box.as_list() for field in fields]).reshape(-1, 4)
        self._written = np.array([field.type not in _MARKS for field in fields], np.bool_)

    def standing(self, number: int) -> Standing:
        """Return how the box of the field with that number stands among the others."""
        box, others = self._all[number], np.arange(len(self._all)) != number
        if not others.any() or box[2] <= box[0] or box[3] <= box[1]:
            return Standing()
        written = self._all[others & self._written]
        begins, ends = (np.abs(written[:, x] - box[x]) < _ALIGNED for x in (0, 2))
        return Standing(
            wider=_logged(_widths(box), _widths(written[begins])),
            higher=_logged(_heights(box), _heights(self._all[self._written])),
            overlapped=_most_covered(box, self._all[others]),
            column=math.log1p(int((begins & ends).sum())),
            edge=math.log1p(int((begins | ends).sum())),
            row=math.log1p(_in_row(box, written)),
        )


def _widths(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(boxes[..., 2] - boxes[..., 0])


def _heights(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(boxes[..., 3] - boxes[..., 1])


def _logged(own: NDArray[np.float64], others: NDArray[np.float64]) -> float:
    """Return the logarithm of a length against the usual one of others; 0 where there are none."""
    usual = float(np.median(others)) if len(others) else 0.0
    return math.log(float(own) / usual) if usual > 0 else 0.0


def _most_covered(box: NDArray[np.float64], others: NDArray[np.float64]) -> float:
    wide = np.minimum(others[:, 2], box[2]) - np.maximum(others[:, 0], box[0])
    high = np.minimum(others[:, 3], box[3]) - np.maximum(others[:, 1], box[1])
    shared = np.maximum(wide, 0.0) * np.maximum(high, 0.0)
    return float(shared.max() / (_widths(box) * _heights(box)))


def _in_row(box: NDArray[np.float64], others: NDArray[np.float64]) -> int:
    shared = np.minimum(others[:, 3], box[3]) - np.maximum(others[:, 1], box[1])
    return int((shared > _SAME_ROW * np.minimum(_heights(others), _heights(box))).sum())
