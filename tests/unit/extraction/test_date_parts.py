"""Dates read blank by blank."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pymupdf
import pytest

from chohyo.domain.geometry import Box, Transform
from chohyo.domain.templates import FieldSpec, FieldType
from chohyo.extraction.date_parts import date_of, part_images
from chohyo.extraction.reading import read_fields
from chohyo.extraction.strokes import Window
from chohyo.models.ocr import RapidTextRecognizer, RecognizedText

SIZE = (400, 300)
# Blanks before 年, 月 and 日, in points.
BLANKS = ((100, 145), (165, 205), (225, 265))
PARTS = tuple(Box(x0 / 400, 0.2, x1 / 400, 0.3) for x0, x1 in BLANKS)
DATE = FieldSpec("d", "提出日", FieldType.DATE, 1, Box(0.14, 0.2, 0.7, 0.3), 1, parts=PARTS)


def page(*written: tuple[str, float]) -> np.ndarray:
    document = pymupdf.open()
    sheet = document.new_page(width=SIZE[0], height=SIZE[1])
    for text, x in (("令和", 60), ("年", 148), ("月", 208), ("日", 268)):
        sheet.insert_text((x, 80), text, fontname="japan", fontsize=14)
    for y in range(120, 290, 30):
        sheet.insert_text((40, y), "Statement of the facts above", fontsize=11)
    for text, x in written:
        sheet.insert_text((x, 80), text, fontsize=14)
    pixels = sheet.get_pixmap(dpi=200, colorspace=pymupdf.csGRAY)
    return np.frombuffer(pixels.samples, np.uint8).reshape(pixels.height, pixels.width).copy()


def read(scanned: np.ndarray, field: FieldSpec = DATE):
    laid = cv2.GaussianBlur(scanned, (3, 3), 0)
    (reading,) = read_fields(laid, Transform.identity(), page(), [field], RapidTextRecognizer())
    return reading


def line(text: str, sure: float = 0.9) -> RecognizedText:
    return RecognizedText(text, sure, (sure,) * len(text))


def test_an_empty_blank_takes_no_print_along_and_the_others_keep_their_units():
    written = page(("6", 120), ("2", 172))
    assert read(written).raw == "令和6年2月"
    assert read(written, replace(DATE, parts=())).raw == "令和6年2月日"


@pytest.mark.parametrize(
    ("blanks", "whole", "want"),
    [
        (("2020", "7", "21"), "20207日21日", "2020年7月21日"),
        (("6", "2", ""), "令和6年2月日6", "令和6年2月"),
        (("9", "", "47"), "19年月47日日", "9年47日"),
        (("4", "", "8"), "和4年月8日", "4年8日"),
    ],
)
def test_what_stands_in_each_blank_is_its_part(blanks, whole, want):
    found = date_of([line(text) for text in blanks], whole)
    assert found is not None
    assert found.text == want
    assert len(found.char_confidences) == len(found.text)


@pytest.mark.parametrize(
    ("blanks", "whole"),
    [
        (("54", "", "8"), "4年月8日"),  # the line is in order, and says something else
        (("x2", "7", "1"), "x2年7日1日"),  # no number
        (("12", "7", "2020"), "12/7.2020"),  # other print between
        (("", "", ""), "年月日"),
    ],
)
def test_a_line_is_kept_where_the_blanks_tell_nothing_better(blanks, whole):
    assert date_of([line(text) if text else line("", 0.0) for text in blanks], whole) is None


def test_strokes_go_to_the_blank_that_they_are_nearest_to():
    fill = np.zeros((300, 400), np.float32)
    for x in (140, 152, 180, 270):  # the second one leaves its blank, as the last one does
        fill[62:86, x : x + 6] = 1.0
    window = Window(50, 100, 50, 300)
    images = part_images(DATE, fill[window.cut], window, fill.shape)
    counts = [0 if image is None else int((image < 128).sum()) for image in images]
    assert counts == [2 * 24 * 6, 24 * 6, 24 * 6]


def test_parts_that_stand_under_one_another_are_no_blanks_of_a_line():
    low = tuple(Box(0.2, 0.2 + n / 10, 0.4, 0.25 + n / 10) for n in range(3))
    field = FieldSpec("d", "D", FieldType.DATE, 1, Box(0.2, 0.2, 0.4, 0.5), 1, parts=low)
    fill = np.zeros((300, 400), np.float32)
    assert part_images(field, fill, Window(0, 300, 0, 400), fill.shape) == ()
