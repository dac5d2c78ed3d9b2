"""Name the columns of a table by the print over them."""

from __future__ import annotations

import re

from chohyo.discovery.field_labels import Label, LabelFinder
from chohyo.discovery.field_names import name_of
from chohyo.discovery.region import Region
from chohyo.discovery.tables import Table
from chohyo.domain.templates import TableCell

# What counts rows instead of naming them: numbers, and the days of a week or a month.
_COUNTS = re.compile(
    r"[\W\d_]*([A-Za-z]|(mon|tue|wed|thu|fri|sat|sun)[a-z]*|[月火水木金土日](曜日?)?|[日回人名])?[\W\d_]*",
    re.IGNORECASE,
)
_LEAST_HEADED = 0.6
# In heights of a row: how far over the first row a heading stands.
_HEAD_REACH = 3.0
_NAMELESS = "lines"


def headed_cells(
    table: Table, number: int, finder: LabelFinder
) -> dict[Region, tuple[Label, TableCell]]:
    """Return the label and the place of each cell; none when the columns have no headings.

    Nor are there any when each row, or each cell, has a name of its own: then its fields are no
    repeating rows.
    `number` tells the tables of one page apart: it follows the table's name behind a `#`.
    """
    heads = [_head(table, column, finder) for column in range(len(table.columns))]
    if sum(bool(head.text) for head in heads) < _LEAST_HEADED * len(heads):
        return {}
    if _rows_are_named(table, finder) or _cells_are_named(table, finder):
        return {}
    name = f"{name_of(finder.section_of(table.box)) or _NAMELESS}#{number}"
    columns = _column_names([head.text for head in heads])
    return {
        region: (heads[column], TableCell(name, columns[column], row))
        for region, (row, column) in table.places.items()
    }


def _head(table: Table, column: int, finder: LabelFinder) -> Label:
    """Return the print over a column, above the first row even where that has no field in it."""
    top = table.rows[0][0][1].box
    place = table.columns[column]._replace(y0=top.y0, y1=top.y1)
    head = finder.above(place)
    far = head.box is not None and top.y0 - head.box.y1 > _HEAD_REACH * top.height
    return Label("") if far else head


def _rows_are_named(table: Table, finder: LabelFinder) -> bool:
    names = [finder.beside(row[0][1].box) for row in table.rows]
    telling = {name for name in names if name and not _COUNTS.fullmatch(name)}
    return len(telling) > len(table.rows) / 2


def _cells_are_named(table: Table, finder: LabelFinder) -> bool:
    """Say whether most cells below the first row have a caption: print under the cell above."""
    above: dict[int, Region] = {}
    captions = []
    for row in table.rows:
        for column, region in row:
            if column in above:
                caption = finder.above(region.box)
                own = caption.box is not None and caption.box.center[1] > above[column].box.y1
                captions.append(caption.text if own else "")
            above[column] = region
    named = [text for text in captions if text and not _COUNTS.fullmatch(text)]
    return len(set(named)) > len(captions) / 2


def _column_names(heads: list[str]) -> list[str]:
    names: list[str] = []
    for number, head in enumerate(heads, 1):
        name = name_of(head) or f"column_{number}"
        names.append(name if name not in names else f"{name}_{number}")
    return names
