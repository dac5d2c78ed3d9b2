"""Turn the prints of a sheet into pixels."""

# PyMuPDF claims to be typed, and most of it is not.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import pymupdf

from eval.degradation import Pixels
from eval.forms import fonts
from eval.forms.sheet import Frame, Oval, Print, Rule, Sheet, Text

Color = tuple[float, float, float]


@cache
def _stationery() -> pymupdf.Document:
    """Return the document whose pages all canvases borrow.

    A document of one's own costs 0.4 s, in which PyMuPDF measures every glyph of the font.
    """
    return pymupdf.open()


class Canvas:
    """A white PyMuPDF page to draw on; fonts are embedded so that their widths hold."""

    def __init__(self, width: float, height: float) -> None:
        self._page = _stationery().new_page(width=width, height=height)
        # Named without embedding, the Japanese font spaces Latin letters and digits full-width.
        self._page.insert_font(fontname="JA", fontbuffer=fonts.face(fonts.SANS_JA).buffer)
        self.shape = self._page.new_shape()

    def glyphs(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        face: str,
        *,
        color: Color = (0.0, 0.0, 0.0),
        stroke: float = 0.0,
        turn: float = 0.0,
        slant: float = 0.0,
    ) -> None:
        """Draw text on a baseline.

        `stroke` thickens it by a share of the size, `turn` is in degrees, `slant` a shear.
        """
        bent = pymupdf.Matrix(turn) * pymupdf.Matrix(1, 0, slant, 1, 0, 0)
        self.shape.insert_text(
            (x, y),
            text,
            fontname="JA" if face == fonts.SANS_JA else face,
            fontsize=size,
            color=color,
            fill=color,
            render_mode=2 if stroke else 0,
            border_width=stroke,
            morph=(pymupdf.Point(x, y), bent) if turn or slant else None,
        )

    def polyline(self, points: Sequence[tuple[float, float]], color: Color, width: float) -> None:
        """Draw a pen stroke through the points."""
        self.shape.draw_polyline([pymupdf.Point(*point) for point in points])
        self.shape.finish(width=width, color=color, closePath=False, lineCap=1, lineJoin=1)

    def pixels(self, dpi: int) -> Pixels:
        """Return what was drawn, as H × W × 3 RGB."""
        self.shape.commit()
        pixmap = self._page.get_pixmap(dpi=dpi, alpha=False)
        image = np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.width, 3)
        pixels = image.copy()
        self._give_back()
        return pixels

    def _give_back(self) -> None:
        """Empty and remove the page, which a document would keep in memory."""
        for xref in self._page.get_contents():
            _stationery().update_stream(xref, b" ")
        _stationery().delete_page(self._page.number)


def paint(sheet: Sheet, dpi: int) -> Pixels:
    """Return the blank form as H × W grey."""
    canvas = Canvas(sheet.width, sheet.height)
    for item in _fills_first(sheet.prints):
        _draw(canvas, item)
    return np.ascontiguousarray(canvas.pixels(dpi)[:, :, 0])


def _fills_first(prints: Iterable[Print]) -> list[Print]:
    """Order the prints so that shading never hides a line or a word."""
    return sorted(prints, key=lambda p: not (isinstance(p, Frame) and p.fill is not None))


def _draw(canvas: Canvas, item: Print) -> None:
    shape = canvas.shape
    match item:
        case Text(x, y, text, size, face, stroke, grey):
            canvas.glyphs(x, y, text, size, face, stroke=stroke, color=(grey, grey, grey))
            return
        case Rule(x0, y0, x1, y1):
            shape.draw_line((x0, y0), (x1, y1))
        case Frame(area) | Oval(area):
            draw = shape.draw_rect if isinstance(item, Frame) else shape.draw_oval
            draw(pymupdf.Rect(*area))
    fill = item.fill if isinstance(item, Frame) else None
    dashed = not isinstance(item, Frame) and item.dashed
    shape.finish(
        width=item.width,
        color=(0, 0, 0) if item.width else None,
        fill=None if fill is None else (fill, fill, fill),
        dashes="[1.5 1.5] 0" if dashed else None,
    )
