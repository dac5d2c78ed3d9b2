"""Say whether a page lies on its blank form, however faint it is."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from chohyo.extraction.ink import Ink
from chohyo.extraction.masks import Mask

_DARK = 0.3
# Pages show 0.7 to 1.0 of the form's print in its place, faint faxes 0.2; laid 1 % askew, pages
# show 0.07 to 0.53.
_ENOUGH = 0.55
_DOWN, _ACROSS = 6, 4  # pieces
_LEAST_PRINT = 800  # px in a piece
_ASIDE = 6  # px: a stroke and the paper beside it
# The places of print are darker than those beside them: 1.7 times and more on faint faxes that lie
# right, 0.2 to 0.8 times where a page lies askew or a photo is bent off its form.
_DARKER = 1.3
_POOREST = 0.1  # share of the pieces that need not be
_EVEN = 0.02


def lies_in_place(ink: Ink, print_mask: Mask) -> bool:
    """Say whether ink laid onto a blank form shows its print where it belongs.

    Most of it must be there; or what is there must be in its place, all over the page, and not
    beside it.
    """
    dark = np.asarray(ink > _DARK)
    if not print_mask.any() or float(dark[print_mask].mean()) >= _ENOUGH:
        return True
    darker = list(_how_much_darker(dark, print_mask))
    return bool(darker) and float(np.quantile(darker, _POOREST)) >= _DARKER


def _how_much_darker(dark: Mask, print_mask: Mask) -> Iterator[float]:
    """Yield for each piece of the page how much darker its print is than the places beside."""
    aside = [[np.roll(print_mask, step, axis) for step in (_ASIDE, -_ASIDE)] for axis in (0, 1)]
    for piece in _pieces(print_mask.shape):
        here = print_mask[piece]
        if here.sum() < _LEAST_PRINT:
            continue
        # Beside a rule means above or below it: to its left and right it goes on.
        beside = min(max(_share(dark[piece], mask[piece]) for mask in pair) for pair in aside)
        yield _share(dark[piece], here) / (beside + _EVEN)


def _share(dark: NDArray[np.bool_], where: NDArray[np.bool_]) -> float:
    return float(dark[where].mean()) if where.any() else 0.0


def _pieces(shape: tuple[int, ...]) -> Iterator[tuple[slice, slice]]:
    rows = np.linspace(0, shape[0], _DOWN + 1).astype(int)
    columns = np.linspace(0, shape[1], _ACROSS + 1).astype(int)
    for top, bottom in itertools.pairwise(rows):
        for left, right in itertools.pairwise(columns):
            yield slice(top, bottom), slice(left, right)
