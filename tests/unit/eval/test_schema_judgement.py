"""What counts for and against a proposed schema."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chohyo.domain.geometry import Box, Transform
from chohyo.domain.templates import FieldOption, FieldSpec, FieldType
from chohyo.domain.values import Reading, ValueSource
from eval.schema.figures import Judged, schema_figures
from eval.schema.labels import label_similarity
from eval.schema.matching import by_centre, by_overlap, match
from eval.schema.truth import FieldRow, PageRow, TrueField, true_fields
from eval.schema.values import normalized_right


def proposed(box: Box, kind: FieldType = FieldType.TEXT, name: str = "a", **more) -> FieldSpec:
    return FieldSpec(name, more.pop("label", "Name"), kind, 1, box, 1, **more)


def true(box: Box, kind: str = "text", semantic: str = "", label: str = "") -> TrueField:
    return TrueField(f"{box}", label, kind, semantic, box, ())


def row_of(count: int, y: float = 0.1) -> list[Box]:
    return [Box(0.1 * i, y, 0.1 * i + 0.08, y + 0.05) for i in range(1, count + 1)]


def values(judged: list[Judged]) -> dict[str, float | None]:
    return {name: figure.value for name, figure in schema_figures(judged, 0).items()}


def test_a_large_box_takes_one_true_field_and_no_more() -> None:
    boxes = row_of(3)
    wide = proposed(boxes[0].union(boxes[2]))
    found = match([wide], [true(box) for box in boxes], by_centre)
    assert (len(found.pairs), len(found.missed), len(found.surplus)) == (1, 2, 0)


def test_a_box_counts_by_overlap_or_by_covering_the_middle() -> None:
    field = true(Box(0.2, 0.2, 0.4, 0.3))
    grown = proposed(Box(0.2, 0.2, 0.4, 0.5))
    assert not match([grown], [field], by_overlap).pairs
    assert match([grown], [field], by_centre).pairs


@pytest.mark.parametrize("more", [{"comb": 3}, {"parts": tuple(row_of(3))}])
def test_a_divided_field_counts_as_its_parts_where_the_truth_does(more) -> None:
    boxes = [Box(0.1, 0.1, 0.2, 0.2), Box(0.2, 0.1, 0.3, 0.2), Box(0.3, 0.1, 0.4, 0.2)]
    whole = boxes[0].union(boxes[2]) if "comb" in more else row_of(3)[0].union(row_of(3)[2])
    cells = boxes if "comb" in more else row_of(3)
    field = proposed(whole, **more)
    assert len(match([field], [true(box) for box in cells], by_overlap).pairs) == 3
    assert len(match([field], [true(whole)], by_overlap).pairs) == 1


def test_options_match_marks_one_by_one() -> None:
    boxes = row_of(2)
    options = tuple(FieldOption(str(i), box) for i, box in enumerate(boxes))
    choice = proposed(boxes[0].union(boxes[1]), FieldType.CHOICE, options=options)
    marks = [true(box, "choice") for box in boxes]
    judged = Judged("a", "ja, scan", 3, [choice], marks)
    assert (judged.f1, values([judged])["type_accuracy"]) == (1.0, 1.0)


def test_figures_count_what_is_surplus_missed_and_mistyped() -> None:
    boxes = row_of(3)
    fields = [
        proposed(boxes[0], FieldType.DATE, "date", label="提出 日"),
        proposed(boxes[1], FieldType.CHECKBOX, "field_01", label="氏"),
        proposed(Box(0.1, 0.8, 0.2, 0.9), name="c"),
    ]
    truth = [
        true(boxes[0], "text", "date", "提出日"),
        true(boxes[1], "text", "person_name", "氏名"),
        true(boxes[2], "text", "amount"),
    ]
    found = values([Judged("a", "ja, scan", 5, fields, truth, seconds=4.0)])
    assert found["field_precision"] == found["field_recall"] == pytest.approx(2 / 3)
    assert (found["type_accuracy"], found["semantic_type_accuracy"]) == (0.5, 0.5)
    assert found["label_similarity"] == pytest.approx(0.75)
    assert found["name_unique"] == pytest.approx(2 / 3)
    assert found["seconds_per_template"] == 4.0


def test_values_count_normalised_by_the_type_that_was_proposed() -> None:
    box = row_of(1)[0]
    place = ((0.1, 0.1), (0.18, 0.1), (0.18, 0.15), (0.1, 0.15))
    row = FieldRow(f"{box}", "日", "text", "date", place, (), "2024/05/01", "2024-05-01")
    empty = replace(row, value="", normalized=None)
    copies = [PageRow("ja", "helv", (each,)) for each in (row, row, empty)]
    readings = {
        "a": [
            Reading(raw, None, 1.0, not raw, True, box, ValueSource.OCR)
            for raw in ("2024/05/01", "2024/05101", "")
        ]
    }
    for kind, right in ((FieldType.DATE, 1), (FieldType.TEXT, 0)):
        found = match([proposed(box, kind)], [true(box)], by_overlap)
        assert normalized_right([found], copies, readings) == (right, 2)
    judged = Judged("a", "ja, scan", 3, [proposed(box)], [true(box)], values=(1, 2))
    assert values([judged])["normalized_accuracy"] == 0.5


def test_a_form_that_failed_counts_as_missed() -> None:
    failed = Judged("a", "en, scan", 5, (), [true(box) for box in row_of(3)], failure="damaged")
    whole = Judged("b", "en, scan", 5, [proposed(row_of(1)[0])], [true(row_of(1)[0])])
    assert values([failed, whole])["field_recall"] == 0.25


def test_labels_are_compared_without_widths_spaces_and_signs() -> None:
    assert label_similarity("Ｔｏｔａｌ amount:", "total_amount") == 1.0
    assert label_similarity("氏名", "会社名") == pytest.approx(1 / 3)
    assert label_similarity("", "氏名") == 0.0


def test_truth_lies_where_most_copies_have_it() -> None:
    def row(x: float) -> PageRow:
        quad = ((x, 0.1), (x + 0.2, 0.1), (x + 0.2, 0.2), (x, 0.2))
        return PageRow("en", "helv", (FieldRow("a", "A", "text", "", quad, (), "", None),))

    pages = [(row(x), Transform.identity()) for x in (0.1, 0.11, 0.4)]
    (field,) = true_fields(pages)
    assert field.box.x0 == pytest.approx(0.11)
