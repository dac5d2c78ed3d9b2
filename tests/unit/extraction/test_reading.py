from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from membership_form import ROWS, checkbox_box, draw, scan, value_box

from chohyo.domain.geometry import Box, Transform
from chohyo.domain.templates import FieldEvidence, FieldOption, FieldSpec, FieldType
from chohyo.domain.values import Reading, ValueSource
from chohyo.errors import PageMisplacedError
from chohyo.extraction.reading import _best, joined, read_fields, read_with_signs
from chohyo.extraction.writing import fuller
from chohyo.models.ocr import RapidTextRecognizer, RecognizedText

TYPES = [FieldType.PERSON_NAME, FieldType.DATE, FieldType.AMOUNT, FieldType.PHONE]


def _fields() -> list[FieldSpec]:
    rows = [
        FieldSpec(f"row_{i}", label, kind, 1, value_box(i), i)
        for i, ((label, _), kind) in enumerate(zip(ROWS, TYPES, strict=True))
    ]
    return [*rows, FieldSpec("agree", "I agree", FieldType.CHECKBOX, 1, checkbox_box(), 4)]


def _read(copy: int | None, fields: list[FieldSpec] | None = None) -> list[Reading]:
    page, transform = scan(draw(copy), seed=3, angle=0.5, shift=4.0)
    return read_fields(page, transform, draw(None), fields or _fields(), RapidTextRecognizer())


def test_printed_values_of_a_turned_scan_are_read_and_typed() -> None:
    name, born, amount, phone, _ = _read(0)
    assert name.raw.replace(" ", "") == "AmberLee"
    assert born.normalized == "1981-04-07"
    assert amount.normalized == 1204
    assert phone.normalized == "202-555-0143"
    assert all(r.valid and r.source is ValueSource.OCR for r in (name, born, amount, phone))


def test_fields_of_a_blank_page_are_empty_by_their_ink() -> None:
    for reading in _read(None):
        assert reading.empty
        assert reading.raw == ""
        assert reading.source is ValueSource.INK


class _FindsNoLetters(RapidTextRecognizer):
    """Reads as the recogniser does where a shadow is all there is."""

    def read_regions(self, images: Sequence[np.ndarray]) -> list[RecognizedText]:
        return [RecognizedText("", 0.0, ()) for _ in images]


def test_ink_without_letters_is_not_taken_for_empty_and_is_not_sure_to_be_wrong() -> None:
    page, transform = scan(draw(0), seed=3)
    field = _fields()[:1]

    (reading,) = read_fields(page, transform, draw(None), field, _FindsNoLetters())

    assert reading.raw == ""
    assert not reading.empty
    assert 0.6 < reading.confidence < 0.9


@pytest.mark.parametrize(("copy", "ticked"), [(0, True), (1, False)])
def test_a_checkbox_is_decided_by_its_ink(copy: int, ticked: bool) -> None:
    assert _read(copy)[4].normalized is ticked


def test_the_place_of_a_box_is_in_doubt_until_a_person_has_said_it() -> None:
    found = replace(_fields()[2], evidence=(FieldEvidence.FILLED, FieldEvidence.LABEL_BESIDE))
    page, transform = scan(draw(0), seed=3)
    signed = [
        read_with_signs(page, transform, draw(None), [field], RapidTextRecognizer())[0]
        for field in (found, found.placed(), replace(found, evidence=()))
    ]
    assert [bool(each.signs and each.signs.place) for each in signed] == [True, False, False]
    assert signed[1].reading == signed[2].reading


def test_a_value_that_breaks_its_type_keeps_its_raw_text_and_is_invalid() -> None:
    wrong = FieldSpec("n", "Full name", FieldType.AMOUNT, 1, value_box(0), 1)
    (reading,) = _read(0, [wrong])
    assert reading.raw.startswith("Amber")
    assert reading.normalized is None
    assert not reading.valid
    assert not reading.empty


