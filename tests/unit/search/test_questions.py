"""What a question speaks of: times, numbers, form types, fields, conditions."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from chohyo.domain.answers import Operation, Period
from chohyo.domain.geometry import Box
from chohyo.domain.ids import new_id
from chohyo.domain.templates import Field, FieldSpec, FieldType, TemplateVersion
from chohyo.search.question_dates import take_period
from chohyo.search.question_text import Question, number_of
from chohyo.search.questions import understand

TODAY = date(2026, 11, 25)
BOX = Box(0, 0, 0.1, 0.1)


def days(since: str | None, until: str | None) -> Period:
    return Period(*(date.fromisoformat(each) if each else None for each in (since, until)))


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("令和６年３月", days("2024-03-01", "2024-03-31")),
        ("2024年度", days("2024-04-01", "2025-03-31")),
        ("R6.3.1", days("2024-03-01", "2024-03-01")),
        ("先月", days("2026-10-01", "2026-10-31")),
        ("昨年", days("2025-01-01", "2025-12-31")),
        ("2024年3月1日から4月15日まで", None),
        ("2024年3月1日〜2024年4月15日", days("2024-03-01", "2024-04-15")),
        ("2024年4月以降", days("2024-04-01", None)),
        ("2024年4月より前", days(None, "2024-03-31")),
        ("12月から2月", Period(months=(12, 1, 2))),
        ("in March", Period(months=(3,))),
        ("since March 2024", days("2024-03-01", None)),
        ("before 2024", days(None, "2023-12-31")),
        ("between 2024-03-01 and 2024-04-30", days("2024-03-01", "2024-04-30")),
        ("5th March 2024", days("2024-03-05", "2024-03-05")),
        ("Q1 2024", days("2024-01-01", "2024-03-31")),
        ("this month", days("2026-11-01", "2026-11-30")),
    ],
)
def test_times_are_understood(text, period):
    found = take_period(Question.of(text), TODAY)
    assert found is not None
    if period is not None:
        assert found[0] == period


@pytest.mark.parametrize(
    "text", ["it may be", "2000件以上", "3か月", "99月", "2024-13", "12,345円"]
)
def test_what_is_no_time_is_not_taken_for_one(text):
    assert take_period(Question.of(text), TODAY) is None


def test_large_numbers_are_read_in_both_languages():
    assert number_of("1億2000万") == "120000000"
    assert number_of("1,000,000") == "1000000"
    assert number_of("1.5 million") == "1500000"


def version(name: str, *fields: tuple[str, FieldType], label: str = "初版") -> TemplateVersion:
    version_id = new_id()
    specs = [
        FieldSpec(f"f{n}", text, kind, 1, BOX, n) for n, (text, kind) in enumerate(fields, start=1)
    ]
    return TemplateVersion(
        version_id, new_id(), new_id(), name, label, datetime.now(UTC), (),
        tuple(Field(new_id(), version_id, new_id(), spec) for spec in specs),
    )  # fmt: skip


EXPENSES = version(
    "経費精算書", ("申請日", FieldType.DATE), ("合計金額", FieldType.AMOUNT),
    ("金額", FieldType.AMOUNT), ("所属", FieldType.TEXT), label="令和6年分",
)  # fmt: skip
LEAVE = version("休暇申請書", ("開始日", FieldType.DATE), ("日数", FieldType.INTEGER))
INSPECTION = version(
    "Vehicle Inspection Report", ("Date", FieldType.DATE), ("Mileage", FieldType.INTEGER),
    ("Inspector", FieldType.PERSON_NAME),
)  # fmt: skip
ALL = (EXPENSES, LEAVE, INSPECTION)


def computed(question: str) -> list[tuple[str, str | None]]:
    understood = understand(question, ALL, TODAY)
    assert understood is not None, question
    return [(c.operation.value, c.field) for c in understood.interpretation.computations]


def test_operations_find_their_fields():
    assert computed("経費精算書は何件、合計金額は") == [("count", None), ("sum", "合計金額")]
    assert computed("average mileage of vehicle inspections") == [
        ("count", None), ("average", "Mileage"),
    ]  # fmt: skip
    assert computed("休暇申請書の日数の合計") == [("count", None), ("sum", "日数")]
    assert computed("経費精算書は合計で何件") == [("count", None)]
    assert computed("which vehicle inspection reports are there") == [("list", None)]


def test_a_form_type_is_named_in_the_other_language():
    meant = understand("How many leave applications in March?", ALL, TODAY).interpretation
    assert [each.name for each in meant.families] == ["休暇申請書"]
    meant = understand("車両の点検は何件", ALL, TODAY).interpretation
    assert [each.name for each in meant.families] == ["Vehicle Inspection Report"]
    assert understand("how many marriage notices are there", ALL, TODAY) is None


def test_an_edition_is_not_taken_for_a_time():
    meant = understand("令和6年分の経費精算書は何件", ALL, TODAY).interpretation
    assert (meant.version_label, meant.period) == ("令和6年分", None)


def test_conditions_keep_the_text_as_it_was_typed():
    meant = understand(
        "所属が「営業ブ Ａ」で合計金額が10万円以上の経費精算書は何件", ALL, TODAY
    ).interpretation
    assert [(c.field, c.comparing.value, c.value) for c in meant.comparisons] == [
        ("所属", "~", "営業ブ A"), ("合計金額", ">=", "100000"),
    ]  # fmt: skip


def test_a_part_of_a_name_is_enough_where_it_tells_them_apart():
    meant = understand("休暇申請は何件", ALL, TODAY).interpretation
    assert [each.name for each in meant.families] == ["休暇申請書"]
    assert understand("出張申請は何件", ALL, TODAY) is None


@pytest.mark.parametrize(
    "question",
    ["この文書は何ですか", "山田花子の住所は", "What does the lease say about pets?",
     "経費精算書の書き方を教えて", "", "何", "合計", "total", "2024年", "!" * 50,
     "合計金額はいくらですか"],
)  # fmt: skip
def test_other_questions_are_left_alone(question):
    assert understand(question, ALL, TODAY) is None or question in ("合計", "total")


def test_no_operation_is_lost_on_a_field_that_is_not_clear():
    two = version("見積書", ("税", FieldType.AMOUNT), ("本体", FieldType.AMOUNT))
    understood = understand("見積書の合計は", (two,), TODAY)
    assert understood.unclear == (Operation.SUM,)
