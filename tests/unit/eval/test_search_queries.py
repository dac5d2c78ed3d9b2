"""Which pages answer what the measurement of search asks."""

from __future__ import annotations

from pathlib import Path
from random import Random

from eval.corpus import CorpusPage
from eval.search import queries
from eval.search.truth import PageTruth

PAGES = [CorpusPage(f"{n}.png", Path(), "a@1", "a", "scan") for n in range(3)]
TRUTH = {page.file: PageTruth((), ("12,345",), ("Amount paid",)) for page in PAGES}


def test_every_page_that_is_filed_answers_also_where_it_is_not_asked_about():
    for asked in (
        queries.value_queries(PAGES[:1], TRUTH, Random(0)),
        queries.label_queries(PAGES[:1], TRUTH, Random(0)),
    ):
        assert [each.answers for each in asked] == [frozenset(page.file for page in PAGES)]


def test_kin_of_a_page_are_those_that_are_filed():
    (asked,) = queries.family_queries(PAGES[:1], PAGES)
    assert asked.answers == {"1.png", "2.png"}
    assert queries.family_queries(PAGES[:1], PAGES[:1]) == []