def test_the_region_that_was_read_lies_on_the_page_where_the_value_is() -> None:
    page, transform = scan(draw(0), seed=3, angle=1.5, shift=9.0)
    (reading,) = read_fields(page, transform, draw(None), _fields()[:1], RapidTextRecognizer())
    x, y = transform.inverse().point(*value_box(0).center)
    assert abs(reading.box.center[0] - x) < 0.005
    assert abs(reading.box.center[1] - y) < 0.005
    assert all(type(edge) is float for edge in reading.box.as_list())


def test_a_circled_word_is_chosen_and_the_other_is_not() -> None:
    blank = np.full((600, 800), 255, np.uint8)
    import cv2

    for word, x in (("YES", 200), ("NO", 400)):
        cv2.putText(blank, word, (x, 300), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    for y in range(40, 560, 60):
        cv2.putText(blank, "Terms of the form", (60, y), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 0, 1)
    page = blank.copy()
    cv2.ellipse(page, (224, 292), (36, 22), 0, 0, 360, 40, 2)
    options = (
        FieldOption("yes", Box(185 / 800, 268 / 600, 262 / 800, 316 / 600)),
        FieldOption("no", Box(385 / 800, 268 / 600, 462 / 800, 316 / 600)),
    )
    box = options[0].box.union(options[1].box)
    field = FieldSpec("c", "Choose", FieldType.CHOICE, 1, box, 1, options=options)
    recognizer = RapidTextRecognizer()
    (marked,) = read_fields(page, Transform.identity(), blank, [field], recognizer)
    (untouched,) = read_fields(blank, Transform.identity(), blank, [field], recognizer)
    assert marked.normalized == "yes"
    assert untouched.empty


@pytest.mark.parametrize(("aside", "comb"), [(0, 7), (12, 7), (12, 0), (-12, 0)])
def test_letters_of_a_comb_are_read_as_one_word_though_they_stand_on_its_walls(
    aside: int, comb: int
) -> None:
    import cv2

    blank = np.full((600, 800), 255, np.uint8)
    for i in range(7):
        cv2.rectangle(blank, (100 + 40 * i, 200), (140 + 40 * i, 250), 0, 2)
    for y in (60, 120, 320, 400, 480):
        cv2.putText(blank, "Insured person's number", (60, y), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 0, 2)
    page = blank.copy()
    for i, digit in enumerate("4830572"):
        cv2.putText(page, digit, (111 + aside + 40 * i, 237), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2)
    box = Box(100 / 800, 200 / 600, 380 / 800, 250 / 600)
    field = FieldSpec("no", "Number", FieldType.CODE, 1, box, 1, comb=comb)
    (reading,) = read_fields(page, Transform.identity(), blank, [field], RapidTextRecognizer())
    assert reading.normalized == "4830572"


def test_a_date_between_printed_parts_is_read_with_them() -> None:
    import cv2
    import pymupdf

    def page(filled: bool) -> np.ndarray:
        document = pymupdf.open()
        sheet = document.new_page(width=400, height=300)
        for text, x in (("令和", 60), ("年", 130), ("月", 180), ("日", 230)):
            sheet.insert_text((x, 80), text, fontname="japan", fontsize=14)
        for y in range(120, 290, 30):
            sheet.insert_text((40, y), "Statement of the facts above", fontsize=11)
        if filled:
            for text, x in (("6", 112), ("5", 160), ("21", 205)):
                sheet.insert_text((x, 80), text, fontsize=14)
        pixels = sheet.get_pixmap(dpi=200, colorspace=pymupdf.csGRAY)
        return np.frombuffer(pixels.samples, np.uint8).reshape(pixels.height, pixels.width).copy()

    field = FieldSpec("d", "提出日", FieldType.DATE, 1, Box(0.14, 0.2, 0.62, 0.3), 1)
    scanned = cv2.GaussianBlur(page(True), (3, 3), 0)
    (reading,) = read_fields(
        scanned, Transform.identity(), page(False), [field], RapidTextRecognizer()
    )
    assert reading.normalized == "2024-05-21"


def test_no_values_are_guessed_on_a_page_that_does_not_lie_on_its_form() -> None:
    page, transform = scan(draw(0), seed=3, angle=0.5, shift=4.0)
    askew = Transform((1.0, 0.0, 0.05, 0.0, 1.0, -0.06, 0.0, 0.0, 1.0)).after(transform)
    recognizer = RapidTextRecognizer()
    with pytest.raises(PageMisplacedError):
        read_fields(page, askew, draw(None), _fields(), recognizer, must_lie=True)
    assert read_fields(page, transform, draw(None), _fields(), recognizer, must_lie=True)


def test_a_date_takes_its_era_from_the_word_circled_before_it() -> None:
    import cv2

    blank = np.full((600, 800), 255, np.uint8)
    for word, x in (("S", 60), ("H", 100)):
        cv2.putText(blank, word, (x, 212), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 0, 2)
    for y in (60, 120, 320, 400, 480):
        cv2.putText(blank, "Date of birth of the insured", (60, y), 0, 0.7, 0, 2)
    page = blank.copy()
    cv2.ellipse(page, (107, 204), (18, 20), 0, 0, 360, 0, 2)
    cv2.putText(page, "3.12.31", (160, 212), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    options = tuple(
        FieldOption(word, Box((x - 18) / 800, 184 / 600, (x + 18) / 800, 224 / 600))
        for word, x in (("S", 67), ("H", 107))
    )
    era = FieldSpec("era", "", FieldType.CHOICE, 1, options[0].box.union(options[1].box), 1,
                    options=options)  # fmt: skip
    date = FieldSpec("born", "", FieldType.DATE, 1, Box(0.18, 180 / 600, 0.5, 230 / 600), 2)
    recognizer = RapidTextRecognizer()
    chosen, born = read_fields(page, Transform.identity(), blank, [era, date], recognizer)
    assert chosen.raw == "H"
    assert born.normalized == "1991-12-31"
    assert born.raw == "3.12.31"


def test_a_single_cell_of_a_date_is_read_without_the_print_beside_it() -> None:
    import cv2

    blank = np.full((600, 800), 255, np.uint8)
    for y in (60, 120, 320, 400, 480):
        cv2.putText(blank, "Date of the first visit", (60, y), 0, 0.7, 0, 2)
    cv2.putText(blank, "mo", (190, 237), 0, 0.8, 0, 2)
    page = blank.copy()
    cv2.putText(page, "8", (150, 237), 0, 0.9, 0, 2)
    field = FieldSpec("m", "", FieldType.DATE, 1, Box(0.15, 200 / 600, 0.32, 250 / 600), 1)
    (reading,) = read_fields(page, Transform.identity(), blank, [field], RapidTextRecognizer())
    assert reading.raw == "8"
    assert not reading.valid


def test_letters_that_leave_their_cells_of_a_comb_are_read_whole() -> None:
    import cv2

    blank = np.full((600, 800), 255, np.uint8)
    for i in range(6):
        cv2.line(blank, (100 + 40 * i, 230), (100 + 40 * i, 250), 0, 2)
    for y in (60, 120, 320, 400, 480):
        cv2.putText(blank, "Postal code of the sender", (60, y), 0, 0.7, 0, 2)
    page = blank.copy()
    for i, digit in enumerate("21201"):
        cv2.putText(page, digit, (124 + 40 * i, 226), 0, 0.8, 0, 2)
    field = FieldSpec("zip", "", FieldType.CODE, 1, Box(0.125, 196 / 600, 0.375, 250 / 600), 1,
                      comb=5)  # fmt: skip
    (reading,) = read_fields(page, Transform.identity(), blank, [field], RapidTextRecognizer())
    assert reading.normalized == "21201"


@pytest.mark.parametrize(
    ("kind", "lines", "text"),
    [
        (FieldType.TEXT, ["6, 197, 202"], "6,197,202"),
        (FieldType.TEXT, ["Ｒ７．　４．　１２"], "R7.4.12"),
        (FieldType.TEXT, ["1, 2"], "1, 2"),
        (FieldType.TEXT, ["2:7:43:0:37"], "2743037"),
        (FieldType.TEXT, ["10:30"], "10:30"),
        (FieldType.TEXT, ["変形性膝関節)"], "変形性膝関節"),
        (FieldType.TEXT, [")家族の援助あり"], "家族の援助あり"),
        (FieldType.TEXT, ["12歳("], "12歳"),
        (FieldType.TEXT, ["内科(外来)"], "内科(外来)"),
        (FieldType.TEXT, ["4月～6月"], "4月〜6月"),
        (FieldType.TEXT, ["1", "0"], "10"),
        (FieldType.TEXT, ["12 Elm St", "Salem"], "12 Elm St Salem"),
        (FieldType.PHONE, ["(614) 555 - 0110"], "(614) 555-0110"),
    ],
)
def test_the_text_of_a_field_has_the_spaces_that_were_written(
    kind: FieldType, lines: list[str], text: str
) -> None:
    field = FieldSpec("f", "F", kind, 1, Box(0, 0, 1, 1), 1)
    assert joined(field, [RecognizedText(line, 1.0, ()) for line in lines]) == text


def _text(text: str, weakest: float) -> RecognizedText:
    return RecognizedText(text, weakest, (weakest,) * len(text))


@pytest.mark.parametrize(
    ("alone", "both", "taken"),
    [
        (_text("収額", 0.96), _text("入院未収額", 0.83), "入院未収額"),
        (_text("3", 1.0), _text("13", 1.0), "3"),
        (_text("217", 1.0), _text("217]", 0.9), "217"),
        (_text("52", 1.0), _text("52円", 1.0), "52"),
        (_text("72、44704", 0.89), _text("72944704", 0.97), "72944704"),
        (_text("", 0.0), _text("令和", 0.9), "令和"),
        (_text("", 0.0), _text("|", 0.9), ""),
        (_text("家族", 0.9), _text("お達以上被", 0.1), "家族"),
    ],
)
def test_print_among_writing_is_read_along_where_it_is_part_of_the_value(
    alone: RecognizedText, both: RecognizedText, taken: str
) -> None:
    assert fuller([alone], [both])[0].text == taken


@pytest.mark.parametrize(("read", "value"), [("194:", "194"), (",2,812", "2,812"), (".5", ".5")])
def test_specks_before_and_behind_a_value_are_no_part_of_it(read: str, value: str) -> None:
    field = FieldSpec("f", "F", FieldType.TEXT, 1, Box(0, 0, 1, 1), 1)
    assert joined(field, [_text(read, 1.0)]) == value


def test_rules_between_the_cells_of_a_comb_are_no_ones() -> None:
    alone, both = _text("559399", 1.0), _text("5519399", 1.0)
    assert fuller([alone], [both], in_cells=True)[0].text == "559399"
    field = FieldSpec("f", "F", FieldType.TEXT, 1, Box(0, 0, 1, 1), 1, comb=9)
    assert joined(field, [_text("13.4[10|18", 1.0)]) == "1341018"


def test_parts_of_a_date_without_its_year_are_not_read_as_one_number() -> None:
    field = FieldSpec("f", "F", FieldType.DATE, 1, Box(0, 0, 1, 1), 1)
    alone, between = [_text("24", 1.0)], [_text("年2月4日", 0.9)]
    assert _best(field, alone, between) is between
    assert _best(field, [_text("2024/2/4", 1.0)], between)[0].text == "2024/2/4"
    assert _best(field, [_text("8", 1.0)], [_text("月8日", 0.9)])[0].text == "8"


def test_part_of_a_value_that_all_copies_shared_is_read_from_the_page() -> None:
    import cv2

    blank = np.full((600, 800), 255, np.uint8)
    for y in (60, 120, 420, 480, 540):
        cv2.putText(blank, "Statement of the facts above", (60, y), 0, 0.7, 0, 2)
    page = blank.copy()
    cv2.putText(blank, "Riv", (100, 300), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2)
    cv2.putText(page, "Riverside 52", (100, 300), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2)
    field = FieldSpec("f", "F", FieldType.TEXT, 1, Box(0.1, 0.43, 0.6, 0.54), 1)
    (reading,) = read_fields(page, Transform.identity(), blank, [field], RapidTextRecognizer())
    assert reading.raw == "Riverside 52"
