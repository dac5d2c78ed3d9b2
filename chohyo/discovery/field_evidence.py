"""Say what speaks for a proposed field: for its place, its label, its type."""

from __future__ import annotations

from chohyo.discovery.field_labels import Label
from chohyo.discovery.field_types import type_of
from chohyo.discovery.pixel_box import PixelBox
from chohyo.discovery.region import Region, RegionKind
from chohyo.discovery.region_growth import Surroundings
from chohyo.domain.templates import FieldEvidence as Evidence

_BY_KIND = {
    RegionKind.CHECKBOX: Evidence.SQUARE,
    RegionKind.TICKED_OPTION: Evidence.SQUARE,
    RegionKind.OPTION: Evidence.CIRCLED,
    RegionKind.DATE: Evidence.PRINTED_PARTS,
}


def evidence_of(
    region: Region, label: Label, unit: str, surroundings: Surroundings
) -> tuple[Evidence, ...]:
    """Return what a proposal went by, the place first, then label and type.

    `unit` is the print directly behind the region.
    """
    found = [Evidence.FILLED] if region.copies else []
    if region.kind in _BY_KIND:
        found.append(_BY_KIND[region.kind])
    elif region.comb:
        found.append(Evidence.COMB)
    elif not region.copies:
        ruled = surroundings.cell_of(region.box) is not None
        found.append(Evidence.RULED if ruled else Evidence.UNDERLINED)
    if label.box is not None:
        found.append(_side(region.box, label.box, surroundings))
    if region.kind is RegionKind.TEXT:
        bare = type_of("", "", region.comb)
        if type_of(label.text, unit, region.comb) is not type_of(label.text, "", region.comb):
            found.append(Evidence.TYPE_FROM_UNIT)
        elif type_of(label.text, "", region.comb) is not bare:
            found.append(Evidence.TYPE_FROM_LABEL)
    return tuple(found)


def _side(field: PixelBox, label: PixelBox, surroundings: Surroundings) -> Evidence:
    cell = surroundings.cell_of(field)
    if cell is not None and cell.covers(label) > 0.8:
        return Evidence.LABEL_INSIDE
    return Evidence.LABEL_BESIDE if label.shares_row(field, 0.4) else Evidence.LABEL_ABOVE
