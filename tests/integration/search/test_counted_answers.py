"""Questions for figures are computed over values, shown as understood, and never guessed."""

from __future__ import annotations

from datetime import date

import pytest

from chohyo.domain.answers import AnswerKind, ComposedBy, Operation, Selection
from chohyo.domain.search import Comparing, Comparison, SearchFilters
from chohyo.errors import EmptyQueryError, ForbiddenError, NotFoundError, QueryTooLongError
from chohyo.services.answering import AnswerEngine, answer
from chohyo.storage import search_filters


@pytest.fixture
def ask(runtime, engine, callers, ledger):
    """Return a function that asks as a role."""

    def asked(question: str, role: str = "operator", **selection):
        chosen = Selection(**selection)
        return answer(runtime, AnswerEngine(engine), callers[role].caller, question, chosen)

    return asked


def figures(made) -> dict:
    return {(f.operation, f.field): f.result for f in made.counted.figures}


QUESTIONS_OF_A_MONTH = [
    "how many 在留期間更新 in March 2024, total fee",
    "2024年3月の在留期間更新許可申請書は何件、手数料の合計は",
    "令和6年3月の在留期間更新は何件ですか。手数料は合計でいくらですか。",
    "How many 在留期間更新許可申請書 were filed between 2024-03-01 and 2024-03-31 and what is "
    "the total fee?",
]


def test_forms_of_a_month_are_counted_and_their_fees_added(ask, ledger):
    for question in QUESTIONS_OF_A_MONTH:
        made = ask(question)
        assert made.kind is AnswerKind.COUNTED
        assert figures(made) == {(Operation.COUNT, None): 2, (Operation.SUM, "手数料"): 8000}
        assert made.by.composed_by is ComposedBy.RULES
        meant = made.counted.interpretation
        assert [each.id for each in meant.families] == [ledger.family_id]
        assert meant.date_field == "申請年月日"
        assert {form.document_id for form in made.counted.forms} == set(ledger.documents[:2])
        assert all(sentence.citations for sentence in made.sentences)
        assert "8,000" in made.sentences[1].text


def test_a_month_without_a_year_is_that_of_any_year(ask):
    made = ask("3月の在留期間更新許可申請書は何件")
    assert made.counted.total == 3
    assert made.counted.interpretation.period.months == (3,)


FIGURES = [
    ("在留期間更新許可申請書の手数料の平均は", Operation.AVERAGE, 4875),
    ("What is the largest fee of 在留期間更新許可申請書?", Operation.MOST, 6000),
    ("在留期間更新許可申請書の手数料の最小は", Operation.LEAST, 4000),
    ("最も新しい在留期間更新許可申請書はいつ", Operation.MOST, "2025-03-11"),
]


def test_figures_are_computed_over_values(ask):
    for question, operation, result in FIGURES:
        made = ask(question)
        (figure,) = [f for f in made.counted.figures if f.operation is operation]
        assert figure.result == result


def test_forms_without_a_value_are_told_of(ask):
    made = ask("在留期間更新許可申請書の手数料の合計は")
    (figure,) = [f for f in made.counted.figures if f.operation is Operation.SUM]
    assert (figure.result, figure.values, figure.missing) == (19500, 4, 1)
    assert any("1 件" in sentence.text for sentence in made.sentences)


def test_the_largest_is_cited_with_the_very_value(ask, ledger):
    made = ask("largest fee of 在留期間更新許可申請書")
    cited = made.sentences[1].citations
    assert [(each.document_id, each.text) for each in cited] == [(ledger.documents[2], "6,000円")]
    assert cited[0].box.as_list() == pytest.approx([0.1, 0.3, 0.5, 0.35], abs=1e-3)


NARROWED = [
    ("手数料が5,000円以上の在留期間更新許可申請書は何件", 2),
    ("手数料が5000円未満の在留期間更新許可申請書は何件", 2),
    ("how many 在留期間更新許可申請書 with a fee over 5,500", 1),
    ("国籍が「韓国」の在留期間更新許可申請書は何件", 1),
    ("国籍がベトナムの在留期間更新許可申請書は何件", 1),
    ("2024年の在留期間更新許可申請書は何件", 4),
    ("2024年4月以降の在留期間更新許可申請書は何件", 3),
    ("2023年度の在留期間更新許可申請書は何件", 2),
    ("在留期間更新許可申請書は全部で何件", 5),
]


def test_conditions_and_times_narrow_what_is_counted(ask):
    for question, total in NARROWED:
        assert ask(question).counted.total == total


