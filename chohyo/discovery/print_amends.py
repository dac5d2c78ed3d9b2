"""Amend what was taken for print and for fill, by what the whole blank form shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.common_rings import common_rings, ringed_words
from chohyo.discovery.left_entries import left_entries
from chohyo.discovery.lost_rules import lost_rules

if TYPE_CHECKING:
    from chohyo.discovery.blank_form import BlankForm

Mask = NDArray[np.bool_]


def amends_of(blank: BlankForm) -> tuple[Mask, Mask]:
    """Mask the print that is entries or rings, and the fill that is print (about: take its ink)."""
    if blank.is_first_guess:
        nothing = np.zeros(blank.constant_ink.shape, np.bool_)
        return nothing, nothing
    return left_entries(blank) | common_rings(blank), lost_rules(blank) | ringed_words(blank)
