"""What people type: conditions and boxes."""

from __future__ import annotations

import pytest

from chohyo.domain.search import Comparing, Comparison
from chohyo.errors import InvalidInputError
from chohyo.services.search_input import box_of, condition_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("支払金額>=1,000,000", Comparison("支払金額", Comparing.AT_LEAST, "1,000,000")),
        (" 支払金額 ≧ １００ ", Comparison("支払金額", Comparing.AT_LEAST, "１００")),
        ("氏名 ＝ 山田 花子", Comparison("氏名", Comparing.EQUAL, "山田 花子")),
        ("備考 ~ 至急", Comparison("備考", Comparing.CONTAINS, "至急")),
        ("a != b", Comparison("a", Comparing.UNLIKE, "b")),
        ("日付 < 2024-05-01", Comparison("日付", Comparing.LESS, "2024-05-01")),
    ],
)
def test_conditions_are_read_in_any_width(text, expected):
    assert condition_of(text) == expected


@pytest.mark.parametrize("text", ["", "支払金額", ">= 5", "a ? b"])
def test_what_is_no_condition_is_refused(text):
    with pytest.raises(InvalidInputError):
        condition_of(text)


def test_a_box_is_four_numbers_in_the_page():
    assert box_of("0.1,0.2,0.3,0.4").as_list() == [0.1, 0.2, 0.3, 0.4]


@pytest.mark.parametrize("text", ["", "1,2", "0.5,0,0.4,1", "0,0,2,1", "nan,0,1,1", "a,b,c,d"])
def test_what_is_no_box_is_refused(text):
    with pytest.raises(InvalidInputError):
        box_of(text)
