"""Where a text says a query but for a letter or two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chohyo.search.folding import fold, squeezed
from chohyo.search.misreadings import find_nearly, nearest
from chohyo.search.occurrences import Place


def _closeness(query: str, text: str) -> float:
    (found,) = nearest(squeezed(fold(query)), [squeezed(fold(text))])
    return found.closeness


def _found(query: str, *pages: tuple[str, ...]):
    folded = [[fold(line) for line in lines] for lines in pages]
    return find_nearly(squeezed(fold(query)), folded)


@given(some.text("019ol,山", min_size=1, max_size=8), some.lists(some.text("019ol,山"), max_size=5))
def test_a_text_that_holds_the_query_is_as_close_as_can_be(query, others):
    texts = [*others, f"山 {query} 山".replace(" ", "川")]
    found = nearest(query, texts)
    assert len(found) == len(texts)
    last = found[-1]
    assert last.closeness == 1.0
    assert texts[-1][last.start : last.end] == query
    assert all(each.closeness <= 1.0 for each in found)


@pytest.mark.parametrize(
    ("query", "nearer", "farther"),
    [
        ("9083", "9,O83", "9,183"),  # what looks alike
        ("9083", "983", "3908322"),  # a digit is missing; a longer number
        ("25012", "25,0l2.", "12.4% (0124) 10"),
        ("57030", "5703O", "57830"),
        ("令和7年4月4日", "令和7年分月4日", "令和7年4月9日"),  # a letter is wrong; another day
        ("ヤマダ太郎", "ヤマタ大郎", "ヤマモト二郎"),
        ("Smith", "Srnith", "Smythe"),
    ],
)
def test_what_was_misread_is_nearer_than_what_says_something_else(query, nearer, farther):
    assert 1.0 > _closeness(query, nearer) > _closeness(query, farther)


def test_the_place_is_told_on_each_line_it_runs_over():
    (occurrence,) = _found("2,472", ("合計", "2 ,4", "7Z"))
    assert occurrence.score >= 0.85
    assert occurrence.places == (Place(1, 0, 3), Place(2, 0, 2))


def test_pages_are_told_apart_and_what_is_far_is_not_found():
    near, far, empty = _found("12782", ("a", "12,78z."), ("51792", "78"), ())
    assert near.score >= 0.9
    assert far is None
    assert empty is None
    assert _found("127", ("l27",)) == [None]  # too short to tell
    assert _found("x" * 50, ("x" * 49,)) == [None]


def test_of_many_lines_the_nearest_is_found():
    lines = [f"{number:05d}" for number in range(10_000, 12_000)]
    (occurrence,) = _found("34S67", (*lines, "34567"))
    assert occurrence.places[0].line == len(lines)
