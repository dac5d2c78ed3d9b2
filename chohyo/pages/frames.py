"""The messages a parser sends: a length, a JSON header, then the images it names.

JSON and not pickle: the parser has touched hostile input, so nothing it says may run here.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from chohyo.domain.geometry import Box
from chohyo.pages.rendered import RenderedPage, TextWord

_LENGTH: Final = struct.Struct(">I")
# The largest honest page (2,200 × 2,200 in colour, 20,000 words) stays under a quarter of these.
_MAX_HEADER: Final = 16 << 20
_MAX_BLOB: Final = 64 << 20

Header = dict[str, Any]


class MalformedFrameError(Exception):
    """The bytes are no frame; the parser cannot be believed any more."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One message: its header and the binary parts that follow it."""

    header: Header
    blobs: tuple[bytes, ...] = ()

    @property
    def kind(self) -> str:
        """Name of the message: `ready`, `facts`, `page`, `rejected` or `end`."""
        return str(self.header.get("kind"))


def pack(header: Header, blobs: Sequence[bytes] = ()) -> bytes:
    """Return the bytes of a frame."""
    head = json.dumps({**header, "blobs": [len(blob) for blob in blobs]}).encode()
    return b"".join((_LENGTH.pack(len(head)), head, *blobs))


def read(take: Callable[[int], bytes]) -> Frame:
    """Read one frame through `take(n)`, which returns exactly n bytes or raises.

    Raises:
        MalformedFrameError: a length is out of bounds or the header is no JSON object.
    """
    (length,) = _LENGTH.unpack(take(_LENGTH.size))
    if length > _MAX_HEADER:
        raise MalformedFrameError(f"a header of {length} bytes")
    try:
        header = json.loads(take(length))
        sizes = [int(size) for size in header.pop("blobs")]
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise MalformedFrameError("a header that is no JSON object") from error
    if any(not 0 <= size <= _MAX_BLOB for size in sizes) or len(sizes) > 2:
        raise MalformedFrameError(f"blobs of {sizes} bytes")
    return Frame(header, tuple(take(size) for size in sizes))


def pack_page(page: RenderedPage) -> bytes:
    """Return the frame of one rendered page."""
    header: Header = {
        "kind": "page",
        "page_no": page.page_no,
        "width": page.width,
        "height": page.height,
        "dpi": page.dpi,
        "rotation": page.rotation,
        "content_key": page.content_key,
        "words": [[word.text, *word.box.as_list()] for word in page.words],
    }
    return pack(header, (page.evidence, page.model))


def page_of(frame: Frame) -> RenderedPage:
    """Return the rendered page of a frame.

    Raises:
        MalformedFrameError: a part is missing or of the wrong type.
    """
    head = frame.header
    try:
        evidence, model = frame.blobs
        return RenderedPage(
            page_no=int(head["page_no"]),
            width=int(head["width"]),
            height=int(head["height"]),
            dpi=None if head["dpi"] is None else float(head["dpi"]),
            rotation=int(head["rotation"]),
            evidence=evidence,
            model=model,
            content_key=str(head["content_key"]),
            words=tuple(
                TextWord(str(text), Box(float(x0), float(y0), float(x1), float(y1)))
                for text, x0, y0, x1, y1 in head["words"]
            ),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedFrameError("a page with missing parts") from error


def page_count_of(frame: Frame) -> int:
    """Return the number of pages that a `facts` frame tells.

    Raises:
        MalformedFrameError: it tells none.
    """
    count = frame.header.get("page_count")
    if not isinstance(count, int):
        raise MalformedFrameError("facts without a page count")
    return count
