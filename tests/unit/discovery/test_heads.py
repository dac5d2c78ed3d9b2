"""What a form's head and foot say of it, and what that does to the families of groups."""

from __future__ import annotations

import numpy as np
import pytest

from chohyo.discovery.heads import Head, Relation, head_of, relation, strips
from chohyo.domain.geometry import Box
from chohyo.models.ocr import TextLine


def _line(text: str, y: float, height: float = 0.05) -> TextLine:
    box = Box(0.3, y, 0.7, y + height)
    corners = ((0.3, y), (0.7, y), (0.7, y + height), (0.3, y + height))
    return TextLine(text, box, 0.98, corners)


@pytest.mark.parametrize(
    ("lines", "head"),
    [
        (["令和6年分 休暇届", "氏名"], Head(("休暇届",), "")),
        (["Expense Report (Rev. 3-2024)", "Page 2"], Head(("expense", "report"), "2")),
        (["Expense Report", "see line 4 of the instructions and enter the sum on page 2"],
         Head(("expense", "report"), "")),
        (["Expense Report", "Page 3 of 8 - write in black ink, in capital letters, and alone."],
         Head(("expense", "report"), "3")),
        (["請求書", "2 / 3"], Head(("請求書",), "2")),
        (["請求書", "- 2 -"], Head(("請求書",), "2")),
        (["請求書", "発行日 2024/3/12"], Head(("請求書",), "")),
        ([], Head((), "")),
    ],
)  # fmt: skip
def test_a_head_is_the_title_without_its_edition_and_the_page(lines, head):
    placed = [_line(text, 0.2 + 0.7 * number) for number, text in enumerate(lines)]

    assert head_of(placed) == head


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (Head(("休暇届",), ""), Head(("休暇届",), ""), Relation.SAME),
        (Head(("休暇屈け出",), ""), Head(("休暇届け出",), ""), Relation.SAME),
        (Head(("注文書",), ""), Head(("請求書",), ""), Relation.UNTOLD),
        (Head(("明細書", "入院"), ""), Head(("明細書", "入院外"), ""), Relation.UNTOLD),
        (Head(("form", "8949"), ""), Head(("form", "8959"), ""), Relation.UNTOLD),
        (Head(("form", "8949"), "1"), Head(("form", "8949"), "2"), Relation.OTHER),
        (Head(("form", "8949"), ""), Head(("form", "8949"), "2"), Relation.UNTOLD),
        (Head((), ""), Head((), ""), Relation.UNTOLD),
    ],
)
def test_titles_are_one_but_for_misread_letters(one, other, found):
    assert relation(one, other) is relation(other, one) is found


def test_a_fraction_that_is_filled_in_numbers_no_page():
    assert head_of([_line("請求書", 0.2), _line("10 / 12", 0.4)]).page == ""


def test_only_head_and_foot_are_read():
    image = np.zeros((1000, 700), np.uint8)
    image[:250], image[930:] = 1, 2

    read = strips(image)

    assert read.shape == (320, 700)
    assert set(np.unique(read)) == {1, 2}
