"""Kanji in doubt are read as the words they most likely make."""

from __future__ import annotations

import pytest

from chohyo.models.word_context import as_words


def read(text: str, **doubts: tuple[tuple[str, float], ...]) -> str:
    """Settle a text whose letters have odds of 0.5 where others are given for `at_N`, else 0.99."""
    others = [doubts.get(f"at_{place}", ()) for place in range(len(text))]
    return as_words(text, [0.5 if more else 0.99 for more in others], others)


@pytest.mark.parametrize(
    ("text", "doubts", "meant"),
    [
        ("宿泊賃用の", {"at_2": (("費", 0.3),)}, "宿泊費用の"),
        ("甲講する", {"at_0": (("申", 0.2),), "at_1": (("請", 0.3),)}, "申請する"),
        ("樊学金", {"at_0": (("美", 0.4), ("奨", 0.1))}, "奨学金"),  # the longer word
    ],
)
def test_letters_that_make_no_word_are_those_of_the_likeliest(
    text: str, doubts: dict[str, tuple[tuple[str, float], ...]], meant: str
) -> None:
    assert read(text, **doubts) == meant


def test_a_word_stays_as_it_was_read() -> None:
    assert read("継続", at_0=(("連", 0.4),)) == "継続"


def test_no_word_is_taken_apart_for_another() -> None:
    # 水城 is a word, but 清水 is one already.
    assert read("清水誠", at_2=(("城", 0.4),)) == "清水誠"


def test_a_letter_that_is_unlikely_makes_no_word() -> None:
    assert read("離続", at_0=(("継", 0.01),)) == "離続"


def test_letters_alone_and_other_letters_are_left() -> None:
    assert read("錠5", at_0=(("綻", 0.4),)) == "錠5"
    assert read("カ一テン", at_1=(("ー", 0.4),)) == "カ一テン"
