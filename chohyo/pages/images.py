"""Between encoded images and pixel arrays.

Arrays are `uint8`: (height, width) when grey, (height, width, 3) in the order blue, green, red, as
OpenCV has it, when in colour. This is for images that chohyo wrote itself; an upload goes through
`chohyo.pages.parsing`.
"""

from __future__ import annotations

import io
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from chohyo.errors import FileDamagedError, FileTypeError, PageTooLargeError

_FORMATS: Final = ("PNG", "JPEG", "TIFF")
_NAME: Final = "image"
_MAX_MEGAPIXELS: Final = 60.0
# Above this Pillow refuses to open an image, and does not tell its size.
_PILLOWS_MAX_MEGAPIXELS: Final = 179


def decode_grey(data: bytes, max_megapixels: float = _MAX_MEGAPIXELS) -> NDArray[np.uint8]:
    """Decode a PNG, JPEG or TIFF to grey.

    Raises:
        FileTypeError: the bytes are no such image.
        PageTooLargeError: it has more pixels than allowed; it is not decoded.
        FileDamagedError: it is cut short or malformed.
    """
    return np.asarray(_decoded(data, "L", max_megapixels))


def decode_colour(data: bytes, max_megapixels: float = _MAX_MEGAPIXELS) -> NDArray[np.uint8]:
    """Decode a PNG, JPEG or TIFF to colour; raises as `decode_grey` does."""
    return np.ascontiguousarray(np.asarray(_decoded(data, "RGB", max_megapixels))[..., ::-1])


def encode_png(image: NDArray[np.uint8]) -> bytes:
    """Encode pixels without loss."""
    return _encoded(image, ".png", cv2.IMWRITE_PNG_COMPRESSION, 2)


def encode_strokes(image: NDArray[np.uint8]) -> bytes:
    """Encode pixels that are mostly 0 as a PNG, without loss, to be decoded often.

    A filter would make a sixth less of it, and take twice the time to undo.
    """
    plain = cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_NONE
    return _encoded(image, ".png", cv2.IMWRITE_PNG_COMPRESSION, 2, *plain)


def encode_jpeg(image: NDArray[np.uint8], quality: int = 90) -> bytes:
    """Encode pixels for the eye; `quality` is in 1..100."""
    return _encoded(image, ".jpg", cv2.IMWRITE_JPEG_QUALITY, quality)


def shrunk(image: NDArray[np.uint8], long_side: int) -> NDArray[np.uint8]:
    """Return the image with its long side at most `long_side` pixels."""
    factor = long_side / max(image.shape[:2])
    if factor >= 1:
        return image
    size = (max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _decoded(data: bytes, mode: Literal["L", "RGB"], max_megapixels: float) -> Image.Image:
    # Pillow and not OpenCV: OpenCV fills up an image that was cut short and says nothing.
    try:
        image = Image.open(io.BytesIO(data), formats=_FORMATS)
        megapixels = image.width * image.height / 1e6
        if megapixels > max_megapixels:
            raise PageTooLargeError(
                filename=_NAME, page=1, megapixels=round(megapixels, 1), limit=max_megapixels
            )
        return image.convert(mode)
    except UnidentifiedImageError as error:
        raise FileTypeError(filename=_NAME) from error
    except Image.DecompressionBombError as error:
        raise PageTooLargeError(
            filename=_NAME, page=1, megapixels=_PILLOWS_MAX_MEGAPIXELS, limit=max_megapixels
        ) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise FileDamagedError(filename=_NAME) from error


def _encoded(image: NDArray[np.uint8], suffix: str, *options: int) -> bytes:
    done, buffer = cv2.imencode(suffix, image, options)
    assert done, "OpenCV encodes every uint8 image that has pixels"
    return buffer.tobytes()
