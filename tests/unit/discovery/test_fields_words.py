from __future__ import annotations

from dataclasses import replace

import pytest

from chohyo.discovery.field_names import name_of, unique_names
from chohyo.discovery.field_types import is_private, type_of, typed_by_values
from chohyo.domain.geometry import Box
from chohyo.domain.templates import FieldSpec, FieldType


@pytest.mark.parametrize(
    ("label", "unit", "kind"),
    [
        ("氏名", "", FieldType.PERSON_NAME),
        ("フリガナ", "", FieldType.KANA_NAME),
        ("生年月日", "", FieldType.DATE),
        ("住所", "", FieldType.ADDRESS),
        ("電話番号", "", FieldType.PHONE),
        ("郵便番号", "", FieldType.POSTAL_CODE),
        ("会社名", "", FieldType.COMPANY_NAME),
        ("口座番号", "", FieldType.BANK_ACCOUNT),
        ("個人番号", "", FieldType.MY_NUMBER),
        ("法人番号", "", FieldType.CORPORATE_NUMBER),
        ("被保険者番号", "", FieldType.CODE),
        ("Employer identification number (EIN)", "", FieldType.EIN),
        ("納期", "", FieldType.DATE),
        ("合計金額", "", FieldType.AMOUNT),
        ("年齢", "歳", FieldType.INTEGER),
        ("", "円", FieldType.AMOUNT),
        ("割合", "％", FieldType.PERCENT),
        ("特記事項", "", FieldType.TEXT),
        ("Your social security number", "", FieldType.SSN),
        ("E-mail", "", FieldType.EMAIL),
        ("Total income", "", FieldType.AMOUNT),
        ("ZIP code", "", FieldType.POSTAL_CODE),
        ("仲介手数料", "", FieldType.AMOUNT),
        ("材料", "", FieldType.TEXT),
        ("通信費（税込）", "", FieldType.AMOUNT),
        ("定期代（円）", "", FieldType.AMOUNT),
        ("所要時間（分）", "", FieldType.INTEGER),
        ("消費税額（10％）", "", FieldType.AMOUNT),
        ("SALES TAX (6%)", "", FieldType.AMOUNT),
        ("Meal (min)", "", FieldType.INTEGER),
        ("Total hours", "", FieldType.INTEGER),
        ("Total due", "", FieldType.AMOUNT),
        ("年収", "万円", FieldType.AMOUNT),
        ("生年月日", "歳", FieldType.INTEGER),
        ("支払日", "年", FieldType.DATE),
        ("曜日", "", FieldType.TEXT),
        ("業務代行者", "", FieldType.PERSON_NAME),
        ("社会保険労務士", "", FieldType.PERSON_NAME),
        ("Approved by", "", FieldType.PERSON_NAME),
        ("Amount due to traveler", "", FieldType.AMOUNT),
        ("Member ID", "", FieldType.CODE),
        ("Supplier", "", FieldType.COMPANY_NAME),
        ("City", "", FieldType.TEXT),
        ("予約No.", "", FieldType.CODE),  # Latin letters behind kanji
        ("返品率", "", FieldType.PERCENT),
        ("ふりかな", "", FieldType.KANA_NAME),
        ("カナダ産", "", FieldType.TEXT),
        ("返金先口座", "", FieldType.BANK_ACCOUNT),
        ("口座名義", "", FieldType.PERSON_NAME),
        ("飼い主様", "", FieldType.PERSON_NAME),
        ("No. of guests", "", FieldType.INTEGER),
        ("Number of beds", "", FieldType.INTEGER),
        ("If you and your spouse lived apart all year, enter the amount", "", FieldType.AMOUNT),
    ],
)
def test_a_label_and_its_unit_decide_the_type(label: str, unit: str, kind: FieldType) -> None:
    assert type_of(label, unit) is kind


@pytest.mark.parametrize(
    ("label", "private"),
    [
        ("個人番号", True),
        ("生年月日", True),
        ("Account number", True),
        ("数量", False),
        ("City", True),
    ],
)
def test_labels_of_identity_and_money_accounts_are_private(label: str, private: bool) -> None:
    assert is_private(label, type_of(label)) is private


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("氏名", "name"),
        ("患者氏名", "patient_name"),
        ("生　年　月　日", "birth_date"),
        ("事業所所在地", "office_address"),
        ("合計金額（税込）", "total_amount_tax_included"),
        ("降車駅", "kousha_eki"),
        ("当クラブを知った理由", "tou_kurabu_shitsu_ta_reason"),
        ("Amount of tax withheld", "amount_tax_withheld"),
        ("14 Add lines 11 through 13", "line_14_add_lines_11_through"),
        ("※★", ""),
    ],
)
def test_labels_become_snake_case_names(label: str, name: str) -> None:
    assert name_of(label) == name


