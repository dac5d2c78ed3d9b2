"""A page's stored text stands for its print only when it can be trusted."""

from pathlib import Path

import pymupdf
import pytest
from page_files import SENTENCE, born_digital, encoded, marked, without_text_mapping

from chohyo.pages.limits import Limits
from chohyo.pages.parsing import render_pages
from chohyo.pages.rendered import TextWord


@pytest.fixture
def pages(tmp_path: Path):
    """Return a function that gives the trusted words of each page of a document."""

    def trusted(document: pymupdf.Document) -> list[tuple[TextWord, ...]]:
        path = tmp_path / "upload"
        path.write_bytes(document.tobytes())
        return [page.words for page in render_pages(path, "upload", Limits())]

    return trusted


@pytest.fixture
def words(pages):
    """Return a function that gives the trusted words of a document's first page."""
    return lambda document: pages(document)[0]


def test_the_words_of_a_born_digital_page_are_kept_in_both_languages(words):
    document = born_digital()
    document[0].insert_text((60, 200), "給与所得の源泉徴収票", fontname="japan", fontsize=14)
    assert [word.text for word in words(document)] == [*SENTENCE.split(), "給与所得の源泉徴収票"]


def test_word_boxes_are_fractions_of_the_page(words):
    box = words(born_digital())[0].box
    assert box.x0 == pytest.approx(60 / 595, abs=0.002)
    assert box.y0 < 100 / 842 < box.y1
    assert box.x1 < 0.2


def test_word_boxes_follow_the_rotation_of_the_page(pages):
    document = born_digital(0, 90, 180)
    upright, quarter, half = (page[0].box.center for page in pages(document))
    assert quarter == pytest.approx((1 - upright[1], upright[0]), abs=0.002)
    assert half == pytest.approx((1 - upright[0], 1 - upright[1]), abs=0.002)


def test_word_boxes_follow_the_crop_of_the_page(words):
    document = born_digital()
    document[0].set_cropbox(pymupdf.Rect(50, 50, 450, 250))
    box = words(document)[0].box
    assert box.x0 == pytest.approx(10 / 400, abs=0.005)
    assert box.y0 < 50 / 200 < box.y1


def test_words_outside_the_page_are_dropped(words):
    document = born_digital()
    document[0].insert_text((60, 2000), "elsewhere")
    assert "elsewhere" not in {word.text for word in words(document)}


def test_what_was_typed_into_a_form_field_is_among_the_words(words):
    document = born_digital()
    field = pymupdf.Widget()
    field.field_type = pymupdf.PDF_WIDGET_TYPE_TEXT
    field.field_name, field.field_value = "name", "YAMADA"
    field.rect = pymupdf.Rect(60, 300, 300, 330)
    document[0].add_widget(field)
    found = {word.text: word.box for word in words(document)}
    assert found["YAMADA"].y0 > 290 / 842


def test_a_scan_with_an_ocr_layer_has_no_trusted_words(words):
    document = born_digital()
    document[0].insert_image(document[0].rect, stream=encoded(marked(595, 842), "JPEG"))
    assert words(document) == ()


def test_a_scan_in_strips_has_no_trusted_words(words):
    document = born_digital()
    for top in range(0, 800, 100):
        strip = pymupdf.Rect(0, top, 595, top + 100)
        document[0].insert_image(strip, stream=encoded(marked(595, 100), "JPEG"))
    assert words(document) == ()


def test_a_logo_does_not_take_the_trust_away(words):
    document = born_digital()
    document[0].insert_image(
        pymupdf.Rect(400, 20, 560, 80), stream=encoded(marked(160, 60), "JPEG")
    )
    assert len(words(document)) == len(SENTENCE.split())


def test_invisible_text_is_not_trusted(words):
    document = pymupdf.open()
    document.new_page().insert_text((60, 100), SENTENCE, render_mode=3)
    assert words(document) == ()


def test_text_without_meaning_is_not_trusted(words):
    assert words(without_text_mapping()) == ()


def test_a_page_with_next_to_no_text_is_left_to_ocr(words):
    assert words(born_digital(text="DRAFT")) == ()
