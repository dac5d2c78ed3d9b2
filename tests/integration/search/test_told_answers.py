"""Answers that a chat model writes while one listens: only what holds is told, and at once."""

from __future__ import annotations

import threading

import pytest
from talker import talking

from chohyo.domain.answers import ComposedBy, Selection
from chohyo.models.chat import OpenAiChat
from chohyo.models.http_endpoint import Endpoint, Patience
from chohyo.services.answering import AnswerEngine, answer
from chohyo.services.generating import Writer
from chohyo.services.summaries import frequent_questions, summarize

WAIT = 30.0


@pytest.fixture
def talker():
    with talking() as serving:
        yield serving


@pytest.fixture
def lease(write_page):
    """File a page that says something about a rent."""
    return write_page("賃貸借契約書", "ペットの飼育は禁止する", "賃料は月額85,000円とする")


@pytest.fixture
def answering(runtime, engine, callers, talker, lease):
    """Return a function that asks the talker's model, and listens."""

    def asked(tell, seconds: float = 60.0):
        endpoint = Endpoint(talker.url, None, Patience(tries=1, seconds=60))
        writer = Writer(OpenAiChat(endpoint, "m", "r1"), seconds)
        return answer(
            runtime, AnswerEngine(engine, writer), callers["operator"].caller,
            "賃料はいくらですか", Selection(), tell=tell,
        )  # fmt: skip

    return asked


def says(shown):
    """Write three sentences, the second of which does not hold."""
    (rent,) = (r["id"] for r in shown["regions"] if "85,000" in r["text"])
    return {
        "sentences": [
            {"text": "賃料は85,000円です。", "cites": [rent]},
            {"text": "賃料は98,000円です。", "cites": [rent]},
            {"text": "月額の賃料である。", "cites": [rent]},
        ]
    }


HOLD = ["賃料は85,000円です。", "月額の賃料である。"]


def test_a_sentence_is_told_while_the_model_goes_on_and_one_that_does_not_hold_never(
    answering, talker
):
    told, heard = [], threading.Event()

    def tell(sentence):
        told.append(sentence)
        heard.set()

    def after_piece(so_far):
        if so_far.count("}") == 1:  # the first sentence is whole: it has to be heard before more
            assert heard.wait(WAIT)
            assert [each.text for each in told] == HOLD[:1]

    talker.says, talker.after_piece, talker.letters = says, after_piece, 1
    made = answering(tell)
    assert [each.text for each in told] == HOLD
    assert tuple(told) == made.sentences
    assert all(each.citations for each in told)
    assert (made.by.composed_by, made.by.removed) == (ComposedBy.MODEL, 1)


def test_at_the_deadline_the_composed_answer_stands_and_nothing_more_is_told(answering, talker):
    told, over, gone_on = [], threading.Event(), threading.Event()

    def after_piece(so_far):
        if so_far.count("}") == 1:
            over.wait(WAIT)
        if so_far.count("}") == 3:
            gone_on.set()

    talker.says, talker.after_piece, talker.letters = says, after_piece, 1
    made = answering(told.append, seconds=2.0)
    assert (made.by.composed_by, made.by.fallback) == (ComposedBy.RULES, "deadline")
    assert made.sentences
    over.set()
    assert gone_on.wait(WAIT)
    assert [each.text for each in told] in ([], HOLD[:1])


def test_an_answer_that_breaks_off_is_replaced_by_the_composed_one(answering, talker):
    talker.says = lambda shown: str(says(shown)).replace("'", '"')[:120]
    told = []
    made = answering(told.append)
    assert [each.text for each in told] == HOLD[:1]
    assert (made.by.composed_by, made.by.fallback) == (ComposedBy.RULES, "chat-output")


def test_a_summary_is_told_as_well(runtime, engine, callers, talker, lease):
    talker.says = says
    endpoint = Endpoint(talker.url, None, Patience(tries=1, seconds=60))
    speaking = AnswerEngine(engine, Writer(OpenAiChat(endpoint, "m"), 60.0))
    told = []
    made = summarize(
        runtime, speaking, callers["operator"].caller, Selection((lease.document_id,)), "ja",
        told.append,
    )  # fmt: skip
    assert tuple(told) == made.sentences
    assert [each.text for each in told] == HOLD


@pytest.fixture
def asking(runtime, engine, callers, talker, lease):
    """Return a function that has the talker's model ask and answer, and listens."""

    def asked(tell, seconds: float = 60.0):
        endpoint = Endpoint(talker.url, None, Patience(tries=1, seconds=60))
        speaking = AnswerEngine(engine, Writer(OpenAiChat(endpoint, "m"), seconds))
        return frequent_questions(
            runtime, speaking, callers["operator"].caller, Selection((lease.document_id,)), "ja",
            tell,
        )  # fmt: skip

    return asked


def asks(shown):
    """Ask four questions: the answer of one does not hold, and one asks for what nobody said."""
    (rent,) = (r["id"] for r in shown["regions"] if "85,000" in r["text"])
    (pets,) = (r["id"] for r in shown["regions"] if "飼育" in r["text"])
    good = {"text": "賃料は85,000円です。", "cites": [rent]}
    wrong = {"text": "賃料は98,000円です。", "cites": [rent]}
    return {
        "items": [
            {"question": "賃料はいくらですか", "sentences": [wrong, good]},
            {"question": "更新料はいくらですか", "sentences": [wrong]},
            {"question": "賃料が98,000円なのはなぜですか", "sentences": [good]},
            {"question": "ペットは飼えますか", "sentences": [
                {"text": "ペットの飼育は禁止されています。", "cites": [pets]}]},
        ]
    }  # fmt: skip


ASKED = ["賃料はいくらですか", "ペットは飼えますか"]


def test_a_question_is_told_once_its_answer_is_whole_and_holds(asking, talker):
    told, heard = [], threading.Event()

    def tell(entry):
        told.append(entry)
        heard.set()

    def after_piece(so_far):
        if so_far.count("}") == 3:  # the first question is whole: two sentences and itself
            assert heard.wait(WAIT)
            assert [each.question for each in told] == ASKED[:1]

    talker.says, talker.after_piece, talker.letters = asks, after_piece, 1
    made = asking(tell)
    assert [each.question for each in told] == ASKED
    assert tuple(told) == made.items
    assert [each.text for each in told[0].answer] == ["賃料は85,000円です。"]
    assert (made.by.composed_by, made.by.removed) == (ComposedBy.MODEL, 3)


def test_at_the_deadline_the_composed_questions_stand(asking, talker):
    told, over = [], threading.Event()

    def after_piece(so_far):
        if so_far.count("}") == 3:
            over.wait(WAIT)

    talker.says, talker.after_piece, talker.letters = asks, after_piece, 1
    made = asking(told.append, seconds=2.0)
    over.set()
    assert (made.by.composed_by, made.by.fallback) == (ComposedBy.RULES, "deadline")
    assert [each.question for each in told] in ([], ASKED[:1])
    assert "賃料が98,000円なのはなぜですか" not in [each.question for each in made.items]
