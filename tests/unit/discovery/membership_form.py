"""A small form with known print and fields, and filled copies of it, drawn with PyMuPDF."""

from __future__ import annotations

import functools

import cv2
import numpy as np
import pymupdf
from numpy.typing import NDArray

from chohyo.discovery.blank_form import BlankForm, rebuild
from chohyo.domain.geometry import Box, Transform

WIDTH, HEIGHT = 420.0, 594.0
ROWS = [
    ("Full name", ["Amber Lee", "Bo Quill", "Cy Drummond", "Dot Winters"]),
    ("Date of birth", ["04/07/1981", "12 Dec 2001", "2/23/90", "Aug 3, 1976"]),
    ("Total amount", ["1,204", "88,310", "7,645", "930"]),
    ("Phone", ["202-555-0143", "(617) 640-2188", "312 998 4101", "+1 415 371 0199"]),
]
_TOP, _ROW = 90.0, 34.0
_LABEL_X, _VALUE_X, _END_X = 40.0, 150.0, 380.0
CHECKBOX = (60.0, 300.0, 71.0, 311.0)
UNDERLINE = (120.0, 360.0, 300.0)


def value_box(row: int) -> Box:
    """Return the true box of a row's value cell, in fractions of the page."""
    y = _TOP + row * _ROW
    return Box(_VALUE_X / WIDTH, y / HEIGHT, _END_X / WIDTH, (y + _ROW) / HEIGHT)


def checkbox_box() -> Box:
    """Return the true box of the checkbox."""
    x0, y0, x1, y1 = CHECKBOX
    return Box(x0 / WIDTH, y0 / HEIGHT, x1 / WIDTH, y1 / HEIGHT)


def draw(copy: int | None, dpi: int = 150) -> NDArray[np.uint8]:
    """Draw the form as grey pixels: blank for None, else filled with the values of that copy."""
    document = pymupdf.open()
    page = document.new_page(width=WIDTH, height=HEIGHT)
    page.insert_text((130, 50), "Membership Form", fontsize=20, fontname="hebo")
    page.insert_text((40, 75), "Please print. Form 7, Rev. 3-2022", fontsize=8)
    for row, (label, values) in enumerate(ROWS):
        y = _TOP + row * _ROW
        page.draw_rect((_LABEL_X, y, _VALUE_X, y + _ROW), width=0.8)
        page.draw_rect((_VALUE_X, y, _END_X, y + _ROW), width=0.8)
        page.insert_text((_LABEL_X + 5, y + 20), label, fontsize=10)
        if copy is not None:
            page.insert_text((_VALUE_X + 6, y + 22), values[copy % 4], fontsize=12, fontname="tiro")
    page.draw_rect(CHECKBOX, width=0.8)
    page.insert_text((76, 310), "I agree to the rules", fontsize=10)
    page.draw_line((UNDERLINE[0], UNDERLINE[1]), (UNDERLINE[2], UNDERLINE[1]), width=0.8)
    page.insert_text((40, 358), "Sponsor", fontsize=10)
    if copy is not None and copy % 2 == 0:
        page.draw_line((61, 301), (70, 310), width=1.4)
        page.draw_line((61, 310), (70, 301), width=1.4)
    if copy is not None and copy != 1:
        name = ["Iris Vane", "", "Kit Moor", "Lou Peck"][copy % 4]
        page.insert_text((126, 356), name, fontsize=12, fontname="tiro")
    page.insert_textbox(
        (40, 420, 380, 560),
        "Give this form to the office. We keep it for one year. " * 6,
        fontsize=9,
    )
    pixels = page.get_pixmap(dpi=dpi, colorspace=pymupdf.csGRAY)
    return np.frombuffer(pixels.samples, np.uint8).reshape(pixels.height, pixels.width).copy()


def scan(
    image: NDArray[np.uint8], seed: int, angle: float = 0.0, shift: float = 0.0
) -> tuple[NDArray[np.uint8], Transform]:
    """Turn, shift, fade and speckle a page; return it with the transform back to the flat page."""
    noise = np.random.default_rng(seed)
    height, width = image.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    matrix[:, 2] += shift
    moved = cv2.warpAffine(image, matrix, (width, height), borderValue=255)
    faded = 30 + moved.astype(np.float32) * 0.8 + noise.normal(0, 6, moved.shape)
    forward = np.vstack([matrix, [0, 0, 1]])
    scale = np.diag([width, height, 1.0])
    back = np.linalg.inv(scale) @ np.linalg.inv(forward) @ scale
    rows = tuple(float(v) for v in back.ravel())
    assert len(rows) == 9
    return np.clip(faded, 0, 255).astype(np.uint8), Transform(rows)


@functools.cache
def rebuilt(count: int) -> BlankForm:
    """Return the blank form rebuilt from that many copies; made once for all tests."""
    return rebuild(*filled_copies(count))


def filled_copies(
    count: int, dpi: int = 150
) -> tuple[list[NDArray[np.uint8]], list[Transform], tuple[int, int]]:
    """Return scanned filled copies, their transforms to the flat page, and its size."""
    scans = [scan(draw(i, dpi), i, angle=0.4 * (i - 1), shift=2.0 * i) for i in range(count)]
    height, width = scans[0][0].shape
    return [s[0] for s in scans], [s[1] for s in scans], (width, height)
