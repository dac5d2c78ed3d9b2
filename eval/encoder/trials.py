"""The recipes that were compared before one was chosen; the card has their figures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from eval.encoder.network import Shape
from eval.encoder.training import Recipe

CHOSEN: Final = "chosen"
_SHORT: Final = Recipe(forms=24, steps=5000)
_WIDER: Final = ((32, 2), (48, 2), (96, 2), (128, 1), (192, 2), (224, 1))


def _shaped(**changes: Any) -> Recipe:
    return replace(_SHORT, shape=replace(Shape(), **changes))


TRIALS: Final[dict[str, Recipe]] = {
    CHOSEN: Recipe(),
    "24 forms a step": _SHORT,
    "48 forms a step": replace(_SHORT, forms=48),
    "no mined forms": replace(_SHORT, mined=False),
    "128 dimensions": _shaped(dimensions=128),
    "512 dimensions": _shaped(dimensions=512),
    "temperature 0.04": replace(_SHORT, temperature=0.04),
    "temperature 0.12": replace(_SHORT, temperature=0.12),
    "5 x 4 parts, mean": _shaped(squeeze=0, pool=3, power=1),
    "5 x 4 parts, root of squares": _shaped(squeeze=0, pool=3, power=2),
    "input 320 x 256": _shaped(height=320, width=256),
    "half as wide again": _shaped(convolutions=_WIDER),
    "48 forms a step, longer": replace(_SHORT, forms=48, steps=14_000),
}
