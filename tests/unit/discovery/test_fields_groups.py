from __future__ import annotations

import numpy as np

from chohyo.discovery.field_groups import dates_joined, options_joined
from chohyo.discovery.field_labels import LabelFinder
from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.print_pieces import printed_of
from chohyo.discovery.printed_text import Printed
from chohyo.discovery.region import Region, RegionKind
from chohyo.discovery.region_growth import Surroundings
from chohyo.discovery.ruling import Ruling
from chohyo.domain.geometry import Box
from chohyo.models.ocr import TextLine

EMPTY = np.zeros((400, 1000), np.bool_)
BARE = Surroundings(Ruling(EMPTY, EMPTY, EMPTY), [])


def _finder(*printed: tuple[str, int, int]) -> LabelFinder:
    return LabelFinder(
        [Printed(t, PixelBox(x, y, x + 28 * len(t), y + 28)) for t, x, y in printed], BARE
    )


def _blank(x0: int, x1: int, kind: RegionKind = RegionKind.TEXT, y: int = 100) -> Region:
    return Region(kind, PixelBox(x0, y, x1, y + 30), frozenset({0, 1}))


def test_blanks_before_year_month_and_day_are_one_date_with_its_era() -> None:
    finder = _finder(("令和", 240, 100), ("年", 360, 100), ("月", 450, 100), ("日", 540, 100))
    other = _blank(700, 800)
    regions = [_blank(300, 355), _blank(392, 445), _blank(482, 535), other]
    joined = dates_joined(regions, finder)
    (date,) = [r for r in joined if r.kind is RegionKind.DATE]
    assert date.box.x0 == 240
    assert date.box.x1 >= 560
    assert other in joined
    assert len(joined) == 2


def test_a_blank_before_year_alone_stays_a_number() -> None:
    region = _blank(300, 355)
    assert dates_joined([region], _finder(("年", 360, 100))) == [region]


def test_a_name_before_the_date_of_birth_is_no_year_of_it() -> None:
    name = _blank(100, 340)
    regions = [name, _blank(400, 500), _blank(530, 560)]
    finder = _finder(("生年月日", 350, 100), ("月", 505, 100), ("日", 565, 100))
    assert name in dates_joined(regions, finder)


def test_circled_words_of_one_row_are_one_choice() -> None:
    row = [_blank(100, 140, RegionKind.OPTION), _blank(200, 240, RegionKind.OPTION)]
    below = _blank(100, 140, RegionKind.OPTION, y=300)
    first, second = sorted(options_joined([*row, below], lambda _: None), key=lambda r: r.box.y0)
    assert first.options == (row[0].box, row[1].box)
    assert second.options == (below.box,)


def test_options_in_two_large_cells_are_two_choices() -> None:
    row = [_blank(100, 140, RegionKind.OPTION), _blank(200, 240, RegionKind.OPTION)]
    cells = {row[0].box: PixelBox(0, 50, 170, 400), row[1].box: PixelBox(172, 50, 500, 400)}
    assert len(options_joined(row, cells.get)) == 2


def test_options_that_fill_cells_of_their_own_are_one_choice() -> None:
    row = [_blank(100, 140, RegionKind.OPTION), _blank(200, 240, RegionKind.OPTION)]
    cells = {row[0].box: PixelBox(80, 90, 168, 140), row[1].box: PixelBox(172, 90, 260, 140)}
    (choice,) = options_joined(row, cells.get)
    assert len(choice.options) == 2


def test_a_field_takes_the_label_to_its_left_and_skips_line_numbers() -> None:
    finder = _finder(("Total wages", 20, 100), ("14", 430, 100), ("Heading", 500, 20))
    assert finder.of_field(PixelBox(500, 95, 700, 130)).text == "14 Total wages"


def test_a_field_without_a_left_neighbour_takes_the_print_above() -> None:
    finder = _finder(("品名", 500, 60))
    assert finder.of_field(PixelBox(480, 95, 700, 130)).text == "品名"


def test_text_behind_each_of_two_checkboxes_in_one_line_is_parted() -> None:
    finder = _finder(("□有　□無", 100, 100))
    squares = [PixelBox(102, 102, 126, 126), PixelBox(186, 102, 210, 126)]
    assert finder.of_square(squares[0], squares).text == "有"
    assert finder.of_square(squares[1], squares).text == "無"


def test_kanji_set_apart_to_fill_a_cell_are_one_label() -> None:
    def line(text: str, x: float) -> TextLine:
        box = Box(x, 0.2, x + 0.028, 0.27)
        return TextLine(text, box, 0.9, ((x, 0.2),) * 4)

    printed = printed_of([line("氏", 0.1), line("名", 0.18)], (1000, 400), BARE.ruling)
    assert [p.text for p in printed] == ["氏名"]


def test_dots_that_lead_to_a_field_are_no_part_of_its_label() -> None:
    box = Box(0.1, 0.2, 0.8, 0.27)
    line = TextLine("Add lines 9 and 10 . . . . . . .", box, 0.9, ((0.1, 0.2),) * 4)
    (printed,) = printed_of([line], (1000, 400), BARE.ruling)
    assert printed.text == "Add lines 9 and 10"
    assert printed.box.x1 < 700


def test_a_unit_is_found_behind_a_field_and_at_the_end_of_its_box() -> None:
    field = PixelBox(100, 100, 400, 140)
    behind = Printed("円", PixelBox(405, 106, 433, 134))
    inside = Printed("％", PixelBox(370, 106, 398, 134))
    written = Printed("12", PixelBox(150, 106, 206, 134))
    assert LabelFinder([behind], BARE).unit_behind(field) == "円"
    assert LabelFinder([], BARE, [written, inside]).unit_behind(field) == "％"
    assert LabelFinder([written], BARE).unit_behind(field) == ""


def test_a_caption_that_touches_its_field_names_it() -> None:
    caption = Printed("用途", PixelBox(100, 88, 156, 110))
    other = Printed("数量", PixelBox(100, 30, 156, 52))
    label = LabelFinder([caption, other], BARE).of_field(PixelBox(100, 97, 400, 140))
    assert label.text == "用途"
