"""A page's lines cut into passages."""

from __future__ import annotations

from chohyo.search.passages import cut_passages


def test_lines_are_joined_until_a_passage_is_long_enough():
    lines = ["給与所得の源泉徴収票"] * 40
    passages = cut_passages(lines)
    assert passages[0].first == 0
    assert passages[1].first == passages[0].last + 1
    assert all(40 < len(passage.text) <= 200 for passage in passages)
    assert len(passages) <= 6


def test_numbers_are_left_out_and_line_numbers_stay_those_of_the_page():
    (passage,) = cut_passages(["12,000", "氏名", "3", "住所"])
    assert (passage.first, passage.last, passage.text) == (1, 3, "氏名 住所")


def test_an_empty_page_has_no_passage():
    assert cut_passages([]) == []
    assert cut_passages(["123", ""]) == []
