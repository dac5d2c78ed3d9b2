"""Propose the fields of a form from its blank pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chohyo.discovery.blank_form import BlankForm
from chohyo.discovery.field_evidence import evidence_of
from chohyo.discovery.field_groups import dates_joined, options_joined, seals_parted
from chohyo.discovery.field_labels import Label, LabelFinder
from chohyo.discovery.field_names import source_of_name, unique_names
from chohyo.discovery.field_regions import survey
from chohyo.discovery.field_types import is_private, names_nothing, type_of
from chohyo.discovery.option_siblings import with_siblings
from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.print_pieces import printed_of
from chohyo.discovery.region import Region, RegionKind
from chohyo.discovery.repeated_cells import like_their_like
from chohyo.discovery.table_heads import headed_cells
from chohyo.discovery.tables import find_tables
from chohyo.discovery.tick_groups import ticks_joined, with_ticks
from chohyo.domain.templates import FieldOption, FieldSpec, FieldType
from chohyo.models.ocr import TextLine

# Of the copies, whose fill runs all along a line that was read on the blank form.
_WRITTEN = 0.35
# What stands before an option instead of being it.
_NUMBERING = re.compile(r"[\W_]*([0-9０-９]{0,2}|[ア-ン]|[A-Za-zＡ-Ｚ]|[ⅠⅡⅢⅣⅤ]+)[\W_]*")
# A field is called required when at least this many copies all fill it.
_COPIES_TO_REQUIRE = 3


@dataclass(frozen=True, slots=True)
class BlankPage:
    """A template page's blank form with the lines of text printed on it."""

    blank: BlankForm
    lines: Sequence[TextLine]


def propose_fields(pages: Sequence[BlankPage]) -> list[FieldSpec]:
    """Propose the fields of a form in reading order, with names that are unique in it."""
    fields = [field for no, page in enumerate(pages, 1) for field in _fields_of(page, no)]
    fields = _tables_told_apart(fields)
    names = unique_names([source_of_name(field) for field in fields])
    return [
        replace(field, name=name, order=order)
        for order, (field, name) in enumerate(zip(fields, names, strict=True), 1)
    ]


def _tables_told_apart(fields: Sequence[FieldSpec]) -> list[FieldSpec]:
    """Number the tables that would have one name."""
    met: dict[str, list[tuple[int, str]]] = {}
    told = []
    for field in fields:
        if field.cell is None:
            told.append(field)
            continue
        name, _, number = field.cell.table.partition("#")
        known = met.setdefault(name, [])
        if (field.page_no, number) not in known:
            known.append((field.page_no, number))
        place = known.index((field.page_no, number)) + 1
        table = name if place == 1 else f"{name}_{place}"
        told.append(replace(field, cell=replace(field.cell, table=table)))
    return told


def _fields_of(page: BlankPage, page_no: int) -> list[FieldSpec]:
    height, width = page.blank.image.shape
    regions, surroundings = survey(page.blank)
    regions = like_their_like(regions, surroundings.cells, surroundings.ruling)
    pieces = printed_of(page.lines, (width, height), surroundings.ruling)
    stays = [piece for piece in pieces if not _is_written(piece.box, page.blank)]
    printed = [piece for piece in stays if not surroundings.is_remnant(piece.box)]
    finder = LabelFinder(printed, surroundings, [p for p in stays if p not in printed])
    regions = with_ticks(with_siblings(regions, printed, surroundings), page.blank)
    squares = [r.box for r in regions if r.kind is RegionKind.CHECKBOX]
    regions = ticks_joined(
        regions,
        lambda box: finder.of_square(box, squares).text,
        surroundings.cell_of,
        page.blank.copies,
    )
    regions = options_joined(dates_joined(regions, finder), surroundings.cell_of)
    regions = seals_parted(regions, finder, max(width, height))
    ordered = in_reading_order(regions)
    cells = {
        region: headed
        for number, table in enumerate(find_tables(ordered), 1)
        for region, headed in headed_cells(table, number, finder).items()
    }
    labels = _labels(ordered, finder)
    return [
        replace(
            _field(region, cells[region][0], finder, page.blank, page_no), cell=cells[region][1]
        )
        if region in cells
        else _field(region, label, finder, page.blank, page_no)
        for region, label in zip(ordered, labels, strict=True)
    ]


