"""Generated forms at the size of a scan: blank, and filled in and degraded."""

from __future__ import annotations

from random import Random
from typing import Final

import numpy as np
from numpy.typing import NDArray

from eval.degradation import degrade
from eval.layouts.drawing import draw_print
from eval.layouts.filling import fill_in
from eval.layouts.items import Layout
from eval.layouts.stream import LayoutStream

Pixels = NDArray[np.uint8]

_LONG_SIDE: Final = 1600  # px: the bank's letters are as large as they are drawn


class Sheets:
    """Forms of a stream by number: 2k+1 is another edition of 2k."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._stream = LayoutStream(seed)
        self._latest: tuple[int, Layout, Pixels] | None = None

    def blank(self, number: int) -> Pixels:
        """Return a form as it was printed, grey, its long side 1,600 px."""
        return np.asarray(255 - self._drawn(number)[1], np.uint8)

    def copy(self, number: int, copy: int, kind: str) -> Pixels:
        """Return one of a form's filled copies, degraded; the same numbers give the same page."""
        layout, ink = self._drawn(number)
        lot = Random(f"{self._seed}/copy/{number}/{copy}")
        page = np.asarray(255 - fill_in(ink, layout, lot), np.uint8)
        return degrade(page, kind, np.random.default_rng(lot.getrandbits(64))).image

    def is_told(self, number: int) -> bool:
        """Say whether a form's other edition looks otherwise: few are revised where nothing was."""
        return not np.array_equal(self.blank(number), self.blank(number ^ 1))

    def _drawn(self, number: int) -> tuple[Layout, Pixels]:
        if self._latest is None or self._latest[0] != number:
            layout = self._stream.layout(number)
            scale = _LONG_SIDE / max(layout.width, layout.height)
            size = round(layout.height * scale), round(layout.width * scale)
            self._latest = number, layout, draw_print(layout, *size)
        return self._latest[1:]
