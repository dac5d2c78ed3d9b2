"""Text is drawn with MuPDF's own fonts and read back by the real networks."""

import re
import socket
from typing import Any

import cv2
import numpy as np
import pymupdf
import pytest

from chohyo.domain.geometry import Box
from chohyo.models.ocr import RapidTextRecognizer, RecognizedText, prepare_crop

LINES = ("Department of the Treasury", "給与所得の源泉徴収票", "Total 1,234,567")
JAPANESE = LINES[1]


@pytest.fixture(scope="module")
def recognizer() -> RapidTextRecognizer:
    return RapidTextRecognizer(intra_op_threads=1)


@pytest.fixture(scope="module")
def page() -> np.ndarray:
    """Draw the lines 100 points apart on a page of 400 × 400 points, 800 × 800 pixels."""
    document = pymupdf.open()
    drawn = document.new_page(width=400, height=400)
    for number, line in enumerate(LINES, start=1):
        font = "japan" if line == JAPANESE else "helv"
        drawn.insert_text((40, 100 * number), line, fontname=font, fontsize=20)
    pixels = drawn.get_pixmap(dpi=144, colorspace=pymupdf.csGRAY)
    return np.frombuffer(pixels.samples, np.uint8).reshape(pixels.height, pixels.width).copy()


def _box(number: int, x1: float = 0.85) -> Box:
    return Box(0.1, number * 0.25 - 0.045, x1, number * 0.25 + 0.01)


def _spaceless(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_the_lines_of_a_page_are_found_and_read_from_top_to_bottom(recognizer, page):
    lines = recognizer.read_page(page)
    assert [_spaceless(line.text) for line in lines] == [_spaceless(line) for line in LINES]
    assert all(line.confidence > 0.8 for line in lines)


def test_a_line_knows_its_place_in_fractions_of_the_page(recognizer, page):
    line = recognizer.read_page(page)[1]
    assert line.box.contains(0.2, 0.48)
    assert line.box.x0 == pytest.approx(0.1, abs=0.02)
    assert 0.04 < line.box.height < 0.1
    assert line.quad[0] == pytest.approx((line.box.x0, line.box.y0), abs=0.01)
    assert line.quad[2] == pytest.approx((line.box.x1, line.box.y1), abs=0.01)


def test_places_do_not_depend_on_the_resolution(recognizer, page):
    large = cv2.resize(page, (1200, 1200), interpolation=cv2.INTER_CUBIC)
    for small_line, large_line in zip(
        recognizer.read_page(page), recognizer.read_page(large), strict=True
    ):
        assert small_line.box.iou(large_line.box) > 0.7


def test_a_page_without_text_has_no_lines(recognizer):
    assert recognizer.read_page(np.full((300, 200), 255, np.uint8)) == []
    assert recognizer.read_page(np.empty((0, 0), np.uint8)) == []


def test_regions_are_read_in_the_order_they_were_given(recognizer, page):
    crops = [prepare_crop(page, _box(number)) for number in (3, 1, 2)]
    texts = [_spaceless(reading.text) for reading in recognizer.read_regions(crops)]
    assert texts == [_spaceless(LINES[number]) for number in (2, 0, 1)]


def test_every_character_of_a_region_has_a_confidence(recognizer, page):
    (reading,) = recognizer.read_regions([prepare_crop(page, _box(2))])
    assert len(reading.char_confidences) == len(reading.text) == len(JAPANESE)
    assert reading.confidence == pytest.approx(np.mean(reading.char_confidences), abs=1e-3)


def test_an_unsure_character_is_told_from_the_sure_ones(recognizer, page):
    crop = prepare_crop(page, _box(2))
    crop[:, 190:240] = cv2.blur(crop[:, 190:240], (15, 15))
    (reading,) = recognizer.read_regions([crop])
    assert min(reading.char_confidences) < 0.8 < reading.char_confidences[0]


def test_empty_and_blank_crops_give_empty_text_in_their_place(recognizer, page):
    nothing = np.empty((0, 40), np.uint8)
    blank = np.full((48, 120, 3), 255, np.uint8)
    readings = recognizer.read_regions([nothing, prepare_crop(page, _box(1)), blank])
    assert readings[0] == readings[2] == RecognizedText("", 0.0, ())
    assert readings[1].text
    assert recognizer.read_regions([]) == []


class _Counted:
    """A network that notes how many lines it has read."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self.lines = 0

    def run(self, names: None, given: dict[str, np.ndarray]) -> Any:
        self.lines += sum(len(lines) for lines in given.values())
        return self._session.run(names, given)


def test_lines_that_are_there_twice_are_read_once(recognizer, monkeypatch, page):
    line, other = prepare_crop(page, _box(1)), prepare_crop(page, _box(2))
    network = recognizer._network()
    counted = _Counted(network._session)
    monkeypatch.setattr(network, "_session", counted)
    first, second, third = recognizer.read_regions([line, other, line.copy()])
    assert first == third
    assert first.text != second.text
    assert counted.lines == 2


def test_grey_and_colour_crops_read_the_same(recognizer, page):
    grey = prepare_crop(page, _box(3))
    colour = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
    assert len({reading.text for reading in recognizer.read_regions([grey, colour])}) == 1


def test_small_print_is_still_read(recognizer, page):
    small = cv2.resize(page, None, fx=0.35, fy=0.35, interpolation=cv2.INTER_AREA)
    (reading,) = recognizer.read_regions([prepare_crop(small, _box(1))])
    assert _spaceless(reading.text) == _spaceless(LINES[0])


def test_a_crop_has_the_height_of_the_network_and_keeps_its_shape(page):
    crop = prepare_crop(page, Box(0.2, 0.2, 0.6, 0.3), margin=0.5)
    assert crop.shape == (48, 120)
    assert prepare_crop(page, Box(0.2, 0.2, 0.6, 0.3), margin=0).shape == (48, 192)


def test_a_crop_at_the_edge_stays_on_the_page_and_one_without_area_is_empty(page):
    assert prepare_crop(page, Box(0.9, 0.9, 1.0, 1.0), margin=1.0).shape == (48, 48)
    assert prepare_crop(page, Box(0.5, 0.5, 0.5, 0.5)).size == 0


def test_nothing_is_loaded_before_first_use_nor_ever_fetched(monkeypatch, page, caplog, capfd):
    def refuse(*_args: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    recognizer = RapidTextRecognizer()
    assert recognizer._loaded is None
    assert recognizer.read_page(page)
    assert capfd.readouterr() == ("", "")
    assert not caplog.records
