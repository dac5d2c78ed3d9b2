"""Read what people type: boxes, and conditions on fields."""

from __future__ import annotations

import math
import re

from chohyo.domain.geometry import Box
from chohyo.domain.search import Comparing, Comparison
from chohyo.errors import InvalidInputError

_CONDITION = re.compile(r"\s*(?P<field>[^<>=!~]+?)\s*(?P<op><=|>=|!=|=|<|>|~)\s*(?P<value>.*?)\s*")


def box_of(text: str) -> Box:
    """Return the box of `x0,y0,x1,y1`, in fractions of the page.

    Raises:
        InvalidInputError: it is none.
    """
    try:
        x0, y0, x1, y1 = (float(side) for side in text.split(","))
    except ValueError as error:
        raise InvalidInputError(field="box", reason="is not acceptable") from error
    if not all(math.isfinite(s) for s in (x0, y0, x1, y1)) or not (
        0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1
    ):
        raise InvalidInputError(field="box", reason="is not acceptable")
    return Box(x0, y0, x1, y1)


def condition_of(text: str) -> Comparison:
    """Return the condition that a text like `支払金額 >= 1,000,000` states.

    Raises:
        InvalidInputError: it states none.
    """
    plain = text.replace("≧", ">=").replace("≦", "<=").replace("≥", ">=").replace("≤", "<=")
    match = _CONDITION.fullmatch(plain.translate(str.maketrans("＜＞＝！～〜", "<>=!~~")))
    if match is None:
        raise InvalidInputError(field="where", reason="is not acceptable")
    return Comparison(match["field"], Comparing(match["op"]), match["value"])
