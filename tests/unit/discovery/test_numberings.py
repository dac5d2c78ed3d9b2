"""What numbers the options of a list."""

from __future__ import annotations

from chohyo.discovery.numberings import numberings_of


def _of(text: str) -> list[str]:
    return [text[start:stop] for _, (start, stop) in numberings_of(text)]


def test_numbers_and_letters_that_stand_by_themselves_number() -> None:
    assert _of("1 興奮 2. 昏迷") == ["1", "2"]
    assert _of("Ⅱa　Ⅲb") == ["Ⅱa", "Ⅲb"]


def test_numbers_without_spaces_count_as_far_as_they_go_on() -> None:
    assert _of("第1所見なし2所見あり3") == ["1", "2", "3"]
    assert _of("平成12年法律第8") == []


def test_kana_go_on_in_either_order_and_are_no_part_of_words() -> None:
    assert _of("乱用イ依存ウ残遺") == ["イ", "ウ"]
    assert _of("症状ロ経過ハ検査") == ["ロ", "ハ"]
    assert _of("アルコールイ") == []


def test_values_of_a_date_number_nothing() -> None:
    assert _of("8 年 9 月") == []
