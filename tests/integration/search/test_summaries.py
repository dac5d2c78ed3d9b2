"""What documents are about, and the questions they answer: one document, or many."""

from __future__ import annotations

import pytest
from filing import HOLDER
from talker import talking

from chohyo.domain.answers import ComposedBy, Selection
from chohyo.domain.search import Comparing, Comparison, SearchFilters
from chohyo.errors import NotFoundError
from chohyo.models.chat import OpenAiChat
from chohyo.models.http_endpoint import Endpoint, Patience
from chohyo.services.answering import AnswerEngine
from chohyo.services.generating import Writer
from chohyo.services.summaries import frequent_questions, summarize
from chohyo.services.values import MASK


@pytest.fixture
def tell(runtime, engine, callers):
    """Return a function that summarizes, or asks for frequent questions, as a role."""

    def told(selection, role="operator", language="ja", *, how=summarize, writer=None):
        asking = AnswerEngine(engine, writer)
        return how(runtime, asking, callers[role].caller, selection, language)

    return told


def texts(told) -> str:
    return "\n".join(sentence.text for sentence in told.sentences)


def test_a_document_is_told_by_its_forms_values_and_what_is_amiss(tell, filing):
    told = tell(Selection((filing.document.id,)))
    assert told.by.composed_by is ComposedBy.RULES
    assert all(sentence.citations for sentence in told.sentences)
    text = texts(told)
    for piece in (filing.document.filename, "給与届 A/4", "令和6年", HOLDER, "12,000円"):
        assert piece in text
    assert "2" in text.split("給与届")[1]  # page 2 is missing
    assert (told.documents, told.forms) == (1, 1)


def test_a_viewers_summary_is_masked(tell, filing):
    told = tell(Selection((filing.document.id,)), "viewer")
    assert HOLDER not in str(told)
    assert MASK in texts(told)
    assert "12,000円" in texts(told)
    faq = tell(Selection((filing.document.id,)), "viewer", how=frequent_questions)
    assert HOLDER not in str(faq)


def test_pages_of_no_known_type_are_told_by_their_beginning(tell, write_page):
    page = write_page("賃貸借契約書", "ペットの飼育は禁止する")
    told = tell(Selection((page.document_id,)))
    assert "賃貸借契約書 ペットの飼育は禁止する" in texts(told)
    assert "賃貸借" not in texts(tell(Selection((page.document_id,)), "viewer"))


def test_many_documents_are_told_by_counts_and_figures(tell, ledger, filing, monkeypatch):
    told = tell(Selection())
    text = texts(told)
    assert told.forms == 6
    assert "合計 19,500" in text
    assert "2024-03-05 から 2025-03-11" in text
    assert all(sentence.citations for sentence in told.sentences)
    few = tell(
        Selection(filters=SearchFilters(fields=(Comparison("手数料", Comparing.MORE, "1"),)))
    )
    assert (few.documents, few.forms) == (4, 4)
    of_family = tell(Selection(filters=SearchFilters(family_id=ledger.family_id)))
    assert of_family.forms == 5
    monkeypatch.setattr("chohyo.services.search_filters._FEW", 0)  # each page is asked to pass
    condition = Comparison("手数料", Comparing.MORE, "1")
    many = tell(Selection(filters=SearchFilters(fields=(condition,))))
    assert (many.documents, many.forms, texts(many)) == (4, 4, texts(few))
    of_many = tell(Selection(filters=SearchFilters(family_id=ledger.family_id)))
    assert (of_many.documents, of_many.forms) == (of_family.documents, 5)


def test_frequent_questions_have_answers_that_cite(tell, filing, ledger):
    faq = tell(Selection((filing.document.id,)), how=frequent_questions)
    items = {each.question: each.answer for each in faq.items}
    (answer,) = items["「金額」はいくらですか。"]
    assert "12,000円" in answer.text
    assert answer.citations[0].label == "金額"
    assert "これは何の帳票ですか。" in items
    of_many = tell(Selection(), language="en", how=frequent_questions)
    questions = [each.question for each in of_many.items]
    assert "How much is “手数料” of 在留期間更新許可申請書 in all?" in questions


def test_summaries_are_in_the_language_asked_for(tell, filing):
    selection = Selection((filing.document.id,))
    assert "pages and was received" in texts(tell(selection, language="en"))
    assert "ページの文書" in texts(tell(selection, language="ja"))


def test_strangers_get_no_summary(tell, filing):
    with pytest.raises(NotFoundError):
        tell(Selection((filing.document.id,)), "stranger")
    assert tell(Selection(), "stranger").documents == 0


def test_a_model_may_write_summaries_and_questions(tell, filing):
    with talking() as talker:

        def say(shown):
            (region,) = [r["id"] for r in shown["regions"] if "12,000" in r["text"]]
            good = {"text": "金額は12,000円です。", "cites": [region]}
            wrong = {"text": "金額は99,000円です。", "cites": [region]}
            if "questions" in shown["task"]:
                return {"items": [{"question": "金額はいくらですか", "sentences": [good, wrong]}]}
            return {"sentences": [good, wrong]}

        talker.says = say
        writer = Writer(OpenAiChat(Endpoint(talker.url, None, Patience(tries=1)), "m"), 9.0)
        selection = Selection((filing.document.id,))
        told = tell(selection, writer=writer)
        faq = tell(selection, how=frequent_questions, writer=writer)
    assert texts(told) == "金額は12,000円です。"
    assert (told.by.composed_by, told.by.removed) == (ComposedBy.MODEL, 1)
    assert [each.question for each in faq.items] == ["金額はいくらですか"]
    assert faq.by.removed == 1


def test_summaries_are_audited(tell, filing, runtime):
    tell(Selection((filing.document.id,)))
    with runtime.database.transaction() as connection:
        (row,) = connection.execute(
            "SELECT details, a::text AS whole FROM audit_entry a WHERE action = 'summary.made'"
        ).fetchall()
    assert row["details"]["documents"] == 1
    assert HOLDER not in row["whole"]
