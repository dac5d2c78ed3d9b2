"""From the odds of letters to text."""

from __future__ import annotations

import numpy as np
import pytest

from chohyo.models.line_network import Letters, _batches, decode, is_wide

LETTERS = Letters(["", "語", "语", "é", "a", "b"])


def odds(*places: dict[str, float]) -> np.ndarray:
    found = np.zeros((len(places), len(LETTERS.all)), np.float32)
    for row, place in zip(found, places, strict=True):
        for letter, value in place.items():
            row[LETTERS.number[letter]] = value
    return found


def test_repeats_are_one_letter_with_its_best_odds_and_gaps_tell_two():
    places = odds({"a": 0.6}, {"a": 0.9}, {"": 0.9}, {"a": 0.7}, {"b": 0.8})
    line = decode(places, LETTERS, LETTERS.japanese)
    assert line.text == "aab"
    assert line.odds == pytest.approx((0.9, 0.7, 0.8))


def test_a_simplified_chinese_letter_gives_way_to_the_japanese_one():
    places = odds({"语": 0.7, "語": 0.2})
    line = decode(places, LETTERS, LETTERS.japanese)
    assert line.text == "語"
    assert line.odds == pytest.approx((0.2,))


def test_western_print_has_accents_and_no_japanese():
    places = odds({"語": 0.6, "a": 0.3}, {"é": 0.5})
    assert decode(places, LETTERS, LETTERS.latin).text == "aé"


def test_nothing_but_gaps_is_no_text():
    assert decode(odds({"": 0.9}, {"": 0.8}), LETTERS, LETTERS.japanese).text == ""
    assert decode(np.zeros((0, len(LETTERS.all)), np.float32), LETTERS, LETTERS.latin).text == ""


def test_japanese_letters_are_told_from_western_ones():
    assert is_wide("語")
    assert is_wide("ア")
    assert not is_wide("a")


def test_lines_are_read_beside_others_of_nearly_their_width():
    widths = [64, 70, 80, 90, 300, 310, 64, 64, 64, 64]
    order = sorted(range(len(widths)), key=widths.__getitem__)
    batches = [[widths[i] for i in batch] for batch in _batches(order, widths)]
    assert batches == [[64, 64, 64, 64, 64, 70], [80, 90], [300, 310]]
    assert list(_batches([0, 1], [64, 300])) == [[0, 1]]
