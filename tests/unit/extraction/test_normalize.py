from __future__ import annotations

import pytest

from chohyo.domain.templates import FieldType
from chohyo.extraction.normalize import NotOfTypeError, normalize


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (FieldType.TEXT, "ＡＢＣ　山田", "ABC 山田"),
        (FieldType.INTEGER, "１，２３４", 1234),
        (FieldType.INTEGER, "△12", -12),
        (FieldType.INTEGER, "l0", 10),
        (FieldType.AMOUNT, "￥1,234,567", 1234567),
        (FieldType.AMOUNT, "１２，０００円", 12000),
        (FieldType.AMOUNT, "△3,000", -3000),
        (FieldType.AMOUNT, "(250.75)", -250.75),
        (FieldType.AMOUNT, "$ 9,559.", 9559),
        (FieldType.AMOUNT, "12.570", 12570),
        (FieldType.AMOUNT, "¥5,000-", 5000),
        (FieldType.DATE, "令和６年５月１日", "2024-05-01"),
        (FieldType.DATE, "令和元年5月1日", "2019-05-01"),
        (FieldType.DATE, "昭和 64. 1. 7", "1989-01-07"),
        (FieldType.DATE, "H3.12.31", "1991-12-31"),
        (FieldType.DATE, "2023年4月10日", "2023-04-10"),
        (FieldType.DATE, "03/17/1985", "1985-03-17"),
        (FieldType.DATE, "3/7/21", "2021-03-07"),
        (FieldType.DATE, "14 Feb 2022", "2022-02-14"),
        (FieldType.DATE, "February 14, 2022", "2022-02-14"),
        (FieldType.DATE, "20240229", "2024-02-29"),
        (FieldType.TIME, "午後3時05分", "15:05"),
        (FieldType.TIME, "9:30 am", "09:30"),
        (FieldType.PHONE, "０３－１２３４－５６７８", "03-1234-5678"),
        (FieldType.PHONE, "(202) 555-0143", "202-555-0143"),
        (FieldType.POSTAL_CODE, "〒100 0005", "100-0005"),
        (FieldType.POSTAL_CODE, "62704-1234", "62704-1234"),
        (FieldType.PERCENT, "12.5％", 12.5),
        (FieldType.EMAIL, "A.Lee@example.org", "a.lee@example.org"),
        (FieldType.CODE, "12 34 - 5", "1234-5"),
        (FieldType.KANA_NAME, "ﾔﾏﾀﾞ ﾊﾅｺ", "ヤマダ ハナコ"),
    ],
)
def test_a_text_becomes_the_value_of_its_type(
    kind: FieldType, raw: str, value: str | int | float
) -> None:
    assert normalize(kind, raw) == value


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (FieldType.INTEGER, "about ten"),
        (FieldType.AMOUNT, "see below"),
        (FieldType.AMOUNT, "."),
        (FieldType.DATE, "令和6年13月1日"),
        (FieldType.DATE, "02/30/2020"),
        (FieldType.DATE, "next week"),
        (FieldType.TIME, "25:99"),
        (FieldType.PHONE, "123"),
        (FieldType.POSTAL_CODE, "1234"),
        (FieldType.PERCENT, "5000%"),
        (FieldType.EMAIL, "lee at example"),
        (FieldType.KANA_NAME, "山田花子"),
    ],
)
def test_a_text_that_breaks_its_type_is_refused(kind: FieldType, raw: str) -> None:
    with pytest.raises(NotOfTypeError):
        normalize(kind, raw)
