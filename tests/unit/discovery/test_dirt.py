"""What is no writing among the marks of copies."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from chohyo.discovery.blank_form import BlankForm
from chohyo.discovery.dirt import extent_of, is_dirt
from chohyo.discovery.field_regions import survey
from chohyo.discovery.fill_marks import Mark
from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.ruling import Ruling

HEIGHT, WIDTH = 2200, 1700
WRITING = PixelBox(600, 700, 760, 726)


def _page() -> tuple[BlankForm, Ruling]:
    text = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.putText(text, "Name", (200, 300), cv2.FONT_HERSHEY_SIMPLEX, 1, 1, 3)
    cv2.putText(text, "Page 1", (1400, 2000), cv2.FONT_HERSHEY_SIMPLEX, 1, 1, 3)
    none = np.zeros((HEIGHT, WIDTH), np.bool_)
    blank = BlankForm(
        np.where(text, 0, 255).astype(np.uint8),
        none.astype(np.float32),
        text > 0,
        np.zeros((4, HEIGHT // 2, WIDTH // 2), np.bool_),
        np.zeros((4, HEIGHT // 2, WIDTH // 2), np.bool_),
        4,
    )
    return blank, Ruling(none, none, text > 0)


def _is_dirt(box: PixelBox, *copies: int) -> bool:
    blank, ruling = _page()
    mark = Mark(box, tuple((copy, box) for copy in copies))
    return is_dirt(mark, blank, ruling, extent_of(ruling))


def test_a_word_of_one_copy_is_writing() -> None:
    assert not _is_dirt(WRITING, 0)


@pytest.mark.parametrize(
    "box",
    [
        pytest.param(PixelBox(600, 700, 606, 706), id="smaller than a letter"),
        pytest.param(PixelBox(600, 700, 608, 760), id="a scanner's streak"),
        pytest.param(PixelBox(90, 700, 130, 740), id="left of all print"),
        pytest.param(PixelBox(700, 2100, 900, 2130), id="below all print"),
        pytest.param(PixelBox(202, 276, 280, 302), id="on print"),
    ],
)
def test_what_one_copy_has_where_nobody_writes_is_dirt(box: PixelBox) -> None:
    assert _is_dirt(box, 2)


def test_what_most_copies_have_beyond_the_print_is_writing() -> None:
    assert not _is_dirt(PixelBox(700, 2100, 900, 2130), 0, 1, 3)


def test_nothing_lies_beyond_the_print_of_an_empty_page() -> None:
    none = np.zeros((HEIGHT, WIDTH), np.bool_)
    assert extent_of(Ruling(none, none, none)) == (0, 0, WIDTH, HEIGHT)


def test_a_dash_that_all_copies_have_alone_is_no_field() -> None:
    blank, _ = _page()
    fills = blank.fills.copy()
    fills[:, 500:503, 300:360] = True
    assert survey(replace(blank, fills=fills))[0] == []
    fills[:, 500:512, 300:360] = True
    assert len(survey(replace(blank, fills=fills))[0]) == 1
