"""What the copies of a group have in common, as a page that others can be laid on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.copies import Member, PoolPage
from chohyo.matching.features import PageFeatures, extract_features
from chohyo.matching.print_model import PrintModel, frame_of, learn_print
from chohyo.matching.refinement import warp
from chohyo.matching.registration import as_matrix

COPIES = 5  # of which a group's common print is made


def best_copies(members: Sequence[Member], count: int = COPIES) -> list[Member]:
    """Return the members that agree best with the reference, which is first if it is one."""
    return sorted(members, key=lambda m: (-m.agreement, m.key))[:count]


def common_features(
    members: Sequence[Member], reference: str, pages: Mapping[str, PoolPage]
) -> PageFeatures:
    """Return the features of a blank page with the members' median ink, in the reference's frame.

    It has neither their entries nor their noise, so that a fax lies better on it than on a copy.
    """
    onto = pages[reference].features()
    laid = []
    for member in members:
        page = pages[member.key].features()
        laid.append(warp(page.ink, as_matrix(member.transform, page, onto), onto.ink.shape))
    middle: NDArray[np.uint8] = np.sort(np.stack(laid), axis=0)[(len(laid) - 1) // 2]
    return extract_features(np.asarray(np.subtract(255, middle, dtype=np.uint8), np.uint8))


def common_model(
    members: Sequence[Member], reference: str, pages: Mapping[str, PoolPage]
) -> PrintModel:
    """Return the print that the members share, in the reference's frame."""
    onto = pages[reference].features()
    copies = [(pages[member.key].ink(), member.transform) for member in members]
    return learn_print(copies, onto.ink, frame_of(onto.width, onto.height))
