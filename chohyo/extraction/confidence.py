"""How sure a reading is: a probability that the value is exactly right, from signs of trouble.

The weights are fitted by `python -m eval.extraction.fitting` and lie in `confidence.json`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from chohyo.models.ocr import RecognizedText

# Odds of letters are kept off 0 and 1, where their logarithm has no end.
_EDGE = 1e-4


def signs(lines: Sequence[RecognizedText], among_print: bool) -> list[float]:
    """Return the signs that the weights belong to, for the lines of one value."""
    odds = [value for line in lines for value in line.char_confidences]
    text = "".join(line.text for line in lines)
    weakest, mean = min(odds, default=0.0), sum(odds) / max(1, len(odds))
    marks = sum(not letter.isalnum() and letter not in " ,.-/" for letter in text)
    return [
        _logit(mean),
        weakest,
        math.log1p(len(text)),
        float(len(lines) > 1),
        float(among_print),
        marks / max(1, len(text)),
    ]


def confidence(seen: Sequence[float]) -> float:
    """Return the probability that a value with these signs was read exactly right, in 0..1."""
    weights, bias, low, high = _weights()
    total = bias + sum(weight * value for weight, value in zip(weights, seen, strict=True))
    return min(high, max(low, 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))))


def _logit(odds: float) -> float:
    kept = min(1.0 - _EDGE, max(_EDGE, odds))
    return math.log(kept / (1.0 - kept))


@cache
def _weights() -> tuple[tuple[float, ...], float, float, float]:
    data = json.loads(files("chohyo.extraction").joinpath("confidence.json").read_text("utf-8"))
    return tuple(data["weights"]), data["bias"], data["lowest"], data["highest"]
