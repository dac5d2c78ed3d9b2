"""Fields made of several, split, and put into rows."""

from __future__ import annotations

import pytest

from chohyo.domain.geometry import Box
from chohyo.domain.templates import FieldEvidence, FieldOption, FieldSpec, FieldType, TableCell
from chohyo.errors import InvalidInputError
from chohyo.services.reshaping import Axis, MergeKind, cut, divided, merged


def field(name: str, box: Box, kind: FieldType = FieldType.TEXT, **more: object) -> FieldSpec:
    label = str(more.pop("label", name))
    return FieldSpec(name, label, kind, 1, box, int(more.pop("order", 0)), **more)  # type: ignore[arg-type]


def row(number: int, width: float = 0.05, y: float = 0.2) -> list[Box]:
    return [Box(0.1 + n * width, y, 0.1 + (n + 1) * width, y + 0.03) for n in range(number)]


def test_year_month_and_day_become_one_date_with_its_parts() -> None:
    boxes = row(3)
    fields = [
        field(f"born_{n}", box, FieldType.INTEGER, label=f"生年月日 {part}", order=n, pii=n == 1)
        for n, (box, part) in enumerate(zip(boxes, "年月日", strict=True))
    ]
    (one,) = merged(list(reversed(fields)), MergeKind.ONE, {f.name for f in fields})
    assert (one.name, one.label, one.type) == ("born_0", "生年月日", FieldType.DATE)
    assert one.box == Box(0.1, 0.2, boxes[2].x1, 0.23)
    assert one.parts == tuple(boxes)
    assert one.pii
    assert [each.type for each in divided(one, None, {one.name})] == [FieldType.INTEGER] * 3
    assert [each.box for each in divided(one, None, {one.name})] == boxes


def test_cells_become_a_comb_and_the_comb_cells_again() -> None:
    boxes = row(5)
    fields = [field(f"digit_{n}", box) for n, box in enumerate(boxes)]
    (comb,) = merged(fields, MergeKind.COMB, {f.name for f in fields})
    assert (comb.comb, comb.type, comb.parts) == (5, FieldType.CODE, ())
    assert FieldEvidence.COMB in comb.evidence
    cells = divided(comb, None, {comb.name})
    assert [c.box.as_list() for c in cells] == [pytest.approx(b.as_list()) for b in boxes]
    assert [c.comb for c in cells] == [0] * 5


def test_boxes_to_tick_become_one_choice_and_come_apart_again() -> None:
    yes, no = row(2)
    fields = [
        field("yes", yes, FieldType.CHECKBOX, label="有", evidence=(FieldEvidence.SQUARE,)),
        field("no", no, FieldType.CHECKBOX, label="無", evidence=(FieldEvidence.SQUARE,)),
    ]
    (choice,) = merged(fields, MergeKind.ONE, {"yes", "no"})
    assert choice.options == (FieldOption("有", yes), FieldOption("無", no))
    placed = (FieldEvidence.SQUARE, FieldEvidence.PLACED)
    assert (choice.type, choice.evidence) == (FieldType.CHOICE, placed)
    apart = divided(choice, None, {"yes"})
    assert [(f.label, f.box, f.type) for f in apart] == [
        ("有", yes, FieldType.CHECKBOX), ("無", no, FieldType.CHECKBOX),
    ]  # fmt: skip


def test_fields_in_rows_become_a_table_with_one_type_a_column() -> None:
    fields = [
        field(f"{column}_{n}", row(2, 0.2, 0.2 + n * 0.04)[place], kind, order=3)
        for n in range(3)
        for place, (column, kind) in enumerate([("item", FieldType.TEXT), ("price", _price(n))])
    ]
    made = merged(fields, MergeKind.TABLE, {f.name for f in fields} | {"table"})
    assert [f.cell for f in made] == [
        TableCell("table_2", column, n) for n in (1, 2, 3) for column in ("item", "price")
    ]
    assert [f.name for f in made][:2] == ["table_2_item_1", "table_2_price_1"]
    assert {f.type for f in made if f.cell and f.cell.column == "price"} == {FieldType.AMOUNT}
    assert {f.order for f in made} == {3}


def _price(n: int) -> FieldType:
    return FieldType.INTEGER if n == 1 else FieldType.AMOUNT


def test_a_cut_gives_two_fields_whose_boxes_join() -> None:
    whole = field("name", Box(0.2, 0.3, 0.8, 0.4), FieldType.PERSON_NAME, comb=6, fill_rate=0.5)
    left, right = cut(whole, Axis.X, 0.4, {"name", "name_2"})
    assert (left.box.x1, right.box.x0) == (0.4, 0.4)
    assert (left.comb, right.comb) == (2, 4)
    assert (left.name, right.name) == ("name_1", "name_2_2")
    assert left.fill_rate is None  # nobody has measured the piece
    upper, lower = cut(whole, Axis.Y, 0.35, {"name"})
    assert (upper.box.y1, lower.box.y0, upper.comb) == (0.35, 0.35, 6)


@pytest.mark.parametrize(
    "fields",
    [
        [field("a", Box(0, 0, 0.1, 0.1)), field("a", Box(0, 0, 0.1, 0.1))],
        [
            field("a", Box(0, 0, 0.1, 0.1)),
            FieldSpec("b", "", FieldType.TEXT, 2, Box(0, 0, 1, 1), 1),
        ],
    ],
)
def test_one_field_or_two_pages_are_not_merged(fields: list[FieldSpec]) -> None:
    with pytest.raises(InvalidInputError):
        merged(fields, MergeKind.ONE, set())


def test_one_row_is_no_table() -> None:
    with pytest.raises(InvalidInputError):
        merged([field(f"f{n}", box) for n, box in enumerate(row(3))], MergeKind.TABLE, set())


def test_names_stay_unique_and_short_enough() -> None:
    long = "a" * 80
    pieces = divided(field(long, Box(0, 0, 0.9, 0.1)), 100, {long})
    names = {piece.name for piece in pieces}
    assert len(names) == 100
    assert max(map(len, names)) <= 80
