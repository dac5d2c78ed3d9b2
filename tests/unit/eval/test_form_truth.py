"""The truth about filled forms agrees with the pixels."""

from __future__ import annotations

from itertools import combinations
from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray

from chohyo.domain.geometry import Box
from chohyo.domain.templates import FieldType
from chohyo.extraction.normalize import normalize
from eval.forms import (
    FORM_TYPES,
    HELD_BACK,
    FilledPage,
    filled_copies,
    form_type,
    render_template,
)
from eval.forms.editions import edition_differences, layout_edition
from eval.forms.filling import fill_page
from eval.forms.values import meaning_of, written

SAMPLED = ("leave", "enrolment", "travel-expense", "resignation", "tenancy")


def clean_copy(type_id: str, seed: int = 1, page: int = 1) -> FilledPage:
    edition = form_type(type_id).editions[-1]
    return filled_copies(type_id, edition, [seed], "clean", page=page)[0]


def ink_of(page: FilledPage) -> NDArray[np.bool_]:
    difference = page.blank.astype(int) - page.image.astype(int)
    return np.asarray(difference > 40)


def cut(pixels: NDArray[np.bool_], box: Box) -> NDArray[np.bool_]:
    height, width = pixels.shape
    rows = slice(int(box.y0 * height), int(np.ceil(box.y1 * height)))
    return pixels[rows, int(box.x0 * width) : int(np.ceil(box.x1 * width))]


@pytest.mark.parametrize("type_id", SAMPLED)
def test_ink_appears_in_the_text_box_of_every_written_field(type_id: str) -> None:
    page = clean_copy(type_id)
    ink = ink_of(page)
    written = [f for f in page.fields if f.value and f.kind == "text"]
    assert len(written) > 5
    for field in written:
        assert field.text_box is not None
        assert cut(ink, field.text_box).any(), field.name


@pytest.mark.parametrize("type_id", SAMPLED)
def test_nothing_is_inked_outside_the_places_the_truth_names(type_id: str) -> None:
    page = clean_copy(type_id)
    ink = ink_of(page)
    height, width = ink.shape
    for field in page.fields:
        if field.value:
            reach = field.box if field.text_box is None else field.box.union(field.text_box)
            cut(ink, reach.grown(4 / width, 4 / height))[:] = False
    assert ink.sum() == 0


def test_an_empty_field_has_neither_value_nor_text_box() -> None:
    fields = [f for seed in range(3) for f in clean_copy("leave", seed).fields if not f.value]
    assert fields
    assert all(f.text_box is None and f.normalized is None for f in fields)


@pytest.mark.parametrize("type_id", sorted(FORM_TYPES))
def test_every_field_has_its_own_name_and_a_printed_label_and_lies_on_the_page(
    type_id: str,
) -> None:
    form = form_type(type_id)
    for edition in form.editions:
        for page in range(1, len(form.pages) + 1):
            sheet = form.sheet(edition, page)
            names = [blank.name for blank in sheet.blanks]
            assert len(set(names)) == len(names)
            assert [b.name for b in sheet.blanks if b.label_area is None] == []
            for blank in sheet.blanks:
                assert 0 <= blank.area.x0 < blank.area.x1 <= sheet.width
                assert 0 <= blank.area.y0 < blank.area.y1 <= sheet.height


@pytest.mark.parametrize("type_id", sorted(FORM_TYPES))
def test_no_place_to_write_overlaps_another(type_id: str) -> None:
    form = form_type(type_id)
    for page in range(1, len(form.pages) + 1):
        areas = [(b.name, b.area) for b in form.sheet(form.editions[-1], page).blanks]
        for (one, a), (other, b) in combinations(areas, 2):
            wide = min(a.x1, b.x1) - max(a.x0, b.x0)
            high = min(a.y1, b.y1) - max(a.y0, b.y0)
            assert wide < 0.01 or high < 0.01, (one, other)


def test_an_era_date_reads_with_its_print_and_is_normalised_to_iso() -> None:
    field = next(f for f in clean_copy("leave").fields if f.name == "filed_on")
    assert field.type is FieldType.DATE
    year, month, day = (piece for _, piece in field.parts)
    assert field.value == f"令和{year}年{month}月{day}日"
    assert field.normalized == f"{int(year) + 2018}-{int(month):02d}-{int(day):02d}"


def test_exactly_the_chosen_word_of_a_choice_is_marked() -> None:
    fields = clean_copy("certificate").fields
    marks = {f.option: f.value for f in fields if f.group == "sex"}
    assert sorted(marks) == ["女", "男"]
    assert sorted(marks.values()) == ["", "yes"]


def test_boxes_of_which_several_may_be_ticked_are_no_choice_and_are_named_by_their_words() -> None:
    fields = clean_copy("questionnaire").fields
    symptoms = [f for f in fields if f.group == "symptoms"]
    assert {(f.type, f.normalized) for f in symptoms} == {
        (FieldType.CHECKBOX, True), (FieldType.CHECKBOX, False)
    }  # fmt: skip
    assert all(f.label == f.option and f.label_box is not None for f in symptoms)
    assert sum(bool(f.value) for f in symptoms) == sum(f.normalized is True for f in symptoms)
    assert {f.type for f in fields if f.group == "pregnant"} == {FieldType.CHOICE}


