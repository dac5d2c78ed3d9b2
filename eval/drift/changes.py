"""Change the print of our own forms a little, as an issuer does from one year to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random

from eval.forms.form import FormType
from eval.forms.sheet import Area, Frame, Print, Rule, Sheet, Text

Change = Callable[[Sheet, Random], bool]

_DIGITS = "0123456789"
_MOVED = 9.0  # points
_NOTES = {
    "ja": "※令和8年4月以降の届出からこの様式を使用してください。",
    "en": "Use this form for notices given on or after April 1, 2026.",
}


def redated(sheet: Sheet, rng: Random) -> bool:
    """Print another digit in one text; say whether there is one."""
    dated = [
        i
        for i, each in enumerate(sheet.prints)
        if isinstance(each, Text) and any(c in _DIGITS for c in each.text)
    ]
    if not dated:
        return False
    at = rng.choice(dated)
    text = sheet.prints[at]
    assert isinstance(text, Text)
    place = rng.choice([i for i, c in enumerate(text.text) if c in _DIGITS])
    other = rng.choice([d for d in _DIGITS if d != text.text[place]])
    words = text.text[:place] + other + text.text[place + 1 :]
    sheet.prints[at] = text._replace(text=words)
    return True


def ruled(sheet: Sheet, rng: Random) -> bool:
    """Print one more line through an empty part of the page."""
    place = _free_band(sheet, rng, 4.0)
    if place is None:
        return False
    sheet.rule(sheet.width * 0.3, place, sheet.width * 0.62, place, 0.8)
    return True


def annotated(sheet: Sheet, rng: Random) -> bool:
    """Print a line of small print into an empty part of the page."""
    place = _free_band(sheet, rng, 9.0)
    if place is None:
        return False
    sheet.text(sheet.width * 0.12, place + 2.5, _NOTES[sheet.lang], 7.0)
    return True


def reworded(sheet: Sheet, rng: Random) -> bool:
    """Leave the last word of a printed sentence out."""
    long = [i for i, e in enumerate(sheet.prints) if isinstance(e, Text) and len(e.text) >= 12]
    if not long:
        return False
    at = rng.choice(long)
    text = sheet.prints[at]
    assert isinstance(text, Text)
    sheet.prints[at] = text._replace(text=text.text[: -max(4, len(text.text) // 4)])
    return True


def moved(sheet: Sheet, rng: Random) -> bool:
    """Move everything of a band of the page down a little, its blanks as well."""
    tops = [each.area.y0 for each in sheet.prints if isinstance(each, Frame)]
    if not tops:
        return False
    start = rng.choice(sorted(tops))
    end = start + sheet.height * 0.12
    sheet.prints[:] = [
        _lowered(each) if start <= _top(each) < end else each for each in sheet.prints
    ]
    sheet.blanks[:] = [
        replace(
            each,
            area=_down(each.area),
            parts=tuple(_down(part) for part in each.parts),
        )
        if start <= each.area.y0 < end
        else each
        for each in sheet.blanks
    ]
    return True


CHANGES: Mapping[str, Change] = {
    "date": redated,
    "line": ruled,
    "small-print": annotated,
    "words": reworded,
    "moved-box": moved,
}


def changed_form(form: FormType, edition: str, change: str, seed: int) -> FormType | None:
    """Return a form type whose edition is printed a little differently; None if it cannot be."""

    def draw(page: Callable[[str], Sheet]) -> Callable[[str], Sheet]:
        def drawn(name: str) -> Sheet:
            sheet = page(name)
            CHANGES[change](sheet, Random(f"{form.id}/{change}/{seed}"))
            return sheet

        return drawn

    if not CHANGES[change](form.sheet(edition), Random(f"{form.id}/{change}/{seed}")):
        return None
    first, *rest = form.pages
    return replace(form, pages=(draw(first), *rest))


def _free_band(sheet: Sheet, rng: Random, height: float) -> float | None:
    """Return the middle of a band without print or blanks, in points."""
    taken = [(_top(each), _bottom(each)) for each in sheet.prints if not _is_border(each, sheet)]
    taken += [(each.area.y0, each.area.y1) for each in sheet.blanks]
    steps = [
        y
        for y in range(round(sheet.height * 0.06), round(sheet.height * 0.95), 4)
        if not any(top < y + height / 2 and bottom > y - height / 2 for top, bottom in taken)
    ]
    return float(rng.choice(steps)) if steps else None


def _is_border(each: Print, sheet: Sheet) -> bool:
    return isinstance(each, Frame) and each.area.height > 0.7 * sheet.height


def _top(each: Print) -> float:
    match each:
        case Text(_, y, _, size):
            return y - size
        case Rule(_, y0, _, y1):
            return min(y0, y1)
        case _:
            return each.area.y0


def _bottom(each: Print) -> float:
    match each:
        case Text(_, y, _, size):
            return y + 0.3 * size
        case Rule(_, y0, _, y1):
            return max(y0, y1)
        case _:
            return each.area.y1


def _lowered(each: Print) -> Print:
    match each:
        case Text():
            return each._replace(y=each.y + _MOVED)
        case Rule():
            return each._replace(y0=each.y0 + _MOVED, y1=each.y1 + _MOVED)
        case _:
            return each._replace(area=_down(each.area))


def _down(area: Area) -> Area:
    return Area(area.x0, area.y0 + _MOVED, area.x1, area.y1 + _MOVED)
