"""Rankings put together."""

from __future__ import annotations

import pytest

from chohyo.domain.search import Way
from chohyo.search.fusion import fuse, judged_alone, judged_with, rerank


def _keys(fused):
    return [each.key for each in fused]


def test_the_first_by_every_way_scores_one():
    fused = fuse({Way.EXACT: [("a", 9.0), ("b", 2.0)], Way.MEANING: [("a", 0.9)]})
    assert fused[0].key == "a"
    assert fused[0].score == pytest.approx(1.0)
    assert sum(fused[1].parts.values()) == pytest.approx(fused[1].score)


def test_equal_scores_share_a_rank_and_another_way_decides():
    fused = fuse({Way.EXACT: [("a", 9.0), ("b", 9.0)], Way.MEANING: [("b", 0.9), ("a", 0.8)]})
    assert _keys(fused) == ["b", "a"]


def test_what_stands_there_as_typed_comes_before_what_resembles_it():
    alike = [(f"x{number}", 1.0 - number / 100) for number in range(20)]
    fused = fuse({Way.EXACT: [("a", 12.0)], Way.ALIKE: alike, Way.MEANING: alike})
    assert fused[0].key == "a"


def test_nothing_found_is_nothing():
    assert fuse({}) == []


def test_a_picture_that_lies_on_a_page_puts_it_first():
    layouts = [("sibling", 0.99), ("page", 0.4)]
    fused = fuse({Way.LAYOUT: layouts, Way.PICTURE: [("sibling", 9.0), ("page", 8.0)]})
    assert _keys(fused)[0] == "sibling"
    assert _keys(rerank(fused, {"sibling": 0.6, "page": 0.95}))[0] == "page"


def test_without_a_page_on_which_it_lies_the_layout_still_counts():
    fused = fuse({Way.LAYOUT: [("a", 0.9), ("b", 0.5)]})
    reranked = rerank(fused, {"a": 0.0, "b": 0.1})
    assert _keys(reranked) == ["a", "b"]
    assert all(Way.LAYOUT in each.parts for each in reranked)


def test_a_page_that_was_looked_at_in_vain_comes_after_siblings_that_agree():
    details = [("stranger", 9.0), ("sibling", 2.0)]
    fused = fuse({Way.LAYOUT: [("sibling", 0.9), ("stranger", 0.8)], Way.PICTURE: details})
    reranked = rerank(fused, {"stranger": 0.1, "sibling": 0.36})
    assert _keys(reranked) == ["sibling", "stranger"]
    assert reranked[1].parts[Way.PICTURE] > 0
    assert _keys(rerank(fused, {"stranger": 0.0, "sibling": 0.2})) == ["sibling", "stranger"]


def test_what_was_not_looked_at_comes_below():
    fused = fuse({Way.PICTURE: [(key, 9.0 - number) for number, key in enumerate("abcd")]})
    reranked = rerank(fused, {"a": 0.0, "b": 0.5})
    assert _keys(reranked) == ["b", "a", "c", "d"]
    scores = [each.score for each in reranked]
    assert scores == sorted(scores, reverse=True)
    assert all(sum(each.parts.values()) == pytest.approx(each.score) for each in reranked)


def test_of_a_whole_page_the_layout_weighs_more_than_words_it_shares_with_others():
    layouts = ["sibling", *(f"alike{number}" for number in range(6)), "far"]
    details = ["far", *(f"sharing{number}" for number in range(6)), "sibling"]
    ways = {Way.LAYOUT: layouts, Way.PICTURE: details}
    found = {way: [(key, 9.0 - n) for n, key in enumerate(keys)] for way, keys in ways.items()}
    assert _keys(fuse(found))[0] != "sibling"
    assert _keys(fuse(found, of_whole_page=True))[0] == "sibling"


def _found():
    return fuse({Way.EXACT: [("a", 9.0), ("b", 8.0), ("c", 7.0), ("d", 6.0)]})


def test_what_a_model_judged_comes_by_its_score_and_the_rest_below_in_its_order():
    judged = judged_alone(_found(), {"a": 0.2, "b": 0.7})
    assert _keys(judged) == ["b", "a", "c", "d"]
    scores = [each.score for each in judged]
    assert scores[:2] == [0.7, 0.2]
    assert scores == sorted(scores, reverse=True)
    assert all(sum(each.parts.values()) == pytest.approx(each.score) for each in judged)
    assert _keys(judged_alone(_found(), {})) == ["a", "b", "c", "d"]
    assert _keys(judged_alone(_found(), {"a": 0.0, "b": 0.0})) == ["a", "b", "c", "d"]


def test_a_models_judgement_and_what_found_a_page_count_half_each():
    judged = judged_with(_found(), {"a": 0.0, "b": 0.9, "c": 0.1})
    assert _keys(judged)[0] == "b"
    parts = {each.key: each.parts for each in judged}
    assert parts["a"] == {Way.EXACT: pytest.approx(0.5), Way.JUDGED: 0.0}
    assert parts["b"][Way.JUDGED] == pytest.approx(0.45)
    assert Way.JUDGED not in parts["d"]
    assert _keys(judged_with(_found(), dict.fromkeys("abcd", 0.5))) == ["a", "b", "c", "d"]
    assert judged_with([], {}) == []
