"""Where a query stands in the lines of a page, and how well."""

from __future__ import annotations

import math

import pytest

from chohyo.search.folding import fold
from chohyo.search.grams import exact_grams, gram_hash, grams_of, text_grams
from chohyo.search.occurrences import Place, Terms, find_alike, find_exactly


def _find(query: str, *lines: str):
    return find_exactly(Terms.of(fold(query)), [fold(line) for line in lines])


def _score(query: str, *lines: str) -> float:
    found = _find(query, *lines)
    return found.score if found else -math.inf


def test_a_whole_line_is_better_than_a_word_of_it_and_that_than_a_piece_of_a_word():
    scores = [
        _score("649", "649"), _score("649", "no 649 b"), _score("649", "x16490"),
        _score("64 9", "64", "9"), _score("649", "94 6"),
    ]  # fmt: skip
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 5


def test_scattered_words_are_found_after_a_phrase():
    assert _score("山田 札幌", "札幌市 山田") < _score("山田 札幌", "山田札幌")
    assert _find("山田 札幌", "札幌市") is None


def test_a_place_counts_characters_without_spaces():
    assert _find("花子", "山田 花 子 様").places == (Place(0, 2, 4),)


def test_a_phrase_that_runs_on_has_a_place_on_each_line():
    assert _find("在留期間更新", "x 在留", "期間更新 y").places == (Place(0, 1, 3), Place(1, 0, 4))


def test_the_stretch_that_shares_most_is_found_in_a_long_page():
    query = fold("源泉徴収票")
    weights = dict.fromkeys(grams_of(query, (2, 3)), 1.0)
    lines = [f"別の行{number}" for number in range(30)]
    lines[17] = "給与の源泉微収 票"
    found = find_alike([query], weights, [fold(line) for line in lines])
    assert {place.line for place in found.places} == {17}
    assert 0.2 < found.score < 0.9


def test_what_shares_nothing_is_not_found():
    weights = dict.fromkeys(grams_of("abc", (2, 3)), 1.0)
    assert find_alike(["abc"], weights, ["xyz"]) is None
    assert find_alike(["abc"], weights, []) is None


@pytest.mark.parametrize("query", ["649", "給", "在留期間", "ab"])
def test_a_page_that_holds_a_term_has_all_its_grams(query):
    lines = ["番号 649 ab", "給与在留", "期間"]
    assert set(exact_grams([query])) <= set(text_grams(line.replace(" ", "") for line in lines))


def test_hashes_fit_into_postgresqls_int():
    hashes = [gram_hash(chr(code) * 3) for code in range(0x3041, 0x3441)]
    assert all(-(2**31) <= each < 2**31 for each in hashes)
    assert len(set(hashes)) == len(hashes)


def test_misread_words_that_stand_apart_are_found_together():
    query = fold("1,234,567 915-91-4655")
    weights = dict.fromkeys(grams_of(query.replace(" ", ""), (2, 3)), 1.0)
    apart = ["1234S67", "線路", *["別の行"] * 30, "915-91-46 5"]
    near = ["915-00-1111", "別の行"]
    found = find_alike(query.split(), weights, [fold(line) for line in apart])
    assert {place.line for place in found.places} == {0, 32}
    assert found.score > 0.4 > find_alike(query.split(), weights, near).score
