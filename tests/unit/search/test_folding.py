"""Texts that mean the same to a reader are the same when searched."""

from __future__ import annotations

import pytest

from chohyo.search.folding import fold, squeezed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("６４９", "649"),
        ("ﾔﾏﾀﾞ", "ヤマダ"),
        ("やまだ", "ヤマダ"),
        ("ヤマタ゛", "ヤマダ"),
        ("ＡＢＣ", "abc"),
        ("㈱サンプル", "(株)サンプル"),
        ("1,234,567", "1234567"),
        ("１，２３４", "1234"),
        ("03−1234−5678", "03-1234-5678"),
        ("データ", "デ-タ"),
        ("氏\u3000名", "氏 名"),
        ("a\u200bb", "a b"),
    ],
)
def test_spellings_are_made_one(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("1,23", "123"), ("ヤマダ", "ヤマタ"), ("12", "1 2")])
def test_what_differs_stays_apart(one, other):
    assert fold(one) != fold(other)


def test_folding_twice_changes_nothing():
    text = "ﾊﾞｰｺｰﾄﾞ １,０００円 ～ Straße ㌔"
    assert fold(fold(text)) == fold(text)


def test_spaces_are_left_out_only_on_demand():
    assert fold("  山田 \n 花子 ") == "ヤマダ 花子".replace("ヤマダ", "山田")
    assert squeezed("山田 花子") == "山田花子"
