"""How sure a reading is: a probability that it is exactly right, from signs of trouble, by kind.

A logistic model tells how surely the letters were read. Where nobody but the machine has said that
a box holds one value and all of it, boosted trees correct that by what is in and around the box
(Friedman, 2001: each adds to the log-odds), and a line through their log-odds brings these to how
often readings are right by now (Platt, 1999). All are fitted by `python -m eval.extraction.fitting`
(there is how to repeat it) and lie in `confidence.json` and `place.json`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from chohyo.models.boosted_trees import Tree, log_odds
from chohyo.models.ocr import RecognizedText

# Odds of letters are kept off 0 and 1, where their logarithm has no end.
_EDGE = 1e-4
_MOST_ODDS = 6.0


class Kind(StrEnum):
    """What was decided of a field: its text, that it is empty, or whether it is marked.

    Unread is one with ink in which no letter was found.
    """

    TEXT = "text"
    UNREAD = "unread"
    EMPTY = "empty"
    CHECK = "check"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Signs:
    """What the confidence of a reading rests on; `place` is empty where the box is not in doubt."""

    kind: Kind
    values: tuple[float, ...]
    place: tuple[float, ...] = ()

    def confidence(self) -> float:
        """Return the probability that a reading with these signs is exactly right, in 0..1."""
        _, _, low, high = _weights()[self.kind]
        total = self.log_odds()
        if self.place:
            trees, slope, shift = _trees()
            total = slope * log_odds(trees, (total, *self.place), total) + shift
        return min(high, max(low, 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))))

    def log_odds(self) -> float:
        """Return the log-odds that a reading is right where its box is."""
        weights, bias, _, _ = _weights()[self.kind]
        total = bias + sum(w * value for w, value in zip(weights, self.values, strict=True))
        return max(-_MOST_ODDS, min(_MOST_ODDS, total))


def text_signs(
    lines: Sequence[RecognizedText],
    otherwise: Sequence[RecognizedText] = (),
    *,
    among_print: bool = False,
    strict: bool = False,
    valid: bool = True,
    place: tuple[float, ...] = (),
) -> Signs:
    """Return the signs of a text.

    `otherwise` is the other reading, with print or without, where there were two; `strict` says
    whether the field's type takes not every text, `valid` whether it takes this one;
    `place` has the signs of a box in doubt.
    """
    odds = [value for line in lines for value in line.char_confidences]
    text = "".join(line.text for line in lines)
    weakest, mean = min(odds, default=0.0), sum(odds) / max(1, len(odds))
    marks = sum(not letter.isalnum() and letter not in " ,.-/" for letter in text)
    return Signs(
        Kind.TEXT,
        (
            _logit(mean), weakest, math.log1p(len(text)), float(len(lines) > 1), float(among_print),
            marks / max(1, len(text)), _agreement(text, otherwise), _validity(text, strict, valid),
            sum(not letter.isascii() for letter in text) / max(1, len(text)),
        ),
        place,
    )  # fmt: skip


def empty_signs(ink: int) -> Signs:
    """Return the signs of a field found empty: pixels of ink that are left in it.

    Print in a box says nothing: in some forms it is what is left of values, in others a label, and
    weights that count it are off by 0.12 on the corpus they were not fitted on.
    """
    return Signs(Kind.EMPTY, (math.log1p(ink),))


def unread_signs(ink: int) -> Signs:
    """Return the signs of a field with so many pixels of ink, in which no letter was found.

    Mostly nothing was written: of 14 such fields (en, ja, 177 pages) 12 were empty, shadows and
    prints of photos. The weights are the rule of succession; there are too few to fit any.
    """
    return Signs(Kind.UNREAD, (math.log1p(ink),))


def check_signs(share: float, threshold: float) -> Signs:
    """Return the signs of a checkbox with this share of ink."""
    return Signs(Kind.CHECK, _distance(share / threshold - 1.0))


def choice_signs(margins: Sequence[float], chosen: int) -> Signs:
    """Return the signs of options to choose from: how far from undecided each is, how many are set.

    Margins are 0 where an option is undecided, 1 where it is beyond doubt.
    """
    least = min(margins, default=1.0)
    return Signs(Kind.CHOICE, (least, float(chosen > 0), least * (chosen > 0), float(chosen > 1)))


def _distance(beyond: float) -> tuple[float, ...]:
    far = math.log1p(min(abs(beyond), 10.0))
    return far, float(beyond > 0), far * (beyond > 0)


def _validity(text: str, strict: bool, valid: bool) -> float:
    """Return 1 for a text that a type asks for, -1 for one that it refuses, 0 where all will do."""
    return (1.0 if valid else -1.0) if strict and text else 0.0


def _agreement(text: str, otherwise: Sequence[RecognizedText]) -> float:
    if not otherwise:
        return 0.0
    other = "".join(line.text for line in otherwise)
    return 1.0 if other.replace(" ", "") == text.replace(" ", "") else -1.0


def _logit(odds: float) -> float:
    kept = min(1.0 - _EDGE, max(_EDGE, odds))
    return math.log(kept / (1.0 - kept))


@cache
def _weights() -> dict[Kind, tuple[tuple[float, ...], float, float, float]]:
    data = json.loads(files("chohyo.extraction").joinpath("confidence.json").read_text("utf-8"))
    return {
        kind: (tuple(data[kind]["weights"]), data[kind]["bias"], data["lowest"], data["highest"])
        for kind in Kind
    }


@cache
def _trees() -> tuple[tuple[Tree, ...], float, float]:
    data = json.loads(files("chohyo.extraction").joinpath("place.json").read_text("utf-8"))
    return tuple(data["trees"]), data["slope"], data["shift"]
