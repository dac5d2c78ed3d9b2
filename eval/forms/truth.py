"""What is true about a filled field: its places on the degraded image, and its value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import cv2
import numpy as np

from chohyo.domain.geometry import Box, Transform
from chohyo.domain.templates import FieldType
from chohyo.domain.values import Normalized
from eval.degradation import Pixels
from eval.forms.calendars import date_parts
from eval.forms.sheet import Area, Blank, Sheet
from eval.forms.values import Meaning, normalized, written

Writing = Literal["hand", "machine", "seal", ""]
Quad = tuple[tuple[float, float], ...]

# Lighter pixels of the ink layer (0..255) are the soft edge of a stroke.
_INKED = 225
# Bent strokes leave their planned place by a pixel or two.
_MARGIN = 2


@dataclass(frozen=True, slots=True)
class FieldTruth:
    """A field of a filled page. Boxes and quads are fractions of the degraded image.

    `value` is the text as it reads, with the print of a split date; "" when left empty, "yes" for
    a mark that is set and a seal that is stamped. `parts` are the cells of a split date with what
    is written in each. `text_box` goes tightly around the ink, for a mark around its place.
    """

    name: str
    label: str
    kind: Literal["text", "check", "circle"]
    type: FieldType
    box: Box
    quad: Quad
    text_box: Box | None
    value: str
    normalized: Normalized
    pii: bool
    label_box: Box | None
    comb: int
    group: str
    option: str
    parts: tuple[tuple[Box, str], ...]
    writing: Writing


@dataclass(frozen=True, slots=True)
class Placing:
    """How points on a sheet become places on the degraded image."""

    sheet: Sheet
    transform: Transform

    def fraction(self, area: Area) -> Box:
        """Return an area of the sheet as fractions of the clean page."""
        width, height = self.sheet.width, self.sheet.height
        return Box(area.x0 / width, area.y0 / height, area.x1 / width, area.y1 / height)

    def box(self, area: Area) -> Box:
        """Return the upright box around an area, on the degraded image."""
        return self.transform.box(self.fraction(area))


def field_truth(
    blank: Blank, meaning: Meaning, placing: Placing, ink: Pixels, *, by_hand: bool
) -> FieldTruth:
    """Tell the truth about one blank, `ink` being the clean page's ink layer in grey."""
    value = written(blank, meaning, placing.sheet.lang)
    return FieldTruth(
        name=blank.name,
        label=blank.label,
        kind="check" if blank.kind == "seal" else blank.kind,
        type=blank.type,
        box=placing.box(blank.area),
        quad=placing.transform.quad(placing.fraction(blank.area)),
        text_box=_text_box(blank, value, placing, ink),
        value=value,
        normalized=normalized(blank, meaning),
        pii=blank.pii,
        label_box=placing.box(blank.label_area) if blank.label_area else None,
        comb=blank.comb,
        group=blank.group,
        option=blank.option,
        parts=_parts(blank, meaning, placing),
        writing=_writing(blank, value, by_hand=by_hand),
    )


def _writing(blank: Blank, value: str, *, by_hand: bool) -> Writing:
    if not value:
        return ""
    if blank.kind == "seal":
        return "seal"
    return "hand" if by_hand else "machine"


def _text_box(blank: Blank, value: str, placing: Placing, ink: Pixels) -> Box | None:
    if not value:
        return None
    if blank.kind != "text":
        return placing.box(blank.area)
    tight = _inked(ink, placing.fraction(blank.area))
    return placing.transform.box(tight) if tight else None


def _inked(ink: Pixels, box: Box) -> Box | None:
    """Return the smallest box around the ink in a box of the clean page, or None without ink."""
    height, width = ink.shape
    left, top = max(0, int(box.x0 * width) - _MARGIN), max(0, int(box.y0 * height) - _MARGIN)
    right, bottom = int(box.x1 * width) + _MARGIN + 1, int(box.y1 * height) + _MARGIN + 1
    dark = (ink[top:bottom, left:right] < _INKED).astype(np.uint8)
    x, y, w, h = cv2.boundingRect(dark)
    if not w:
        return None
    return Box(
        (left + x) / width, (top + y) / height, (left + x + w) / width, (top + y + h) / height
    )


def _parts(blank: Blank, meaning: Meaning, placing: Placing) -> tuple[tuple[Box, str], ...]:
    if not blank.parts:
        return ()
    pieces = date_parts(meaning, blank.date_style) if isinstance(meaning, date) else ("", "", "")
    boxes = [placing.box(part) for part in blank.parts]
    return tuple(zip(boxes, pieces, strict=True))


def as_row(truth: FieldTruth) -> Mapping[str, object]:
    """Return a field as a row of a corpus has it, with the extra keys of our own forms."""
    return {
        "name": truth.name,
        "label": truth.label,
        "type": truth.kind,
        "value": truth.value,
        "bbox": _rounded(truth.box),
        "quad": [[round(x, 5), round(y, 5)] for x, y in truth.quad],
        "text_bbox": _rounded(truth.text_box) if truth.text_box else None,
        "name_en": truth.name.replace("_", " "),
        "semantic_type": truth.type.value,
        "normalized": truth.normalized,
        "pii": truth.pii,
        "writing": truth.writing,
        "label_bbox": _rounded(truth.label_box) if truth.label_box else None,
        "comb": truth.comb,
        "group": truth.group,
        "option": truth.option,
        "parts": [{"bbox": _rounded(box), "value": piece} for box, piece in truth.parts],
    }


def _rounded(box: Box) -> list[float]:
    return [round(v, 5) for v in box.as_list()]
