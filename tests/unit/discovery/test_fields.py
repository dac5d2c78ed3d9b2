from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from membership_form import (
    HEIGHT,
    ROWS,
    UNDERLINE,
    WIDTH,
    checkbox_box,
    filled_copies,
    rebuilt,
    value_box,
)

from chohyo.discovery.blank_form import BlankForm, rebuild
from chohyo.discovery.fields import BlankPage, propose_fields
from chohyo.domain.geometry import Box
from chohyo.domain.templates import FieldEvidence, FieldSpec, FieldType
from chohyo.models.ocr import TextLine


def _line(text: str, x: float, y: float, size: float) -> TextLine:
    box = Box(x / WIDTH, (y - size) / HEIGHT, (x + 0.5 * size * len(text)) / WIDTH, y / HEIGHT)
    corners = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
    return TextLine(text, box, 0.99, corners)


LINES = [
    _line("Membership Form", 130, 50, 20),
    *(_line(label, 45, 90 + 34 * i + 20, 10) for i, (label, _) in enumerate(ROWS)),
    _line("I agree to the rules", 76, 310, 10),
    _line("Sponsor", 40, 358, 10),
]


@pytest.fixture(scope="module")
def blank() -> BlankForm:
    return rebuilt(4)


@pytest.fixture(scope="module")
def fields(blank: BlankForm) -> list[FieldSpec]:
    return propose_fields([BlankPage(blank, LINES)])


def _at(fields: list[FieldSpec], box: Box) -> FieldSpec:
    return max(fields, key=lambda f: f.box.iou(box))


def test_a_value_cell_becomes_one_field_of_its_size(fields: list[FieldSpec]) -> None:
    for row in range(4):
        assert _at(fields, value_box(row)).box.iou(value_box(row)) > 0.8


def test_nothing_but_the_fields_is_proposed(fields: list[FieldSpec]) -> None:
    assert len(fields) == 6


def test_labels_in_the_next_cell_name_and_type_the_fields(fields: list[FieldSpec]) -> None:
    named = [_at(fields, value_box(row)) for row in range(4)]
    assert [f.label for f in named] == ["Full name", "Date of birth", "Total amount", "Phone"]
    assert [f.name for f in named] == ["full_name", "date_birth", "total_amount", "phone"]
    assert [f.type for f in named] == [
        FieldType.PERSON_NAME,
        FieldType.DATE,
        FieldType.AMOUNT,
        FieldType.PHONE,
    ]


def test_what_tells_of_a_person_is_marked_private(fields: list[FieldSpec]) -> None:
    assert [_at(fields, value_box(row)).pii for row in range(4)] == [True, True, False, True]


def test_a_square_becomes_a_checkbox_with_the_text_to_its_right(fields: list[FieldSpec]) -> None:
    box = _at(fields, checkbox_box())
    assert box.type is FieldType.CHECKBOX
    assert box.label == "I agree to the rules"
    assert box.fill_rate == 0.5
    assert not box.required


def test_a_small_box_whose_blurred_sides_grey_its_inside_is_a_checkbox(blank: BlankForm) -> None:
    assert _has_checkbox(_greyed(blank, beyond=0))


def test_a_box_on_grey_paper_is_left_alone(blank: BlankForm) -> None:
    assert not _has_checkbox(_greyed(blank, beyond=12))


def _greyed(blank: BlankForm, beyond: int) -> BlankForm:
    """Return the form with grey paper in its box to tick and so many pixels around it."""
    image, (height, width) = blank.image.copy(), blank.image.shape
    x0, y0, x1, y1 = checkbox_box().as_list()
    rows = slice(round(y0 * height) - beyond, round(y1 * height) + beyond)
    columns = slice(round(x0 * width) - beyond, round(x1 * width) + beyond)
    image[rows, columns] = np.minimum(image[rows, columns], 190)
    return replace(blank, image=image)


def _has_checkbox(blank: BlankForm) -> bool:
    fields = propose_fields([BlankPage(blank, [])])
    return any(f.type is FieldType.CHECKBOX and f.box.iou(checkbox_box()) > 0.5 for f in fields)


def test_writing_on_an_underline_takes_the_line_as_its_field(fields: list[FieldSpec]) -> None:
    sponsor = next(f for f in fields if f.label == "Sponsor")
    assert abs(sponsor.box.x0 * WIDTH - UNDERLINE[0]) < 4
    assert abs(sponsor.box.x1 * WIDTH - UNDERLINE[2]) < 4
    assert sponsor.fill_rate == 0.75


def test_a_field_filled_in_every_copy_is_required(fields: list[FieldSpec]) -> None:
    assert all(_at(fields, value_box(row)).required for row in range(4))


def test_fields_come_in_reading_order_with_unique_names(fields: list[FieldSpec]) -> None:
    assert [f.order for f in fields] == [1, 2, 3, 4, 5, 6]
    centres = [f.box.center[1] for f in fields]
    assert centres == sorted(centres)
    assert len({f.name for f in fields}) == 6


def test_names_stay_unique_over_the_pages_of_a_form(blank: BlankForm) -> None:
    page = BlankPage(blank, LINES)
    both = propose_fields([page, page])
    assert len({f.name for f in both}) == len(both) == 12
    assert {f.page_no for f in both} == {1, 2}


def test_the_same_copies_give_the_same_fields(blank: BlankForm, fields: list[FieldSpec]) -> None:
    assert propose_fields([BlankPage(blank, LINES)]) == fields


def test_each_field_says_what_spoke_for_it(fields: list[FieldSpec]) -> None:
    amount = _at(fields, value_box(2))
    assert amount.evidence == (
        FieldEvidence.FILLED,
        FieldEvidence.LABEL_BESIDE,
        FieldEvidence.TYPE_FROM_LABEL,
    )
    assert FieldEvidence.SQUARE in _at(fields, checkbox_box()).evidence


def test_a_drafted_name_does_not_depend_on_the_order_of_the_copies() -> None:
    images, moves, size = filled_copies(4)
    forwards, backwards = (
        propose_fields([BlankPage(rebuild(images[::step], moves[::step], size), LINES)])
        for step in (1, -1)
    )
    assert [spec.name for spec in forwards] == [spec.name for spec in backwards]
    assert forwards == backwards
