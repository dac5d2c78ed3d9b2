"""Look pages up by a picture: a screenshot, a photo, or a page that is there already."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.cores import on_cores
from chohyo.domain.access import Caller, Role
from chohyo.domain.geometry import Box
from chohyo.domain.search import PageQuery
from chohyo.domain.spaces import Purpose
from chohyo.errors import FileEmptyError, FileTypeError, ImageTooLargeError, PageTooLargeError
from chohyo.extraction import ink
from chohyo.models.embedder import Embedders
from chohyo.pages import parsing
from chohyo.pages.formats import sniff
from chohyo.pages.images import decode_colour, decode_grey
from chohyo.pages.limits import Limits
from chohyo.search.pictures import REVISION, Described, describe_query, unpack
from chohyo.search.placement import PictureInk, agreement, place
from chohyo.services.documents import visible_page
from chohyo.services.runtime import Runtime
from chohyo.storage import embeddings, pages, search, search_index, spaces
from chohyo.storage.database import Connection
from chohyo.storage.search_filters import Among
from chohyo.storage.spaces import StoredSpace

MEGAPIXELS: Final = 25.0
_NAME: Final = "image"
_FILE_MIB: Final = 16
_SECONDS: Final = 10.0
_CANDIDATES: Final = 60
_LAYOUTS: Final = 100
# A feature that so many pages share is of a form's print, or of a letter's.
_COMMON: Final = 400


class Picture:
    """What is searched by: its pixels and keypoints, worked out when they are needed.

    Args:
        load: returns its grey pixels.
        page_id: the page that it is, or is a part of.
        whole: a whole page is meant, whose stored vector stands for it.
        keypoints: those stored of the whole page, packed.
    """

    def __init__(
        self,
        load: Callable[[], NDArray[np.uint8]],
        page_id: UUID | None = None,
        *,
        whole: bool = False,
        keypoints: bytes | None = None,
    ) -> None:
        self._load = load
        self._keypoints = keypoints
        self.page_id = page_id
        self.whole = whole

    @cached_property
    def grey(self) -> NDArray[np.uint8]:
        """Return its pixels."""
        return self._load()

    @cached_property
    def ink(self) -> PictureInk:
        """Return its ink, as it is laid on pages."""
        return PictureInk(self.grey)

    @cached_property
    def described(self) -> Described:
        """Return its keypoints."""
        return unpack(self._keypoints) if self._keypoints else describe_query(self.grey)


def check_image(data: bytes) -> None:
    """Refuse what is no image by its first bytes, before it takes a place among those that are.

    Raises:
        FileEmptyError: there is nothing.
        FileTypeError: it is something else.
    """
    if not data:
        raise FileEmptyError(filename=_NAME)
    if sniff(data) is None:
        raise FileTypeError(filename=_NAME)


def read_image(limits: Limits, data: bytes) -> Picture:
    """Read an image that was checked, in a process of its own.

    Raises:
        ImageTooLargeError: it has more than 25 megapixels.
        RejectedFileError: it is damaged, or takes too long.
    """
    bounds = replace(limits, page_megapixels=MEGAPIXELS, parse_seconds=_SECONDS, file_mib=_FILE_MIB)
    with tempfile.NamedTemporaryFile(prefix="chohyo-") as file:
        file.write(data)
        file.flush()
        try:
            first = next(iter(parsing.render_pages(Path(file.name), _NAME, bounds)))
        except PageTooLargeError as error:
            raise ImageTooLargeError(
                megapixels=error.params["megapixels"], limit=MEGAPIXELS
            ) from error
    grey = decode_grey(first.evidence)
    return Picture(lambda: grey)


def read_page(runtime: Runtime, caller: Caller, query: PageQuery) -> Picture:
    """Take a page, or a part of it, as the picture to search by.

    Raises:
        NotFoundError: there is no such page for the caller.
    """
    with runtime.database.transaction() as connection:
        page = visible_page(connection, caller, query.page_id, Role.VIEWER)
        stored = search_index.keypoints(connection, [page.id], REVISION).get(page.id)
    box = query.box
    if box is None:
        return Picture(
            lambda: decode_grey(runtime.blobs.get(page.model_blob)),
            page.id, whole=True, keypoints=stored,
        )  # fmt: skip
    return Picture(
        lambda: _cut(ink.grey(decode_colour(runtime.blobs.get(page.evidence_blob))), box), page.id
    )


def rank_pictures(
    connection: Connection, picture: Picture, among: Among
) -> list[tuple[UUID, float]]:
    """Return the pages that share the picture's rarest details, best first."""
    return search.sharing_features(
        connection, picture.described.words, among, most=_COMMON, limit=_CANDIDATES
    )


def space_of_pictures(connection: Connection) -> StoredSpace | None:
    """Return the space in which pages are found by pictures."""
    return spaces.active(connection, Purpose.IMAGE) or spaces.active(connection)


def rank_layouts(
    connection: Connection,
    embedders: Embedders,
    picture: Picture,
    among: Among,
    space: StoredSpace,
) -> list[tuple[UUID, float]]:
    """Return the pages laid out most alike in a space, best first."""
    vector = None
    if picture.whole and picture.page_id is not None:
        stored = embeddings.vectors(connection, space, [picture.page_id])
        vector = stored.get(picture.page_id)
    if vector is None and embedders.serves(space.space):
        vector = embedders.embed([space.space], [picture.grey])[space.space.name][0]
    if vector is None:
        return []  # another model fills that space, and it is not open here
    return search.nearest_layouts(connection, space, vector, among, _LAYOUTS)


def lay_on_pages(
    runtime: Runtime, picture: Picture, page_ids: Sequence[UUID]
) -> dict[UUID, tuple[float, Box]]:
    """Return how well the picture agrees with each page, in 0..1, and where it lies on it.

    A page on which it does not lie is left out.
    """
    with runtime.database.transaction() as connection:
        stored = search_index.keypoints(connection, page_ids, REVISION)
        blobs = {page.id: page.model_blob for page in pages.some(connection, list(stored))}
    described, ink = picture.described, picture.ink

    def lay(page_id: UUID) -> tuple[float, Box] | None:
        placement = place(described, unpack(stored[page_id]))
        if placement is None:
            return None
        grey = decode_grey(runtime.blobs.get(blobs[page_id]))
        return agreement(ink, grey, placement), placement.box

    laid = dict(zip(blobs, on_cores(lay, blobs), strict=True))
    return {page_id: found for page_id, found in laid.items() if found is not None}


def _cut(grey: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    height, width = grey.shape[:2]
    x0, y0 = min(width - 8, int(box.x0 * width)), min(height - 8, int(box.y0 * height))
    piece = grey[max(0, y0) : max(y0 + 8, round(box.y1 * height)),
                 max(0, x0) : max(x0 + 8, round(box.x1 * width))]  # fmt: skip
    return np.ascontiguousarray(piece)
