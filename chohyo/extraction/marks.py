"""Tell ticked boxes and circled words from untouched ones, by ink alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chohyo.domain.templates import FieldOption
from chohyo.extraction.ink import Ink

_DARK = 0.3
# Of a circle around a word, at least this share of its box's pixels is ink.
_CIRCLED = 0.035


def tick_ink(fill: Ink) -> float:
    """Return the share of a checkbox's middle that is inked; 0 for an untouched one."""
    height, width = fill.shape
    inset_y, inset_x = height // 5, width // 5
    middle = fill[inset_y : height - inset_y, inset_x : width - inset_x]
    return float((middle > _DARK).mean()) if middle.size else 0.0


def marked_options(fill: Ink, options: Sequence[FieldOption]) -> tuple[list[str], float]:
    """Return the values of the marked options, and how clear the decision is, in 0..1."""
    shares = [_ink_share(fill, option) for option in options]
    marked = [o.value for o, share in zip(options, shares, strict=True) if share > _CIRCLED]
    doubt = min((abs(share - _CIRCLED) for share in shares), default=_CIRCLED)
    return marked, min(1.0, 0.5 + doubt / _CIRCLED / 2)


def _ink_share(fill: Ink, option: FieldOption) -> float:
    height, width = fill.shape
    box = option.box
    cut = fill[
        max(0, round(box.y0 * height)) : round(box.y1 * height),
        max(0, round(box.x0 * width)) : round(box.x1 * width),
    ]
    return float(np.mean(cut > _DARK)) if cut.size else 0.0
