"""What counts as read rightly, and what the whole-page baseline is given."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from chohyo.domain.geometry import Box
from chohyo.domain.templates import FieldOption, FieldSpec, FieldType
from chohyo.domain.values import Reading, ValueSource
from chohyo.models.ocr import TextLine
from eval.corpus import CorpusPage
from eval.extraction.baseline import assigned, score
from eval.extraction.figures import ReadPage, figures_by_type, reading_figures
from eval.extraction.judging import (
    as_written,
    edit_distance,
    end_to_end,
    is_as_written,
    judge,
    options_read,
)
from eval.extraction.mistakes import reading_mistakes
from eval.extraction.truth import FilledPage, TrueField, comparable
from eval.metrics.calibration import calibration_error, reliability
from eval.metrics.intervals import measure


def true_field(name: str, value: str, x0: float = 0.1, kind: str = "text") -> TrueField:
    box = Box(x0, 0.1, x0 + 0.2, 0.2)
    corners = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
    return TrueField(name, kind, value, box, corners, box if value else None, None, None)


def filled(*fields: TrueField, kind: str = "scan", ink: str = "helv") -> FilledPage:
    return FilledPage(CorpusPage("p.png", Path(), "a@1", "a", kind), ink, fields)


def spec(name: str, box: Box, kind: FieldType = FieldType.TEXT) -> FieldSpec:
    return FieldSpec(name, "", kind, 1, box, 1)


def reading(raw: str, confidence: float = 0.9) -> Reading:
    box = Box(0.1, 0.1, 0.3, 0.2)
    return Reading(raw, raw or None, confidence, not raw, True, box, ValueSource.OCR)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("ＡＢＣ　１２", "ABC 12", True),
        ("田中　太郎", "田中太郎", True),
        ("Amber  Lee ", "Amber Lee", True),
        ("AmberLee", "Amber Lee", False),
        ("O", "0", False),
    ],
)
def test_values_are_compared_without_width_and_layout_spaces(one, other, same):
    assert (comparable(one) == comparable(other)) is same


def test_a_page_is_judged_by_values_empties_and_marks():
    page = filled(
        true_field("a", "12"), true_field("b", "", 0.4), true_field("c", "yes", 0.7, "check")
    )
    judged = judge(page, {"a": reading("13"), "b": reading(""), "c": None})
    assert [each.right for each in judged] == [False, True, False]
    assert [each.found_empty for each in judged] == [False, True, None]
    assert judged[0].distance == 1


def test_an_empty_field_that_another_value_runs_into_is_not_counted():
    long = true_field("a", "a long value")
    page = filled(long, true_field("b", "", 0.25))
    assert not judge(page, {})[1].countable


def test_end_to_end_takes_the_proposed_field_that_holds_the_true_one():
    page = filled(true_field("a", "12"), true_field("b", "34", 0.4))
    true = [spec("a", Box(0.1, 0.1, 0.3, 0.2)), spec("b", Box(0.4, 0.1, 0.6, 0.2))]
    proposed = [spec("x", Box(0.05, 0.08, 0.32, 0.22))]
    judged = end_to_end(page, true, proposed, [reading("12")])
    assert [each.right for each in judged] == [True, False]
    assert judged[1].found_empty is None


def test_cells_joined_to_a_comb_are_right_when_its_letters_are_theirs():
    page = filled(true_field("a", "8", 0.1), true_field("b", "4", 0.31), true_field("c", "", 0.52))
    true = [spec(f.name, f.box) for f in page.fields]
    comb = [spec("comb", Box(0.1, 0.1, 0.72, 0.2))]
    right = end_to_end(page, true, comb, [reading("8.4")])
    assert [each.right for each in right] == [True, True, False]
    assert not any(each.right for each in end_to_end(page, true, comb, [reading("48")]))


def test_cells_joined_to_a_date_are_right_when_its_numbers_are_theirs():
    page = filled(true_field("y", "6"), true_field("m", "5", 0.3), true_field("d", "21", 0.5))
    true = [spec(f.name, f.box) for f in page.fields]
    date = [spec("date", Box(0.1, 0.1, 0.7, 0.2), FieldType.DATE)]
    right = end_to_end(page, true, date, [reading("令和6年5月21日")])
    wrong = end_to_end(page, true, date, [reading("令和6年5月2日")])
    assert all(each.right for each in right)
    assert not any(each.right for each in wrong)


def test_the_parts_of_a_date_in_a_tilted_row_are_in_order_from_the_left():
    low = [(0.1, 0.1551, "7"), (0.3, 0.1549, "11"), (0.5, 0.1547, "26")]
    fields = [
        replace(true_field(text, text, x), box=Box(x, y - 0.05, x + 0.2, y + 0.05))
        for x, y, text in low
    ]
    true = [spec(f.name, f.box) for f in fields]
    date = [spec("date", Box(0.1, 0.1, 0.7, 0.21), FieldType.DATE)]
    judged = end_to_end(filled(*fields), true, date, [reading("7年11月26日")])
    assert all(each.right for each in judged)


def test_a_date_in_cells_that_are_not_all_filled_is_right_when_its_letters_are_theirs():
    page = filled(true_field("a", "8", 0.1), true_field("b", "", 0.31), true_field("c", "4", 0.52))
    true = [spec(f.name, f.box) for f in page.fields]
    box = Box(0.1, 0.1, 0.72, 0.2)
    date = spec("date", box, FieldType.DATE)
    right = end_to_end(page, true, [date], [reading("84")])
    assert [each.right for each in right] == [True, False, True]
    assert is_as_written(page, date, replace(reading("84"), box=box))
    assert not is_as_written(page, date, replace(reading("48"), box=box))


@pytest.mark.parametrize(
    ("raw", "right"),
    [("男", [True, True]), ("女", [False, False]), ("男, 女", [True, False]), ("", [False, True])],
)
def test_a_mark_in_a_choice_is_right_when_its_own_option_is_read(raw, right):
    page = filled(true_field("m", "yes", 0.1, "circle"), true_field("f", "", 0.4, "circle"))
    true = [spec(f.name, f.box, FieldType.CHOICE) for f in page.fields]
    options = tuple(FieldOption(*each) for each in zip("男女", (f.box for f in true), strict=True))
    choice = replace(spec("sex", Box(0.1, 0.1, 0.6, 0.2), FieldType.CHOICE), options=options)
    assert [each.right for each in end_to_end(page, true, [choice], [reading(raw)])] == right


def test_a_mark_between_the_options_of_a_choice_is_found_by_nothing():
    page = filled(true_field("m", "", 0.3, "circle"))
    true = [spec("m", page.fields[0].box, FieldType.CHOICE)]
    options = (
        FieldOption("男", Box(0.0, 0.1, 0.2, 0.2)),
        FieldOption("女", Box(0.6, 0.1, 0.8, 0.2)),
    )
    choice = replace(spec("sex", Box(0.0, 0.1, 0.8, 0.2), FieldType.CHOICE), options=options)
    assert not end_to_end(page, true, [choice], [reading("男")])[0].right


def test_options_are_told_apart_where_one_has_a_comma_in_it():
    assert options_read("a, b, c", ["a, b", "b", "c"]) == {"a, b", "c"}
    assert options_read("10", ["1", "10"]) == {"10"}


def test_the_baseline_cuts_a_line_at_the_borders_of_fields():
    page = filled(true_field("a", "12"), true_field("b", "34", 0.4))
    box = Box(0.15, 0.12, 0.55, 0.18)
    quad = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
    assert assigned(page, [TextLine("1234", box, 0.9, quad)]) == {"a": "12", "b": "34"}
    assert score(page, [TextLine("1235", box, 0.9, quad)]) == (1, 2)


@pytest.mark.parametrize(("want", "got", "steps"), [("", "ab", 2), ("kitten", "sitting", 3)])
def test_the_edit_distance_is_levenshteins(want, got, steps):
    assert edit_distance(want, got) == steps


def test_confidence_that_says_how_often_it_is_right_has_no_error():
    honest = [[(0.75, True), (0.75, True), (0.75, True), (0.75, False)]]
    boastful = [[(0.95, False), (0.95, True)]]
    assert measure(calibration_error(honest), ["scan"], 0).value == 0
    assert measure(calibration_error(boastful), ["scan"], 0).value == pytest.approx(0.45)
    assert reliability(boastful) == [{"values": 2, "confidence": 0.95, "right": 0.5}]


def test_figures_are_shares_of_fields_and_mistakes_name_them():
    page = filled(true_field("a", "12"), true_field("b", "", 0.4), true_field("c", "9", 0.7))
    judged = judge(page, {"a": reading("12"), "b": reading("x"), "c": reading("")})
    read = [ReadPage(page, True, judged, judged, 0.5, (1, 2, 2.0))]
    figures = {name: figure.value for name, figure in reading_figures(read, 0).items()}
    assert figures["exact_match"] == figures["baseline_exact_match"] == 0.5
    assert figures["empty_accuracy"] == pytest.approx(1 / 3)
    assert figures["checkbox_accuracy"] is None
    assert (figures["ms_per_page"], figures["baseline_ms_per_page"]) == (500, 2000)
    assert figures_by_type(read)["exact_match_true_boxes"] == {"text": 0.5}
    problems = [mistake.problem for mistake in reading_mistakes(read)]
    assert problems == ["written-called-empty", "empty-called-written"]


def test_a_page_that_does_not_lie_on_its_form_counts_as_read_wrongly():
    page = filled(true_field("a", "12"))
    lost = judge(page, {})
    read = [ReadPage(page, False, lost, lost, 0.0)]
    assert reading_figures(read, 0)["exact_match"].value == 0
    assert reading_mistakes(read)[0].problem == "not-registered"


def test_a_reading_is_as_written_when_it_is_the_one_value_in_its_box():
    page = filled(true_field("a", "12"), true_field("b", "34", 0.4), true_field("c", "", 0.7))

    def told(text: str, box: Box) -> bool:
        return is_as_written(page, spec("x", box), replace(reading(text), box=box))

    around_a, around_both = Box(0.05, 0.08, 0.35, 0.22), Box(0.05, 0.08, 0.65, 0.22)
    assert told("12", around_a)
    assert not told("1", around_a)
    assert not told("1234", around_both)
    assert not told("12", around_both)
    assert told("", Box(0.7, 0.1, 0.9, 0.2))
    assert not told("x", Box(0.7, 0.1, 0.9, 0.2))
    assert not told("", around_a)


def test_how_sure_proposed_fields_are_is_judged_by_what_their_boxes_hold():
    page = filled(true_field("a", "12"))
    box = Box(0.1, 0.1, 0.3, 0.2)
    drawn = Reading("", True, 0.9, False, True, box, ValueSource.INK)
    told = as_written(page, [spec("x", box), spec("y", box)], [reading("12", 0.8), drawn])
    assert told == [(0.8, True)]
    read = [ReadPage(page, True, [], [], 0.5, proposed=told)]
    figures = {name: figure.value for name, figure in reading_figures(read, 0).items()}
    assert figures["calibration_error_proposed"] == pytest.approx(0.2)
    assert figures["taken_at_1_percent_proposed"] == 1.0
