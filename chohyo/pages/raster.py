"""Image files: one page for a PNG or JPEG, one a frame for a TIFF."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Final, cast

from PIL import Image, ImageOps
from PIL.ExifTags import Base
from PIL.TiffImagePlugin import TiffImageFile

from chohyo.errors import FileDamagedError, FileEmptyError, PageTooLargeError, TooManyPagesError
from chohyo.pages.limits import Limits
from chohyo.pages.rendered import RenderedPage
from chohyo.pages.upright import page_images

_FORMATS: Final = ("PNG", "JPEG", "TIFF")
# Clockwise turn in degrees that rights each EXIF orientation; the even ones are also mirrored.
_TURN: Final = {3: 180, 4: 180, 5: 270, 6: 90, 7: 90, 8: 270}
_MIN_DPI: Final = 50
_MAX_DPI: Final = 2400
_MAX_16_BIT: Final = 65535
_SUBFILE_TYPE: Final = 254
_REDUCED_COPY: Final = 1
# Offsets and lengths of a TIFF's strips and tiles.
_STORED_PARTS: Final = ((273, 279), (324, 325))


def count_pages(data: bytes, limits: Limits) -> int:
    """Validate an image file and return its number of pages.

    Raises:
        RejectedFileError: one of its children, with the reason.
    """
    with _opened(data) as image:
        frames = _frames(image, limits)
        for page_no, frame in enumerate(frames, start=1):
            image.seek(frame)
            _check_size(image, page_no, limits)
            if isinstance(image, TiffImageFile):
                _check_stored(image, len(data))
        if not isinstance(image, TiffImageFile):
            image.load()  # only decoding tells a file that was cut short
    return len(frames)


def render(data: bytes, limits: Limits) -> Iterator[RenderedPage]:
    """Yield the pages of an image file in order.

    Raises:
        RejectedFileError: one of its children, with the reason.
    """
    with _opened(data) as image:
        for page_no, frame in enumerate(_frames(image, limits), start=1):
            image.seek(frame)
            _check_size(image, page_no, limits)
            yield _page(image, page_no)


def _opened(data: bytes) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = None  # `_check_size` knows the limit that is configured
    return Image.open(io.BytesIO(data), formats=_FORMATS)


def _frames(image: Image.Image, limits: Limits) -> list[int]:
    if not isinstance(image, TiffImageFile):
        return [0]  # further frames are animation (APNG) or a phone's depth map (MPO)
    if image.n_frames > 2 * limits.pages:
        raise TooManyPagesError(filename="", pages=image.n_frames, limit=limits.pages)
    frames = []
    for frame in range(image.n_frames):
        image.seek(frame)
        if not int(image.tag_v2.get(_SUBFILE_TYPE, 0)) & _REDUCED_COPY:
            frames.append(frame)
    if not frames:
        raise FileEmptyError(filename="")
    return frames


def _check_size(image: Image.Image, page_no: int, limits: Limits) -> None:
    megapixels = image.width * image.height / 1e6
    if megapixels > limits.page_megapixels:
        raise PageTooLargeError(
            filename="",
            page=page_no,
            megapixels=round(megapixels, 1),
            limit=limits.page_megapixels,
        )


def _check_stored(image: TiffImageFile, byte_size: int) -> None:
    for offsets, lengths in _STORED_PARTS:
        starts, sizes = image.tag_v2.get(offsets, ()), image.tag_v2.get(lengths, ())
        if any(start + size > byte_size for start, size in zip(starts, sizes, strict=False)):
            raise FileDamagedError(filename="")


def _page(image: Image.Image, page_no: int) -> RenderedPage:
    turn = _TURN.get(_orientation(image), 0)
    across, down = _resolution(image)
    if turn % 180:
        across, down = down, across
    ImageOps.exif_transpose(image, in_place=True)
    upright = _with_square_pixels(_on_white(image), across, down)
    return page_images(page_no, upright, max(across, down) or None, turn)


def _orientation(image: Image.Image) -> int:
    # Pillow rights a TIFF while it loads and forgets the tag then, so this must be asked before.
    tags = image.tag_v2 if isinstance(image, TiffImageFile) else image.getexif()
    return int(tags.get(Base.Orientation, 1))


def _resolution(image: Image.Image) -> tuple[float, float]:
    across, down = (float(value) for value in image.info.get("dpi", (0, 0)))
    # Outside these bounds the tag is a leftover of some software, not a scanner's word.
    plausible = all(_MIN_DPI <= value <= _MAX_DPI for value in (across, down))
    return (across, down) if plausible else (0.0, 0.0)


def _with_square_pixels(image: Image.Image, across: float, down: float) -> Image.Image:
    # Standard fax resolution is 204 × 98 dots an inch: shown dot by dot the page is half as tall.
    if not across or 0.95 < across / down < 1.05:
        return image
    finer = max(across, down)
    size = (round(image.width * finer / across), round(image.height * finer / down))
    return image.resize(size, Image.Resampling.BICUBIC)


def _on_white(image: Image.Image) -> Image.Image:
    """Return the image in mode `L` or `RGB`, what is transparent as white paper."""
    if image.has_transparency_data:
        coloured = image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(coloured, mask=coloured.getchannel("A"))
        return paper
    if image.mode.startswith(("I", "F")):
        return _in_8_bits(image)
    return image.convert("L" if image.mode in ("1", "L") else "RGB")


def _in_8_bits(image: Image.Image) -> Image.Image:
    wide = image.convert("F")
    low, high = cast(tuple[float, float], wide.getextrema())
    if not image.mode.startswith("F") and low >= 0 and high <= _MAX_16_BIT:
        low, high = 0, _MAX_16_BIT
    factor = 255 / (high - low) if high > low else 1.0
    return wide.point(lambda level: level * factor - low * factor).convert("L")
