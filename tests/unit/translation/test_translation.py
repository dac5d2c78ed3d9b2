from __future__ import annotations

import pytest

from chohyo.errors import ConflictError, FileTooLargeError, InvalidInputError, NotFoundError
from chohyo.translation import (
    gettext,
    label,
    negotiate,
    ngettext,
    render,
    render_failure,
    render_finding,
    render_reason,
)


def test_an_error_is_told_in_the_readers_language_with_its_own_words_translated() -> None:
    error = ConflictError(kind="proposal", state="approved")
    assert "提案" in render(error, "ja")
    assert "承認済み" in render(error, "ja")
    assert render(error, "en") == "The proposal is already approved. Reload it and decide again."


def test_what_a_person_named_is_never_translated_nor_formatted() -> None:
    error = FileTooLargeError(filename="page {0} {x}.pdf", size_mib=80, limit_mib=64)
    assert "page {0} {x}.pdf" in render(error, "ja")
    assert "page {0} {x}.pdf" in render(error, "en")
    # "page" alone is one of our words, but an id is not ours.
    assert render(NotFoundError(kind="page", id="page"), "ja").startswith("ページ page ")


def test_an_empty_parameter_stays_empty() -> None:
    assert render(InvalidInputError(field="", reason="must not be empty"), "ja") == (
        ":入力してください"
    )


def test_a_stored_failure_is_told_by_its_code() -> None:
    told = render_failure("file-damaged", {"filename": "a.pdf"}, "ja")
    assert told.startswith("a.pdf は破損している")


@pytest.mark.parametrize(("code", "params"), [("no-such-code", {}), ("file-damaged", {})])
def test_a_failure_of_another_version_still_gives_a_sentence(
    code: str, params: dict[str, str | int | float]
) -> None:
    assert render_failure(code, params, "ja")


def test_codes_without_a_text_are_shown_as_they_are() -> None:
    assert render_finding("not-known", {}, "ja") == "not-known"
    assert render_reason("not-known", "en") == "not-known"
    assert label("action", "moon.landed", "ja") == "moon.landed"


def test_a_label_is_told_in_either_language() -> None:
    assert label("page_state", "unknown", "en") == "Unknown form"
    assert label("page_state", "unknown", "ja") == "未分類"
    assert render_reason("decided-by-person", "ja") == "担当者が決定しました。"


def test_english_tells_one_from_many_and_japanese_does_not() -> None:
    assert ngettext("en")("%(num)s page", "%(num)s pages", 1) == "%(num)s page"
    assert ngettext("en")("%(num)s page", "%(num)s pages", 2) == "%(num)s pages"
    for number in (0, 1, 2):
        assert ngettext("ja")("%(num)s page", "%(num)s pages", number) == "%(num)s ページ"


def test_an_unknown_locale_is_refused() -> None:
    with pytest.raises(ValueError, match="xx"):
        gettext("xx")


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        ("ja-JP,ja;q=0.9,en;q=0.8", "ja"),
        ("en-GB,en;q=0.9,ja;q=0.8", "en"),
        ("fr,de;q=0.9,ja;q=0.1", "ja"),
        ("en;q=0,ja;q=0.1", "ja"),
        ("en;q=0.5,ja;q=0.9", "ja"),
        ("en;q=much", "ja"),
        ("fr", "ja"),
        ("", "ja"),
        (None, "ja"),
    ],
)
def test_the_reader_gets_the_language_asked_for_or_the_default(
    header: str | None, chosen: str
) -> None:
    assert negotiate(header, "ja") == chosen
