from __future__ import annotations

import pytest

from chohyo.discovery.naming import propose_name, propose_version_label
from chohyo.domain.geometry import Box
from chohyo.models.ocr import TextLine


def _line(text: str, y: float, height: float, x0: float = 0.3, x1: float = 0.7) -> TextLine:
    box = Box(x0, y, x1, y + height)
    quad = ((x0, y), (x1, y), (x1, y + height), (x0, y + height))
    return TextLine(text, box, 0.98, quad)


def test_the_largest_print_near_the_top_is_the_title() -> None:
    lines = [
        _line("様式第5号", 0.03, 0.012, 0.05, 0.15),
        _line("健 康 診 断 個 人 票", 0.06, 0.02),
        _line("氏名", 0.1, 0.014, 0.1, 0.15),
        _line("備考", 0.6, 0.04),
    ]
    assert propose_name(lines) == "健康診断個人票"


def test_a_form_number_is_no_title_where_there_are_words() -> None:
    lines = [
        _line("2025", 0.05, 0.03, 0.8, 0.9),
        _line("Form 1040", 0.04, 0.024, 0.05, 0.2),
        _line("Itemized Deductions", 0.05, 0.022),
        _line("Attach to your return", 0.08, 0.012),
    ]
    assert propose_name(lines) == "Itemized Deductions"


def test_a_title_on_two_lines_is_taken_whole() -> None:
    lines = [
        _line("Application for Extension", 0.05, 0.022),
        _line("of Time to File", 0.078, 0.022, 0.35, 0.65),
        _line("Please print clearly", 0.12, 0.012),
    ]
    assert propose_name(lines) == "Application for Extension of Time to File"


def test_a_page_without_words_has_no_invented_title() -> None:
    assert propose_name([_line("123", 0.1, 0.02)]) == "Untitled form"


@pytest.mark.parametrize(
    ("texts", "label"),
    [
        (["給与所得の源泉徴収票", "令和６年分"], "令和6年分"),
        (["Claim", "(Rev. March 2022)"], "Rev. March 2022"),
        (["Claim", "Rev. 3-2022"], "Rev. 3-2022"),
        (["Schedule A 2025"], "2025"),
        (["申込書", "第2.1版"], "第2.1版"),
        (["Order form"], "1"),
    ],
)
def test_the_edition_is_what_is_printed_or_one(texts: list[str], label: str) -> None:
    lines = [_line(text, 0.02 + 0.03 * i, 0.02) for i, text in enumerate(texts)]
    assert propose_version_label(lines) == label


def test_a_year_in_the_running_text_is_no_edition() -> None:
    assert propose_version_label([_line("for income earned in 2019 or later", 0.5, 0.012)]) == "1"