def test_repeated_and_unspeakable_labels_are_numbered() -> None:
    assert unique_names(["氏名", "※", "氏名", "住所", "◇"]) == [
        "name_01",
        "field_01",
        "name_02",
        "address",
        "field_02",
    ]


def _field(kind: FieldType) -> FieldSpec:
    return FieldSpec("f", "特記", kind, 1, Box(0, 0, 1, 1), 1)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1,204", "88,310", "930"], FieldType.AMOUNT),
        (["1204", "88310", "930"], FieldType.INTEGER),
        (["2024/5/1", "令和6年5月1日", "none", "-"], FieldType.TEXT),
        (["2024/5/1", "2023/12/24"], FieldType.DATE),
        (["100-0005", "530-0001", ""], FieldType.POSTAL_CODE),
        (["03-1234-5678", "090-1234-5678"], FieldType.PHONE),
        (["12", "7"], FieldType.INTEGER),
        (["12"], FieldType.TEXT),
        (["see note", "none"], FieldType.TEXT),
        (["9:00", "17:30", "8:45"], FieldType.TIME),
        (["午後3時", "10時30分"], FieldType.TIME),
        (["A-1204", "B-0033"], FieldType.CODE),
        (["0123", "0044"], FieldType.CODE),
        (["0", "X", "0"], FieldType.TEXT),  # rings and crosses
        (["青葉薬品株式会社", "(株)港南建設"], FieldType.COMPANY_NAME),
        (["横浜市西区高島3-12-19", "長野県松本市中央6-17-1"], FieldType.ADDRESS),
        (["2331 Oak St, Albany", "17 Park Blvd, Reno"], FieldType.ADDRESS),
        (["(415) 555-0133", "(415)555-0178"], FieldType.PHONE),
        (["9·30", "17:15"], FieldType.TIME),
        (["36-2904127", "94-1100382"], FieldType.EIN),
        (["412-88-1029", "220-10-5531"], FieldType.SSN),
        (["123456789018", "987654321018"], FieldType.MY_NUMBER),
        (["123456789012", "987654321012"], FieldType.CODE),  # no check digits
        (["7000012050002", "8000012130001"], FieldType.CORPORATE_NUMBER),
        (["40817", "93320"], FieldType.CODE),
        (["40800", "93300"], FieldType.INTEGER),
        (["加藤 花子", "青木 裕子", "石井亮"], FieldType.PERSON_NAME),
        (["加藤 花子", "本人", "同上のとおりです"], FieldType.TEXT),
    ],
)
def test_values_that_agree_in_shape_type_an_open_field(values: list[str], kind: FieldType) -> None:
    assert typed_by_values(_field(FieldType.TEXT), values).type is kind


@pytest.mark.parametrize(
    ("label", "kind", "values", "seen"),
    [
        ("住所 電話番号", FieldType.PHONE, ["高島3-12-19", "四条通2-28-19"], FieldType.ADDRESS),
        ("緊急連絡先", FieldType.PHONE, ["木村蓮", "山田愛"], FieldType.PERSON_NAME),
        ("Chart no.", FieldType.CODE, ["M", "E", "B"], FieldType.TEXT),
        ("請求日", FieldType.DATE, ["150-0047", "100-0062"], FieldType.POSTAL_CODE),
        ("氏名・社名", FieldType.PERSON_NAME, ["03-1234-5678", "042-123-4567"], FieldType.PHONE),
        ("数量", FieldType.INTEGER, ["7.5", "12.25"], FieldType.TEXT),
        ("電話番号", FieldType.PHONE, ["03-1234-5678", "O3-I234"], FieldType.PHONE),
        ("Value insured", FieldType.PERSON_NAME, ["2,700", "14,050"], FieldType.AMOUNT),
        ("Insured's name", FieldType.PERSON_NAME, ["2,700", "14,050"], FieldType.PERSON_NAME),
    ],
)
def test_values_that_cannot_be_what_the_label_says_refute_it(
    label: str, kind: FieldType, values: list[str], seen: FieldType
) -> None:
    assert typed_by_values(replace(_field(kind), label=label), values).type is seen


@pytest.mark.parametrize(
    ("label", "values", "kind"),
    [
        ("Lifeguard trainer", ["Irene Ellis", "Brian T. Ingram"], FieldType.PERSON_NAME),
        ("Roofer", ["Granite Tool Works", "Lakeside Roof & Sons"], FieldType.COMPANY_NAME),
        ("Model", ["Irene Ellis", "Norwood Sedan"], FieldType.TEXT),
    ],
)
def test_in_latin_letters_who_does_something_has_a_name(
    label: str, values: list[str], kind: FieldType
) -> None:
    assert typed_by_values(replace(_field(FieldType.TEXT), label=label), values).type is kind


def test_values_do_not_overrule_a_telling_label() -> None:
    assert typed_by_values(_field(FieldType.DATE), ["12", "7", "8"]).type is FieldType.DATE
