"""Files made for the tests of `chohyo.pages`."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence

import pymupdf
from PIL import Image, ImageDraw

SENTENCE = "The quick brown fox jumps over the lazy dog"


def born_digital(*rotations: int, text: str = SENTENCE) -> pymupdf.Document:
    """Return a PDF with one page of text for each rotation, 595 × 842 points."""
    document = pymupdf.open()
    for rotation in rotations or (0,):
        page = document.new_page()
        page.insert_text((60, 100), text, fontsize=14)
        page.set_rotation(rotation)
    return document


def raw_pdf(*objects: bytes) -> bytes:
    """Return a PDF of the given objects, numbered from 1; the first is the catalogue."""
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    xref = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\n" % (len(objects) + 1)
    out += b"startxref\n%d\n%%%%EOF\n" % xref
    return bytes(out)


def pdf_without_pages() -> bytes:
    """Return a valid PDF whose page tree is empty."""
    return raw_pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>")


def endless_pdf() -> bytes:
    """Return a small PDF that draws 10 to the power of 14 rectangles, each form ten of the next."""
    levels = 14
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]"
    forms = [
        _stream(form + b"/Resources<</XObject<</X %d 0 R>>>>" % (6 + level), b"/X Do " * 10)
        for level in range(levels)
    ]
    return raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
        b"/Resources<</XObject<</X 5 0 R>>>>>>",
        _stream(b"", b"/X Do"),
        *forms,
        _stream(form, b"0 0 10 10 re f"),
    )


def without_text_mapping() -> pymupdf.Document:
    """Return a PDF whose embedded font does not say which characters its glyphs are."""
    document = pymupdf.open()
    page = document.new_page()
    page.insert_font("F0", fontbuffer=pymupdf.Font("helv").buffer)
    page.insert_text((60, 100), SENTENCE, fontname="F0")
    for xref in range(1, document.xref_length()):
        if document.xref_get_key(xref, "ToUnicode")[0] != "null":
            document.xref_set_key(xref, "ToUnicode", "null")
    return document


def _stream(entries: bytes, body: bytes) -> bytes:
    return b"<<%b/Length %d>>\nstream\n%b\nendstream" % (entries, len(body), body)


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Return an image of seeded noise, which no codec makes small."""
    return Image.frombytes(
        mode, (width, height), random.Random(7).randbytes(width * height * len(mode))
    )


def marked(width: int, height: int, mode: str = "L") -> Image.Image:
    """Return a white page with a black square in its top left corner."""
    image = Image.new("L", (width, height), 255)
    side = min(width, height) // 4
    ImageDraw.Draw(image).rectangle((0, 0, side, side), fill=0)
    return image.convert(mode)


def encoded(image: Image.Image, file_format: str, **options: object) -> bytes:
    """Return the bytes of an image file."""
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def tiff(frames: Sequence[Image.Image], **options: object) -> bytes:
    """Return a TIFF with one page for each frame."""
    return encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:], **options)


def opened(data: bytes) -> Image.Image:
    """Return the decoded image."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image