def test_the_sums_of_an_invoice_add_up() -> None:
    for seed in range(20):
        case = form_type("invoice").case(Random(seed))
        amounts = [v for n, v in case.items() if n.endswith("_amount")]
        assert sum(amounts) == case["net"]
        assert case["net"] + case["tax"] == case["grand_total"]


def test_an_age_agrees_with_the_birth_date() -> None:
    for seed in range(20):
        case = form_type("questionnaire").case(Random(seed))
        birth, on = str(case["birth"]), str(case["filled_on"])
        assert case["age"] == int(on[:4]) - int(birth[:4]) - (on[5:] < birth[5:])


def test_both_pages_of_a_form_tell_of_the_same_person() -> None:
    front, back = (clean_copy("membership", 4, page) for page in (1, 2))
    name = next(f.value for f in front.fields if f.name == "member")
    assert name == next(f.value for f in back.fields if f.name == "signature")
    assert front.ink == back.ink


def test_the_same_seed_gives_the_same_pixels_and_another_seed_others() -> None:
    form = form_type("receipt")
    first, again, other = (
        fill_page(form, "2023", 1, seed, color=True, dpi=100) for seed in (5, 5, 6)
    )
    assert np.array_equal(first.image, again.image)
    assert first.fields == again.fields
    assert first.fields != other.fields


TWO_EDITIONS = sorted(form.id for form in FORM_TYPES.values() if len(form.editions) == 2)


@pytest.mark.parametrize("type_id", TWO_EDITIONS)
def test_two_editions_differ_in_a_small_part_of_the_print_and_nowhere_else(type_id: str) -> None:
    form = form_type(type_id)
    old, new = (render_template(type_id, edition, dpi=100).astype(int) for edition in form.editions)
    differing = np.abs(old - new) > 60
    height, width = differing.shape
    assert differing.any()
    assert differing.mean() < 0.02
    for box in edition_differences(form, *form.editions):
        cut(differing, box.grown(2 / width, 2 / height))[:] = False
    assert not differing.any()


def test_there_are_enough_types_in_each_language_and_in_two_editions() -> None:
    japanese = [form for form in FORM_TYPES.values() if form.lang == "ja"]
    assert len(FORM_TYPES) >= 16
    assert len(japanese) >= 10
    assert len(TWO_EDITIONS) >= 8
    assert {len(form.pages) for form in FORM_TYPES.values()} == {1, 2, 3}


def test_what_is_written_downwards_is_marked_and_reads_with_kanji_numbers() -> None:
    fields = {field.name: field for field in clean_copy("resignation").fields}
    filed = fields["filed_on"]
    year, month, day = (piece for _, piece in filed.parts)
    assert filed.value == f"令和{year}年{month}月{day}日"
    assert set(year + month + day) <= set("一二三四五六七八九十")
    assert fields["applicant"].box.height > 3 * fields["applicant"].box.width


def test_each_value_says_whether_a_hand_a_machine_or_a_seal_put_it_there() -> None:
    typed = next(
        page for page in (clean_copy("tenancy", seed, 3) for seed in range(9))
        if page.ink.startswith("typed")
    )  # fmt: skip
    writing = {field.name: field.writing for field in typed.fields}
    assert writing["cost_total"] == "machine"
    assert writing["signature"] == "hand"
    assert writing["seal_signature"] == "seal"
    assert {field.writing for field in typed.fields if not field.value} == {""}


def test_the_costs_of_a_tenancy_add_up_and_the_household_counts_its_people() -> None:
    for seed in range(20):
        case = form_type("tenancy").case(Random(seed))
        amounts = [v for n, v in case.items() if n.startswith("cost_") and n.endswith("_amount")]
        assert sum(amounts) == case["cost_total"]
        inmates = [n for n in case if n.startswith("inmate_") and n.endswith("_name")]
        assert case["household_size"] == len(inmates) + 1


def test_a_page_with_the_same_print_in_two_editions_is_one_layout() -> None:
    form = form_type("leave")
    assert layout_edition(form, "2022", 1) == "2022"
    assert layout_edition(form, "2024", 1) == "2024"


def test_an_unknown_edition_is_refused() -> None:
    with pytest.raises(KeyError):
        form_type("leave").sheet("1999")


@pytest.mark.parametrize("type_id", sorted(HELD_BACK))
def test_words_held_back_come_once_each_with_values_of_their_type(type_id: str) -> None:
    form = form_type(type_id)
    assert type_id not in FORM_TYPES
    sheets = [form.sheet(edition) for edition in form.editions]
    labels = [blank.label for sheet in sheets for blank in sheet.blanks]
    assert len(set(labels)) == len(labels) > 120
    case = form.case(Random(3))
    strict = {FieldType.MY_NUMBER, FieldType.CORPORATE_NUMBER, FieldType.SSN, FieldType.EIN}
    for blank in (blank for sheet in sheets for blank in sheet.blanks):
        text = written(blank, meaning_of(blank, case), form.lang)
        assert text, blank.label
        if blank.type in {*strict, FieldType.DATE, FieldType.TIME, FieldType.PHONE}:
            normalize(blank.type, text)
