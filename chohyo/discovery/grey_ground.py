"""Grey ground: what a form prints grey or black is not to be written on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.blank_form import BlankForm
from chohyo.discovery.region import Region, RegionKind

# Cells tinted to be written on are lighter than this, cells greyed out to be left alone darker. Of
# the rows between a box and the next one, some are free of the blur of both.
_PALE, _BETWEEN_BOXES = 225, 75


def is_left_alone(region: Region, blank: BlankForm) -> bool:
    """Say whether the form prints grey or black there: a place not to write on.

    The blurred sides of a small box make its inside grey: the paper over and under it tells, up to
    the next box.
    """
    inner = region.box.inset(3)
    if region.kind is not RegionKind.CHECKBOX:
        return is_grey(blank.image[inner.y0 : inner.y1, inner.x0 : inner.x1])
    near, x = max(4, region.box.height // 3), slice(inner.x0, inner.x1)
    over = blank.image[max(0, region.box.y0 - near) : max(1, region.box.y0 - 1), x]
    under = blank.image[region.box.y1 + 1 : region.box.y1 + near, x]
    rows = np.median(np.concatenate([over, under]), axis=1)
    return is_grey(np.percentile(rows, _BETWEEN_BOXES))


def is_grey(paper: NDArray[np.uint8] | np.float64) -> bool:
    """Say whether paper, 0..255, is printed so grey that it is not to be written on."""
    return bool(np.size(paper)) and float(np.median(paper)) < _PALE