def _is_written(line: PixelBox, blank: BlankForm) -> bool:
    """Say whether what was read there is what copies wrote, where their values were alike."""
    fill = blank.variation[line.y0 : line.y1, line.x0 : line.x1] >= _WRITTEN
    return bool(fill.size and fill.any(axis=0).mean() > 0.4)


def in_reading_order(regions: Sequence[Region]) -> list[Region]:
    """Sort regions by rows from the top, each row from the left."""
    rows: list[list[Region]] = []
    for region in sorted(regions, key=lambda r: (r.box.center[1], r.box.x0)):
        home = next((row for row in rows[-3:] if row[0].box.shares_row(region.box, 0.6)), None)
        if home is None:
            rows.append([region])
        else:
            home.append(region)
    return [region for row in rows for region in sorted(row, key=lambda r: (r.box.x0, r.box.y0))]


def _labels(regions: Sequence[Region], finder: LabelFinder) -> list[Label]:
    """Label each region; fields of one row that share its label take their column's too."""
    squares = [r.box for r in regions if r.kind is RegionKind.CHECKBOX]
    labels = [
        finder.of_square(region.box, squares)
        if region.kind is RegionKind.CHECKBOX
        else finder.of_field(region.box)
        for region in regions
    ]
    shared = Counter(label.box for label in labels)
    return [
        label if label.box is None or shared[label.box] < 2 else _with_column(label, region, finder)
        for label, region in zip(labels, regions, strict=True)
    ]


def _with_column(label: Label, region: Region, finder: LabelFinder) -> Label:
    column = finder.above(region.box)
    if not column.text or column.text in label.text or region.kind is RegionKind.CHECKBOX:
        return label
    if names_nothing(column.text):
        return label
    return Label(f"{label.text} {column.text}", label.box)


def _field(
    region: Region, label: Label, finder: LabelFinder, blank: BlankForm, page_no: int
) -> FieldSpec:
    size = (blank.image.shape[1], blank.image.shape[0])
    kind = _type(region, label, finder)
    filled = len(region.copies) / blank.copies
    return FieldSpec(
        name="",
        label=label.text,
        type=kind,
        page_no=page_no,
        box=region.box.fraction(size),
        order=0,
        section=finder.section_of(region.box),
        label_box=label.box.fraction(size) if label.box else None,
        pii=is_private(label.text, kind),
        required=filled == 1.0 and blank.copies >= _COPIES_TO_REQUIRE,
        comb=region.comb,
        options=_options(region, finder, size),
        parts=tuple(part.fraction(size) for part in region.parts),
        fill_rate=None if blank.is_first_guess else round(filled, 3),
        evidence=evidence_of(region, label, finder.unit_behind(region.box), finder.surroundings),
    )


def _type(region: Region, label: Label, finder: LabelFinder) -> FieldType:
    if region.kind is RegionKind.CHECKBOX:
        return FieldType.CHECKBOX
    if region.kind in {RegionKind.OPTION, RegionKind.TICKED_OPTION}:
        return FieldType.CHOICE
    if region.kind is RegionKind.SEAL:
        return FieldType.IMAGE
    if region.kind is RegionKind.DATE:
        return FieldType.DATE
    return type_of(label.text, finder.unit_behind(region.box), region.comb)


def _options(region: Region, finder: LabelFinder, size: tuple[int, int]) -> tuple[FieldOption, ...]:
    values: list[str] = []
    for number, box in enumerate(region.options, 1):
        value = _word_of(region, box, finder) or str(number)
        values.append(value if value not in values else f"{value} ({number})")
    return tuple(
        FieldOption(value, box.fraction(size))
        for value, box in zip(values, region.options, strict=True)
    )


def _word_of(region: Region, box: PixelBox, finder: LabelFinder) -> str:
    """Return the word of an option: circled itself, or behind its box, number or bullet."""
    if region.kind is RegionKind.TICKED_OPTION:
        return finder.of_square(box, region.options).text
    circled = finder.inside(box)
    if not _NUMBERING.fullmatch(circled):
        return circled
    behind = finder.of_square(box, region.options).text
    return f"{circled} {behind}".strip()
