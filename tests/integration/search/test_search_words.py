"""Pages are found by words: as typed, in other widths and kana, misread, and by meaning."""

from __future__ import annotations

import pytest

from chohyo.domain.search import SearchFilters, SearchQuery, Way
from chohyo.services.search import search_pages


@pytest.fixture
def find(runtime, engine, callers):
    """Return a function that searches, as an administrator unless told otherwise."""

    def search(text: str, role: str = "admin", **rest):
        query = SearchQuery(text=text, **rest)
        return search_pages(runtime, engine, callers[role].caller, query)

    return search


def _ids(answer):
    return [hit.page.id for hit in answer.hits]


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("受付番号 649", "６４９"),
        ("ヤマダ ハナコ", "ﾔﾏﾀﾞ"),
        ("ヤマダ ハナコ", "やまだはなこ"),
        ("支払金額 1,234,567円", "1234567"),
        ("支払金額 １２３４５６７円", "1,234,567"),
        ("Form 8889", "FORM 8889"),
        ("株式会社サンプル商事", "サンプル商事"),
        ("デ-タ入力", "データ入力"),
    ],
)
def test_a_text_is_found_however_it_is_written(find, write_page, written, typed):
    for other in ("受付番号 946", "ヤマモト タロウ", "支払金額 7,654,321円", "Form 1040", "様式"):
        write_page(other)
    page = write_page("見出し", written)
    answer = find(typed)
    assert _ids(answer)[0] == page.id
    assert Way.EXACT in answer.hits[0].parts
    assert answer.hits[0].regions[0].text == written


def test_a_whole_number_comes_before_one_that_only_contains_it(find, write_page):
    whole = write_page("番号 649 です")
    write_page("番号 16490 です")
    write_page("番号 76491 です")
    assert _ids(find("649"))[0] == whole.id


def test_all_words_are_found_wherever_they_stand_on_a_page(find, write_page):
    both = write_page("氏名 山田花子", "住所 札幌市")
    write_page("氏名 山田花子", "住所 福岡市")
    write_page("氏名 佐藤一郎", "住所 札幌市")
    assert _ids(find("札幌市 山田花子"))[0] == both.id


def test_a_word_broken_over_two_lines_is_found(find, write_page):
    page = write_page("在留期間更新", "許可申請書")
    write_page("在留資格変更", "許可申請書")
    answer = find("在留期間更新許可申請書")
    assert _ids(answer)[0] == page.id
    assert len(answer.hits[0].regions) == 2


def test_misread_and_split_characters_do_not_hide_a_page(find, write_page):
    page = write_page("給与所得の源泉微収 票", "支払をうけるも の 山田花子")
    for number in range(20):
        write_page("退職所得の申告書", f"整理番号 {number}")
    answer = find("給与所得の源泉徴収票")
    assert _ids(answer)[0] == page.id
    assert Way.NEARLY in answer.hits[0].parts


def test_a_region_is_where_the_words_stand(find, write_page):
    write_page("見出し", "申請者 山田花子 殿")
    (hit,) = find("山田花子").hits
    region = hit.regions[0]
    assert region.way is Way.EXACT
    assert 0.1 < region.box.x0 < region.box.x1 < 0.1 + 0.02 * 10
    assert region.box.y0 == pytest.approx(0.05 + 1.5 * 0.04, abs=1e-4)


def test_meaning_finds_what_shares_no_run_of_characters(find, write_page):
    page = write_page("ころもがえ")
    write_page("送付先住所変更届")
    answer = find("がもころえ")
    assert _ids(answer)[0] == page.id
    assert set(answer.hits[0].parts) >= {Way.MEANING}
    assert answer.answered_by.text_space.name == "word-bag"


def test_a_page_is_read_once_and_words_that_are_nowhere_find_nothing(find, write_page, script):
    write_page("見出し")
    assert script.read == 1
    assert find("zqxj 9999").hits == ()


def test_pages_of_other_collections_are_not_found(find, write_page, other_collection, callers):
    write_page("秘密の番号 4711", where=other_collection.id)
    assert find("4711").hits == ()
    assert len(find("4711", role="stranger").hits) == 1


def test_results_go_on_at_the_cursor(find, write_page):
    written = {write_page("届出書", f"番号 {number}").id for number in range(5)}
    first = find("届出書", top_k=2)
    second = find("届出書", top_k=2, cursor=first.next_cursor)
    third = find("届出書", top_k=2, cursor=second.next_cursor)
    assert [*_ids(first), *_ids(second), *_ids(third)].__len__() == 5
    assert {*_ids(first), *_ids(second), *_ids(third)} == written
    assert third.next_cursor is None
    assert first.found == 5


def test_a_search_is_audited_with_a_hash_and_without_its_words(find, write_page, runtime):
    write_page("山田花子")
    find("山田花子")
    with runtime.database.transaction() as connection:
        rows = connection.execute(
            "SELECT a.*, a::text AS whole FROM audit_entry a WHERE action = 'search.made'"
        ).fetchall()
    (row,) = rows
    assert row["actor_kind"] == "person"
    assert len(row["after_hash"]) == 64
    assert "山田" not in row["whole"]
    assert row["details"]["hits"] == 1


def test_only_pages_of_the_filtered_days_are_found(find, write_page):
    from datetime import date

    write_page("届出書")
    assert len(find("届出書", filters=SearchFilters(since=date(2020, 1, 1))).hits) == 1
    assert find("届出書", filters=SearchFilters(until=date(2020, 1, 1))).hits == ()
    assert len(find("届出書", filters=SearchFilters(since=date.min, until=date.max)).hits) == 1
    assert find("届出書", filters=SearchFilters(since=date.max)).hits == ()
    assert find("届出書", filters=SearchFilters(until=date.min)).hits == ()


def test_a_number_that_was_misread_comes_before_what_only_shares_its_digits(find, write_page):
    misread = write_page("合計", "9,O83")
    longer = write_page("合計", "3,908322")
    other = write_page("合計", "9,380 83 908")
    answer = find(text="９０８３")
    assert [hit.page.id for hit in answer.hits] == [misread.id, longer.id, other.id]
    assert Way.NEARLY in answer.hits[0].parts
    (region, *_) = answer.hits[0].regions
    assert (region.way, region.text) == (Way.NEARLY, "9,O83")
    exactly = write_page("合計", "9,083")
    assert find(text="9083").hits[0].page.id == exactly.id


def test_a_number_within_a_longer_one_is_found_where_nothing_is_nearer(find, write_page):
    page = write_page("整理番号", "A6490153")
    for text in ("649", "6490"):
        assert [hit.page.id for hit in find(text=text).hits] == [page.id]
