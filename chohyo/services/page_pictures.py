"""Pictures of a page: in small, a region of it, or with regions marked. Drawn once, then kept.

What a picture shows is known before it is drawn, so a browser that has it costs no drawing, and
one who comes again is served from memory. Whether somebody may see the page is asked every time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.access import Caller, Role
from chohyo.domain.geometry import Box, Transform
from chohyo.domain.recent import Recent
from chohyo.extraction import evidence
from chohyo.extraction.redaction import blacked_out
from chohyo.pages.images import decode_colour, encode_jpeg, shrunk
from chohyo.services.documents import visible_page
from chohyo.services.evidence import hidden_regions
from chohyo.services.runtime import Runtime
from chohyo.services.unmasking import note_page

THUMBNAIL_PX: Final = 320
_KEPT_BYTES: Final = 48 << 20


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A picture that is drawn when it is asked for; another `tag` means that it shows otherwise."""

    tag: str
    media_type: str
    draw: Callable[[], bytes]
    kept: bool = True

    def data(self) -> bytes:
        """Return the encoded picture; one that is not to be kept is drawn each time."""
        return _DRAWN.get(self.tag, self.draw) if self.kept else self.draw()


def thumbnail(runtime: Runtime, caller: Caller, page_id: UUID) -> PagePicture:
    """Return a page in small, as JPEG; personal data is black to viewers."""
    return _picture(
        runtime, caller, page_id, ("small", THUMBNAIL_PX), "image/jpeg",
        lambda image: encode_jpeg(shrunk(image, THUMBNAIL_PX), quality=80),
    )  # fmt: skip


def region_crop(runtime: Runtime, caller: Caller, page_id: UUID, box: Box) -> PagePicture:
    """Return a region of a page, as PNG; personal data is black to viewers."""
    return _picture(
        runtime, caller, page_id, ("crop", *box.as_list()), "image/png",
        lambda image: evidence.crop_png(image, box),
    )  # fmt: skip


def region_overlay(
    runtime: Runtime, caller: Caller, page_id: UUID, boxes: Sequence[Box]
) -> PagePicture:
    """Return a page with regions marked, as PNG; personal data is black to viewers."""
    outlines = evidence.field_outlines(boxes)
    shown = ("overlay", *(side for box in boxes for side in box.as_list()))
    return _picture(
        runtime, caller, page_id, shown, "image/png",
        lambda image: evidence.overlay_png(image, outlines, Transform.identity()),
    )  # fmt: skip


def marked_address(page_id: UUID, shape: str, boxes: Sequence[Box]) -> str:
    """Return the path, below a door's own, of a picture with regions of a page: crop or overlay."""
    asked = "&".join(f"box={','.join(f'{side:.5f}' for side in box.as_list())}" for box in boxes)
    return f"/pages/{page_id}/regions/{shape}" + (f"?{asked}" if asked else "")


def _picture(
    runtime: Runtime,
    caller: Caller,
    page_id: UUID,
    shown: tuple[object, ...],
    media_type: str,
    draw: Callable[[NDArray[np.uint8]], bytes],
) -> PagePicture:
    with runtime.database.transaction() as connection:
        page = visible_page(connection, caller, page_id, Role.VIEWER)
        hidden = hidden_regions(connection, caller, page)
    note_page(runtime, caller, page)
    black = [box.as_list() for box in hidden]
    told = repr((page.id, page.evidence_blob, black, shown))
    tag = hashlib.sha256(told.encode()).hexdigest()[:32]

    def drawn() -> bytes:
        image = decode_colour(runtime.blobs.get(page.evidence_blob))
        return draw(blacked_out(image, hidden) if hidden else image)

    return PagePicture(tag, media_type, drawn)


_DRAWN: Recent[str, bytes] = Recent(_KEPT_BYTES, len)