def test_what_is_asked_is_counted_within_the_selection(ask, ledger):
    question = "在留期間更新許可申請書の手数料の合計は"
    two = ask(question, document_ids=ledger.documents[:1] + ledger.documents[2:3])
    assert figures(two)[Operation.SUM, "手数料"] == 10000
    condition = Comparison("手数料", Comparing.MORE, "5500")
    few = ask(question, filters=SearchFilters(fields=(condition,)))
    assert few.counted.total == 1


def test_where_many_pages_pass_a_filter_their_list_is_not_fetched(ask, runtime, monkeypatch):
    fetched = []
    monkeypatch.setattr("chohyo.services.search_filters._FEW", 0)
    original = search_filters.passing
    monkeypatch.setattr(
        search_filters,
        "passing",
        lambda c, a, limit=None: fetched.append(limit) or original(c, a, limit),
    )
    made = ask(
        "2024年3月の在留期間更新許可申請書は何件、手数料の合計は",
        filters=SearchFilters(
            since=date(2020, 1, 1),  # of receipt: the question's time is that of the application
            fields=(Comparison("手数料", Comparing.LESS, "5000"),),
        ),
    )
    assert made.counted.total == 2
    assert figures(made)[Operation.SUM, "手数料"] == 8000
    assert ask("在留期間更新許可申請書は何件", filters=SearchFilters(until=date(2020, 1, 1))
               ).counted.total == 0  # fmt: skip
    assert fetched
    assert set(fetched) == {1}


def test_a_day_of_receipt_is_asked_for_by_its_words(ask):
    assert ask("今月受け付けた在留期間更新許可申請書は何件").counted.total == 5
    assert ask("昨年受け付けた在留期間更新許可申請書は何件").counted.total == 0
    assert ask("今月受け付けた書類は何件").counted.interpretation.date_field is None


def test_which_field_is_meant_is_asked_when_it_is_not_clear(ask, filing):
    # The other form type has an amount as well.
    made = ask("書類は何件、合計は")
    assert made.counted.total == 6
    assert not any(f.operation is Operation.SUM for f in made.counted.figures)
    assert "手数料" in made.sentences[-1].text


def test_viewers_are_told_no_figures_of_personal_data(ask):
    counted = ask("在留期間更新許可申請書の手数料の合計は", "viewer")
    assert figures(counted)[Operation.SUM, "手数料"] == 19500
    assert all(c.label != "氏名" for s in counted.sentences for c in s.citations)
    with pytest.raises(ForbiddenError):
        ask("氏名が「キム・ミンス」の在留期間更新許可申請書は何件", "viewer")


def test_words_that_stand_in_values_narrow_and_others_are_told_of(ask):
    made = ask("ベトナムの在留期間更新許可申請書は何件")
    assert (made.counted.total, made.counted.interpretation.words) == (1, ("ベトナム",))
    made = ask("火星人の在留期間更新許可申請書は何件")
    assert (made.counted.total, made.counted.interpretation.ignored) == (5, ("火星人",))
    assert "火星人" in made.sentences[-1].text
    personal = ask("スミスの在留期間更新許可申請書は何件", "viewer").counted.interpretation
    assert (personal.words, personal.ignored) == ((), ("スミス",))


def test_forms_of_a_type_that_nobody_knows_are_not_taken_for_all(ask):
    assert ask("休暇申請書は何件").counted is None
    assert ask("how many leave forms are there").counted is None
    assert ask("how many forms are there").counted.total == 5


def test_strangers_are_told_nothing(ask, ledger):
    assert ask("在留期間更新許可申請書は何件", "stranger").kind is not AnswerKind.COUNTED
    with pytest.raises(NotFoundError):
        ask("在留期間更新許可申請書は何件", "stranger", document_ids=ledger.documents[:1])


def test_a_question_is_neither_empty_nor_endless(ask):
    for question in ("", " 　"):
        with pytest.raises(EmptyQueryError):
            ask(question)
    with pytest.raises(QueryTooLongError):
        ask("何" * 10_000)


def test_a_question_is_audited_without_its_words(ask, runtime):
    ask("国籍がベトナムの在留期間更新許可申請書は何件")
    with runtime.database.transaction() as connection:
        (row,) = connection.execute(
            "SELECT a.*, a::text AS whole FROM audit_entry a WHERE action = 'answer.made'"
        ).fetchall()
    assert row["details"]["kind"] == "counted"
    assert len(row["after_hash"]) == 64
    assert "ベトナム" not in row["whole"]
