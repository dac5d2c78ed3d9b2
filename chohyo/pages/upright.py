"""From an upright image to the two images of a page."""

from __future__ import annotations

import hashlib
import io
from typing import Final

from PIL import Image, ImageChops

from chohyo.pages.rendered import RenderedPage, TextWord

EVIDENCE_LONG_SIDE: Final = 2200
MODEL_LONG_SIDE: Final = 1000
# At 90 the digits of a form keep their edges; a grey A4 page takes about 500 KB.
_JPEG_QUALITY: Final = 90
# Level 6 makes 424 KB of 466 KB and takes 67 ms a page where level 2 takes 23 ms.
_PNG_LEVEL: Final = 2
# On grey pages saved in colour the channels differ by 4 levels, on coloured print by 100 and more.
_COLOUR_DIFFERENCE: Final = 24
_COLOUR_SHARE: Final = 0.0005

# Pillow turns counter-clockwise.
_TRANSPOSE: Final = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


def page_images(
    page_no: int,
    image: Image.Image,
    dpi: float | None,
    rotation: int,
    words: tuple[TextWord, ...] = (),
) -> RenderedPage:
    """Return the page of an upright image in mode `L` or `RGB`; `dpi` is that image's."""
    scale = min(1.0, EVIDENCE_LONG_SIDE / max(image.size))
    evidence = _without_needless_colour(_scaled(image, scale) if scale < 1 else image)
    model = _scaled(image.convert("L"), MODEL_LONG_SIDE / max(image.size))
    return RenderedPage(
        page_no=page_no,
        width=evidence.width,
        height=evidence.height,
        dpi=None if dpi is None else round(dpi * scale, 2),
        rotation=rotation,
        evidence=_encoded(evidence, "JPEG", quality=_JPEG_QUALITY),
        model=_encoded(model, "PNG", compress_level=_PNG_LEVEL),
        content_key=_content_key(model),
        words=words,
    )


def turned(page: RenderedPage, degrees: int) -> RenderedPage:
    """Return a page without words turned clockwise by 0, 90, 180 or 270 degrees."""
    if not degrees:
        return page
    with Image.open(io.BytesIO(page.evidence)) as image:
        righted = image.transpose(_TRANSPOSE[degrees])
    return page_images(page.page_no, righted, page.dpi, (page.rotation + degrees) % 360)


def _scaled(image: Image.Image, factor: float) -> Image.Image:
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    # BOX averages the area a pixel covers, which keeps thin rules grey instead of dropping them.
    return image.resize(size, Image.Resampling.BOX if factor < 1 else Image.Resampling.BICUBIC)


def _without_needless_colour(image: Image.Image) -> Image.Image:
    if image.mode == "L":
        return image
    red, green, blue = image.reduce(3).split()
    spread = ImageChops.lighter(
        ImageChops.difference(red, green), ImageChops.difference(green, blue)
    )
    coloured = sum(spread.histogram()[_COLOUR_DIFFERENCE:])
    return image if coloured > _COLOUR_SHARE * spread.width * spread.height else image.convert("L")


def _content_key(model: Image.Image) -> str:
    return hashlib.sha256(b"%dx%d:" % model.size + model.tobytes()).hexdigest()


def _encoded(image: Image.Image, file_format: str, **options: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()
