"""Signs, in and around a field's box, of whether the box holds one value and all of it."""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass, fields

import cv2
import numpy as np

from chohyo.domain.templates import FieldSpec
from chohyo.extraction.arrangement import Standing
from chohyo.extraction.ink import Ink, likeness
from chohyo.extraction.lines import row_bands
from chohyo.extraction.masks import Mask, grown
from chohyo.extraction.strokes import Strokes, Window

# Nothing near, in heights of a line; and where the sides of a box are looked for, in pixels.
_FAR, _SIDE = 5.0, 6
_USUAL_FILL = 0.6
# Print right beside writing: how near, and the least of it, in heights of the line; and what is
# blurred before it is compared.
_BESIDE, _LETTER, _BLUR = 1.2, 0.06, 0.8


@dataclass(frozen=True, slots=True)
class PlaceSigns:
    """What the place of a reading shows; lengths in heights of its line, shares in 0..1.

    Of the writing: how far other ink stands before and behind it, how much of it leaves the box,
    touches its sides or lies at letters of the form, how much ink in the box belongs to others, its
    widest gap, its lines, how high and wide it is in the box, and the room around it. Of the form:
    how far its letters stand before and behind the writing, how much of them and of its rules lie
    in the box, and which sides of the box are ruled. Of the field: the box's height on the page and
    its proportion, whether it is a comb, how often it was filled where it was proposed, of how many
    parts it is, and how its box stands among the others.
    """

    before: float
    behind: float
    outside: float
    touching: float
    at_print: float
    foreign: float
    gap: float
    lines: float
    high: float
    wide: float
    room_left: float
    room_right: float
    room_above: float
    room_below: float
    print_before: float
    print_behind: float
    print_inside: float
    rules_inside: float
    ruled_left: float
    ruled_right: float
    ruled_above: float
    ruled_below: float
    box_height: float
    box_proportion: float
    comb: float
    fill_rate: float
    parts: float
    alike: float
    standing: Standing

    def values(self) -> tuple[float, ...]:
        """Return the signs in their order."""
        *own, standing = (getattr(self, each.name) for each in fields(self))
        return (*own, *astuple(standing))


def place_signs(
    field: FieldSpec,
    ink: Ink,
    strokes: Strokes,
    window: Window,
    mine: Mask,
    dark: Mask,
    standing: Standing,
) -> PlaceSigns:
    """Return the signs of a field with writing.

    Args:
        field: the field.
        ink: all ink of the page.
        strokes: the strokes of the page.
        window: the pixels around the field's box.
        mine: in the window, the field's own strokes; some.
        dark: in the window, all that is written.
        standing: how the field's box stands among the others of the page.
    """
    form = strokes.form
    box = Window.of(field.box, form.letters.shape)
    inside = box.mask_in(window)
    rows, columns = np.flatnonzero(mine.any(axis=1)), np.flatnonzero(mine.any(axis=0))
    top, bottom = window.top + int(rows[0]), window.top + int(rows[-1]) + 1
    left, right = window.left + int(columns[0]), window.left + int(columns[-1]) + 1
    bands = row_bands(mine)
    tall = max((end - start for start, end in bands), default=1)
    amount = int(mine.sum())
    height, width = max(1, box.bottom - box.top), max(1, box.right - box.left)
    before, behind = strokes.nearest(window, mine)
    print_before, print_behind = form.nearest(top, min(bottom, top + 2 * tall), left, right)
    letters, rules = form.letters[window.cut], form.rules[window.cut]
    return PlaceSigns(
        before=min(_FAR, before),
        behind=min(_FAR, behind),
        outside=float((mine & ~inside).sum()) / amount,
        touching=float((mine & inside & grown(~inside, 2)).sum()) / amount,
        at_print=float((mine & grown(letters, 3)).sum()) / amount,
        foreign=float((dark & inside & ~mine).sum()) / max(1, int((dark & inside).sum())),
        gap=min(_FAR, _widest_gap(mine) / tall),
        lines=float(min(6, len(bands))),
        high=min(2.0, tall / height),
        wide=min(2.0, (right - left) / width),
        room_left=_clipped((left - box.left) / tall),
        room_right=_clipped((box.right - right) / tall),
        room_above=_clipped((top - box.top) / tall),
        room_below=_clipped((box.bottom - bottom) / tall),
        print_before=min(_FAR, print_before),
        print_behind=min(_FAR, print_behind),
        print_inside=float((letters & inside).sum()) / (height * width),
        rules_inside=_rules_inside(rules, inside) / (height + width),
        **_ruled_sides(form.rules, box),
        box_height=height / max(form.letters.shape),
        box_proportion=math.log(width / height),
        comb=float(bool(field.comb)),
        fill_rate=_USUAL_FILL if field.fill_rate is None else field.fill_rate,
        parts=float(len(field.parts)),
        alike=_print_likeness(ink, form.letters, top, min(bottom, top + 2 * tall), left, right),
        standing=standing,
    )


def _clipped(room: float) -> float:
    return min(_FAR, max(-1.0, room))


def _widest_gap(mine: Mask) -> int:
    """Return the widest gap between letters, over all lines together."""
    inked = np.flatnonzero(mine.any(axis=0))
    return int(np.diff(inked).max(initial=1)) - 1


def _rules_inside(rules: Mask, inside: Mask) -> float:
    """Count the pixels of rules that run through a box, clear of its sides."""
    return float((rules & inside & ~grown(~inside, 4)).sum())


def _print_likeness(ink: Ink, letters: Mask, top: int, bottom: int, left: int, right: int) -> float:
    """Correlate page and form before and behind a line, and take the lesser; 1 without print."""
    reach = round(_BESIDE * (bottom - top))
    least = 1.0
    for start, end in ((max(0, left - reach), left), (right, right + reach)):
        place = slice(top, bottom), slice(start, end)
        if int(letters[place].sum()) < _LETTER * (bottom - top) ** 2:
            continue
        both = (each[place].astype(np.float32) for each in (ink, letters))
        least = min(least, likeness(*(cv2.GaussianBlur(each, (0, 0), _BLUR) for each in both)))
    return least


def _ruled_sides(rules: Mask, box: Window) -> dict[str, float]:
    """Return how much of each side of a box is ruled."""
    tall, wide = slice(box.top, box.bottom), slice(box.left, box.right)

    def near(at: int) -> slice:
        return slice(max(0, at - _SIDE), at + _SIDE + 1)

    return {
        "ruled_left": float(rules[tall, near(box.left)].any(axis=1).mean()),
        "ruled_right": float(rules[tall, near(box.right)].any(axis=1).mean()),
        "ruled_above": float(rules[near(box.top), wide].any(axis=0).mean()),
        "ruled_below": float(rules[near(box.bottom), wide].any(axis=0).mean()),
    }
