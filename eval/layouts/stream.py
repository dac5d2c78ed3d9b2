"""An endless, seeded stream of forms, and worn and filled copies of each."""

from __future__ import annotations

from random import Random

import numpy as np
from numpy.typing import NDArray

from eval.layouts.composing import KINDS, compose
from eval.layouts.drawing import draw_print
from eval.layouts.editions import revise
from eval.layouts.filling import fill_in
from eval.layouts.issuer import Issuer, draw_issuer
from eval.layouts.items import Layout
from eval.layouts.wearing import wear

Pixels = NDArray[np.uint8]

PER_ISSUER = 8  # forms of one office that follow each other: four, in two editions each
_FILLS = 3  # filled copies kept of a form; worn anew each time


class LayoutStream:
    """Forms by number: 2k+1 is another edition of 2k, and eight in a row have one issuer.

    Drawing takes longer than wearing, so the latest form is kept, with a few filled copies of it.
    The same seed gives the same forms and, asked in the same order, the same copies.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._latest: tuple[int, Layout, Pixels, list[Pixels]] | None = None

    def layout(self, number: int) -> Layout:
        """Compose a form."""
        issuer = self._issuer(number // PER_ISSUER)
        layout = compose(Random(f"{self._seed}/form/{number // 2}"), issuer)
        if number % 2:
            return revise(layout, issuer, Random(f"{self._seed}/edition/{number}"))
        return layout

    def copy(self, number: int, rng: Random) -> Pixels:
        """Return a grey page (480, 384): one more copy of the form, filled in and worn."""
        layout, ink, fills = self._form(number)
        if len(fills) < _FILLS or rng.random() < 0.2:
            fills.append(fill_in(ink, layout, rng))
            del fills[:-_FILLS]
        filled = fills[-1] if rng.random() < 0.5 else rng.choice(fills)
        return wear(filled, np.random.default_rng(rng.getrandbits(64)))

    def _issuer(self, number: int) -> Issuer:
        return draw_issuer(Random(f"{self._seed}/issuer/{number}"), KINDS)

    def _form(self, number: int) -> tuple[Layout, Pixels, list[Pixels]]:
        if self._latest is None or self._latest[0] != number:
            layout = self.layout(number)
            self._latest = (number, layout, draw_print(layout), [])
        return self._latest[1:]
