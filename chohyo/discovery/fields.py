"""Propose the fields of a form from its blank pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chohyo.discovery.blank_form import BlankForm
from chohyo.discovery.field_groups import dates_joined, options_joined
from chohyo.discovery.field_labels import Label, LabelFinder
from chohyo.discovery.field_names import unique_names
from chohyo.discovery.field_regions import Region, survey
from chohyo.discovery.field_types import is_private, type_of
from chohyo.discovery.option_siblings import with_siblings
from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.printed_text import printed_of
from chohyo.discovery.region_kind import RegionKind
from chohyo.discovery.tick_groups import ticks_joined
from chohyo.domain.templates import FieldOption, FieldSpec, FieldType
from chohyo.models.ocr import TextLine

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
    names = unique_names([_name_source(field) for field in fields])
    return [
        replace(field, name=name, order=order)
        for order, (field, name) in enumerate(zip(fields, names, strict=True), 1)
    ]


def _name_source(field: FieldSpec) -> str:
    return field.label or field.section


def _fields_of(page: BlankPage, page_no: int) -> list[FieldSpec]:
    height, width = page.blank.image.shape
    regions, surroundings = survey(page.blank)
    printed = printed_of(page.lines, (width, height))
    finder = LabelFinder(printed, surroundings)
    regions = with_siblings(regions, printed, surroundings)
    squares = [r.box for r in regions if r.kind is RegionKind.CHECKBOX]
    regions = ticks_joined(
        regions, lambda box: finder.of_square(box, squares).text, page.blank.copies
    )
    regions = options_joined(dates_joined(regions, finder))
    ordered = in_reading_order(regions)
    labels = _labels(ordered, finder)
    return [
        _field(region, label, finder, page.blank, page_no)
        for region, label in zip(ordered, labels, strict=True)
    ]


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
    )


def _type(region: Region, label: Label, finder: LabelFinder) -> FieldType:
    if region.kind is RegionKind.CHECKBOX:
        return FieldType.CHECKBOX
    if region.kind in {RegionKind.OPTION, RegionKind.TICKED_OPTION}:
        return FieldType.CHOICE
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
