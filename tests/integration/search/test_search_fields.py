"""Values are searched as fields; personal data is not for viewers to find."""

from __future__ import annotations

import pytest
from filing import HOLDER

from chohyo.domain.documents import PageState
from chohyo.domain.search import Comparing, Comparison, SearchFilters, SearchQuery
from chohyo.errors import ForbiddenError, InvalidInputError, UnknownFieldError
from chohyo.services import processing, values
from chohyo.services.indexing import IndexModels, index_page
from chohyo.services.search import search_pages


@pytest.fixture
def indexed(filing, runtime, script, engine):
    """Return the cabinet with its pages indexed; the first one is read, the others are not."""
    processing.finish_document(runtime, filing.document.id)
    models = IndexModels(script, engine.encoders, engine.embedders)
    for page in (filing.read_page, filing.review_page, filing.unknown_page):
        # The first line lies in the box of the name, which holds personal data.
        script.lines = ("", HOLDER * 4, "", "", "", "", "", "", "金額の欄")
        index_page(runtime, models, page.id)
    return filing


@pytest.fixture
def find(runtime, engine, callers):
    """Return a function that searches as a role."""

    def search(text: str, role: str = "operator", *conditions: Comparison, **filters):
        wanted = SearchFilters(fields=conditions, **filters)
        return search_pages(
            runtime, engine, callers[role].caller, SearchQuery(text=text, filters=wanted)
        )

    return search


def _ids(answer):
    return [hit.page.id for hit in answer.hits]


def test_a_value_is_found_with_its_field_and_place(indexed, find):
    hit = find("１２０００").hits[0]
    assert hit.page.id == indexed.read_page.id
    assert [region.label for region in hit.regions] == ["金額"]
    assert hit.regions[0].text == "12,000円"
    assert hit.template.family_id == indexed.family_id


def test_a_corrected_value_is_found_as_it_is_now(indexed, find, runtime, callers):
    values.correct(runtime, callers["reviewer"].caller, indexed.values["remark"], "特記事項なし")
    assert _ids(find("特記事項"))[0] == indexed.read_page.id
    assert find("HYPERLINK").hits == ()


def test_viewers_find_nothing_by_personal_data(indexed, find):
    assert set(_ids(find(HOLDER))) >= {indexed.read_page.id, indexed.unknown_page.id}
    assert find(HOLDER, "viewer").hits == ()
    assert find(HOLDER[:2], "viewer").hits == ()


def test_viewers_find_what_is_not_personal_where_that_is_known(indexed, find):
    assert _ids(find("金額の欄", "viewer")) == [indexed.read_page.id]
    shown = find("金額の欄", "viewer").hits[0]
    assert all(HOLDER not in region.text for region in shown.regions)


@pytest.mark.parametrize(
    ("comparing", "value", "passes"),
    [
        (">=", "12,000", True), (">", "12000", False), ("<", "1,000,000", True),
        ("<=", "１１９９９", False), ("=", "12000", True), ("!=", "12000", False),
    ],
)  # fmt: skip
def test_amounts_are_compared_as_numbers(indexed, find, comparing, value, passes):
    answer = find("金額の欄", "operator", Comparison("金額", Comparing(comparing), value))
    assert (indexed.read_page.id in _ids(answer)) is passes
    assert indexed.unknown_page.id not in _ids(answer)


def test_a_text_field_is_compared_by_what_it_contains(indexed, find):
    assert find("金額の欄", "operator", Comparison("remark", Comparing.CONTAINS, "hyper")).hits
    assert not find("金額の欄", "operator", Comparison("remark", Comparing.CONTAINS, "%")).hits


def test_conditions_hold_together(indexed, find):
    amount = Comparison("amount", Comparing.AT_LEAST, "1")
    nobody = Comparison("holder_name", Comparing.EQUAL, "佐藤")
    assert find("金額の欄", "operator", amount).hits
    assert not find("金額の欄", "operator", amount, nobody).hits


def test_a_field_that_does_not_exist_is_an_error(indexed, find):
    with pytest.raises(UnknownFieldError):
        find("金額", "operator", Comparison("支払金額", Comparing.AT_LEAST, "1"))


def test_a_value_that_is_no_number_cannot_be_compared_with_an_amount(indexed, find):
    with pytest.raises(InvalidInputError):
        find("金額", "operator", Comparison("amount", Comparing.AT_LEAST, "たくさん"))


def test_viewers_may_not_ask_about_fields_of_personal_data(indexed, find):
    with pytest.raises(ForbiddenError):
        find("金額", "viewer", Comparison("氏名", Comparing.CONTAINS, "山"))


def test_pages_are_filtered_by_type_state_and_file(indexed, find):
    assert _ids(find("金額の欄", family_id=indexed.family_id)) == [indexed.read_page.id]
    assert _ids(find("金額の欄", version_id=indexed.version_id)) == [indexed.read_page.id]
    assert _ids(find("金額の欄", states=(PageState.UNKNOWN,))) == [indexed.unknown_page.id]
    assert len(find("金額の欄", source="3月").hits) == 3
    assert find("金額の欄", source="4月").hits == ()


def test_facets_count_pages_by_form_type(indexed, find):
    facets = find("金額の欄").facets
    assert [(f.template.family_id if f.template else None, f.pages) for f in facets] == [
        (None, 2),
        (indexed.family_id, 1),
    ]


def test_a_filter_that_many_pages_pass_finds_the_same(indexed, find, monkeypatch):
    monkeypatch.setattr("chohyo.services.search_filters._FEW", 0)
    assert _ids(find("金額の欄", family_id=indexed.family_id)) == [indexed.read_page.id]
    amount = Comparison("amount", Comparing.AT_LEAST, "1")
    assert _ids(find("金額の欄", "operator", amount)) == [indexed.read_page.id]
    assert find("金額の欄", source="4月").hits == ()
