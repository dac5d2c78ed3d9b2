"""Look-alikes are settled by the letters around them, where the network itself wavers."""

from __future__ import annotations

import pytest

from chohyo.models.letter_context import settled


def read(text: str, wavering: float) -> str:
    """Settle a text whose look-alikes all have these odds, its own letters having 0.9."""
    return settled(text, lambda i, letter: 0.9 if text[i] == letter else wavering)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1.230.62", "1,230.62"),
        ("7.444.", "7,444."),
        ("113.432", "113,432"),
        ("4O83", "4083"),
        ("l", "1"),
        ("O", "0"),
        ("ヘルニア", "ヘルニア"),
        ("板へルニア", "板ヘルニア"),
        ("デ一タ", "データ"),
        ("見守リが", "見守りが"),
        ("合和6年1月", "令和6年1月"),
        ("人院", "入院"),
        ("医療法入青葉会", "医療法人青葉会"),
        ("再診件數", "再診件数"),
        ("62ー0127ー2770", "62-0127-2770"),
    ],
)
def test_a_look_alike_becomes_what_the_letters_around_it_ask_for(text, meant):
    assert read(text, 0.05) == meant


@pytest.mark.parametrize(
    "text",
    [
        "Hill Blvd",
        "OK",
        "S Oak",
        "0.125",
        "3.14",
        "12.5000",
        "一丁目",
        "人間",
        "合計",
        "東京へ行く",
        "リボン",
        "Lot B",
        "IO",
    ],
)
def test_what_is_right_as_it_stands_is_left_alone(text):
    assert read(text, 0.0001 if text[0].isdigit() else 0.05) == text


def test_an_old_form_that_names_keep_is_read_where_the_new_one_is_unlikely():
    assert read("山田惠子", 0.3) == "山田恵子"
    assert read("山田惠子", 0.01) == "山田惠子"


def test_a_sure_letter_is_not_changed():
    assert read("113.432", 0.0) == "113.432"
    assert read("O", 0.0) == "O"
