"""Tables with repeating rows, and the names of their columns."""

from __future__ import annotations

import numpy as np

from chohyo.discovery.field_labels import LabelFinder
from chohyo.discovery.field_regions import find_residue
from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.printed_text import Printed
from chohyo.discovery.region import Region, RegionKind
from chohyo.discovery.region_growth import Surroundings
from chohyo.discovery.ruling import Ruling
from chohyo.discovery.table_heads import headed_cells
from chohyo.discovery.tables import find_tables

EMPTY = np.zeros((800, 1000), np.bool_)
COLUMNS = ((100, 400), (410, 500), (510, 700))


def _grid(rows: int) -> list[Region]:
    return [
        Region(RegionKind.TEXT, PixelBox(x0, 200 + 40 * row, x1, 236 + 40 * row), frozenset({row}))
        for row in range(rows)
        for x0, x1 in COLUMNS
    ]


def _finder(*printed: tuple[str, int, int]) -> LabelFinder:
    lines = [Printed(t, PixelBox(x, y, x + 28 * len(t), y + 28)) for t, x, y in printed]
    return LabelFinder(lines, Surroundings(Ruling(EMPTY, EMPTY, EMPTY), []))


HEADS = (("品名", 200, 165), ("数量", 420, 165), ("金額", 560, 165))


def test_rows_of_like_cells_are_a_table() -> None:
    other = Region(RegionKind.TEXT, PixelBox(100, 60, 700, 100))
    (table,) = find_tables([*_grid(4), other])
    assert [len(row) for row in table.rows] == [3, 3, 3, 3]
    assert table.places[_grid(4)[4]] == (2, 1)


def test_two_rows_are_no_table() -> None:
    assert find_tables(_grid(2)) == []


def test_a_room_that_is_cut_on_one_side_stays_in_its_column() -> None:
    grid = _grid(4)
    cut = Region(RegionKind.TEXT, grid[2].box._replace(x0=540), grid[2].copies)
    (table,) = find_tables([cut if r is grid[2] else r for r in grid])
    assert [len(row) for row in table.rows] == [3, 3, 3, 3]


def test_headings_label_the_cells_of_all_rows_and_name_their_columns() -> None:
    (table,) = find_tables(_grid(6))
    cells = headed_cells(table, 1, _finder(*HEADS, ("1", 60, 205), ("2", 60, 245)))
    last = cells[_grid(6)[-1]]
    assert (last[0].text, last[1].column, last[1].row) == ("金額", "amount", 6)
    assert {cell.column for _, cell in cells.values()} == {"item", "quantity", "amount"}


def test_rows_with_names_of_their_own_are_no_repeating_rows() -> None:
    names = [("聴力", 20, 205), ("血圧", 20, 245), ("貧血", 20, 285), ("血糖", 20, 325)]
    (table,) = find_tables(_grid(4))
    assert headed_cells(table, 1, _finder(*HEADS, *names)) == {}


def test_cells_with_captions_of_their_own_are_no_repeating_rows() -> None:
    rooms = [
        Region(RegionKind.TEXT, PixelBox(x0, 200 + 66 * row, x1, 236 + 66 * row), frozenset({row}))
        for row in range(4)
        for x0, x1 in COLUMNS
    ]
    words = (
        "受付",
        "番地",
        "氏名",
        "部署",
        "備考",
        "色",
        "車種",
        "年式",
        "摘要",
        "内訳",
        "担当",
        "単位",
    )
    captions = [(w, r.box.x0 + 2, r.box.y0 - 29) for w, r in zip(words, rooms, strict=True)]
    (table,) = find_tables(rooms)
    assert headed_cells(table, 1, _finder(*captions)) == {}


def test_columns_without_headings_give_no_names() -> None:
    (table,) = find_tables(_grid(4))
    assert headed_cells(table, 1, _finder()) == {}


def test_strokes_that_copies_write_across_are_residue() -> None:
    text, variation = EMPTY.copy(), EMPTY.astype(np.float32)
    text[100:120, 100:110] = text[100:120, 300:310] = True
    variation[98:122, 90:104] = 0.6
    found = find_residue(text, variation)
    assert found[110, 105]
    assert not found[110, 305]


def test_a_cell_apart_from_its_column_belongs_to_the_table() -> None:
    grid = [region for n, region in enumerate(_grid(7)) if n not in (5, 8)]  # gaps in rows 2 and 3
    (table,) = find_tables(grid)
    assert [len(row) for row in table.rows] == [3, 2, 2, 3, 3, 3, 3]


def test_a_column_whose_first_row_has_no_field_is_named_by_its_heading_all_the_same() -> None:
    grid = [region for n, region in enumerate(_grid(7)) if n not in (2, 5, 8)]
    (table,) = find_tables(grid)
    cells = headed_cells(table, 1, _finder(*HEADS))
    assert {cell.column for _, cell in cells.values()} == {"item", "quantity", "amount"}
