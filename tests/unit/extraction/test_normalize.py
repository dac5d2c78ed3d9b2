from __future__ import annotations

import pytest

from chohyo.domain.templates import FieldType
from chohyo.extraction.normalize import NotOfTypeError, normalize, with_era


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
        (FieldType.DATE, "令6.5.1", "2024-05-01"),
        (FieldType.DATE, "2024 5 21", "2024-05-21"),
        (FieldType.TIME, "9時半", "09:30"),
        (FieldType.TIME, "9.00", "09:00"),
        (FieldType.TIME, "1.:05", "01:05"),
        (FieldType.TIME, "18·20", "18:20"),
        (FieldType.PHONE, "0312345678", "03-1234-5678"),
        (FieldType.PHONE, "2025550143", "202-555-0143"),
        (FieldType.MY_NUMBER, "6214 9832 0257", "621498320257"),
        (FieldType.CORPORATE_NUMBER, "T7000012050002", "7000012050002"),
        (FieldType.SSN, "５３６－９０－４３９９", "536-90-4399"),
        (FieldType.SSN, "912903456", "912-90-3456"),
        (FieldType.EIN, "911144442", "91-1144442"),
        (FieldType.BANK_ACCOUNT, "１２３４５６７", "1234567"),
        (FieldType.BANK_ACCOUNT, "GB82 WEST 1234 5698 7654 32", "GB82WEST12345698765432"),
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
        (FieldType.TIME, "7.5"),
        (FieldType.PHONE, "123"),
        (FieldType.POSTAL_CODE, "1234"),
        (FieldType.PERCENT, "5000%"),
        (FieldType.EMAIL, "lee at example"),
        (FieldType.MY_NUMBER, "621498320256"),
        (FieldType.MY_NUMBER, "6214"),
        (FieldType.CORPORATE_NUMBER, "7000012050003"),
        (FieldType.SSN, "000-12-3456"),
        (FieldType.EIN, "07-1144442"),
        (FieldType.EIN, "none"),
        (FieldType.BANK_ACCOUNT, "12"),
        (FieldType.KANA_NAME, "山田花子"),
    ],
)
def test_a_text_that_breaks_its_type_is_refused(kind: FieldType, raw: str) -> None:
    with pytest.raises(NotOfTypeError):
        normalize(kind, raw)


@pytest.mark.parametrize(
    ("era", "raw", "date"),
    [
        ("令和", "6年5月1日", "2024-05-01"),
        ("3.昭", "60 1 7", "1985-01-07"),
        ("H", "元.4.1", "1989-04-01"),
        ("男", "6年5月1日", None),
        ("令和", "来年", None),
    ],
)
def test_a_date_takes_the_era_that_is_circled_beside_it(
    era: str, raw: str, date: str | None
) -> None:
    assert with_era(era, raw) == date
