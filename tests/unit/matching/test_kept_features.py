"""Features and models in as little room as they need."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from chohyo.matching.print_model import PrintModel, once
from chohyo.matching.registration import register


def test_packed_features_say_the_same_in_less_room(blank, filled):
    reference = blank("invoice", "2023")
    page = filled("invoice", "2023", 3)[1]
    packed = reference.packed()

    assert isinstance(packed.kept_ink, bytes)
    assert len(packed.kept_ink) < reference.ink.size / 4
    assert np.array_equal(packed.ink, reference.ink)
    assert register(page, packed) == register(page, reference)


def test_what_is_said_of_a_model_is_computed_once_for_each_model():
    asked: list[int] = []

    @once
    def darkness(model: PrintModel) -> int:
        asked.append(model.copies)
        return int(model.middle.sum())

    ink = np.ones((2, 3), np.uint8)
    one = PrintModel(ink, ink, ink, ink, 2)
    other = replace(one, middle=2 * ink, copies=3)

    assert [darkness(one), darkness(one), darkness(other)] == [6, 6, 12]
    assert asked == [2, 3]
