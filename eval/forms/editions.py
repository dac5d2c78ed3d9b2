"""Which print differs between two editions of a form page."""

from __future__ import annotations

from chohyo.domain.geometry import Box
from eval.forms import fonts
from eval.forms.form import FormType
from eval.forms.sheet import Frame, Oval, Print, Rule, Text


def layout_edition(form: FormType, edition: str, page: int) -> str:
    """Return the first edition whose page has exactly the print of this one's."""
    wanted = form.sheet(edition, page).prints
    return next(e for e in form.editions if form.sheet(e, page).prints == wanted)


def edition_differences(form: FormType, one: str, other: str, page: int = 1) -> list[Box]:
    """Return the boxes of all print that only one of two editions has, as page fractions."""
    a, b = form.sheet(one, page), form.sheet(other, page)
    differing = [p for p in a.prints if p not in b.prints]
    differing += [p for p in b.prints if p not in a.prints]
    return [box for item in differing for box in _boxes(item, a.width, a.height)]


def _boxes(item: Print, width: float, height: float) -> list[Box]:
    """Return the places of a print's ink: of an unfilled frame, its four sides."""
    if isinstance(item, Frame) and item.fill is None:
        x0, y0, x1, y1 = item.area
        corners = ((x0, y0, x1, y0), (x1, y0, x1, y1), (x0, y1, x1, y1), (x0, y0, x0, y1))
        return [_box(Rule(*side, item.width), width, height) for side in corners]
    return [_box(item, width, height)]


def _box(item: Print, width: float, height: float) -> Box:
    """Return the place of a print; a line's box includes its thickness."""
    match item:
        case Text(x, y, text, size, face):
            right = x + fonts.measure(text, face, size)
            x0, y0, x1, y1 = x - 1, y - size, right + 1, y + 0.35 * size
        case Rule(x0, y0, x1, y1, thick):
            x0, y0, x1, y1 = x0 - thick, y0 - thick, x1 + thick, y1 + thick
        case Frame(area, thick) | Oval(area, thick):
            x0, y0, x1, y1 = area.inset(-thick, -thick)
    return Box(x0 / width, y0 / height, x1 / width, y1 / height)
