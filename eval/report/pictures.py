"""Pictures of mistakes: the two pages side by side, and one laid onto the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Box, Transform
from chohyo.extraction.evidence import crop_png
from chohyo.matching.features import PageFeatures, extract_features
from chohyo.matching.refinement import warp
from chohyo.matching.registration import as_matrix
from chohyo.pages.images import decode_colour, decode_grey, encode_jpeg, shrunk
from chohyo.pages.limits import Limits
from chohyo.pages.parsing import render_pages

Image = NDArray[np.uint8]

_HEIGHT = 1000
# Blue, green, red: a proposed box that is true, one that is not, and a true one nobody proposed.
_BOX_COLOURS = {"matched": (200, 120, 0), "surplus": (0, 0, 230), "missed": (200, 0, 200)}
_GAP = 12


def draw_mistake(page: Path, other: Path | None, transform: Transform | None, out: Path) -> None:
    """Write a JPEG: the page, the other page, and both laid on each other.

    In the third picture print of both is black, print of the page alone red, of the other alone
    blue; it is left out when the pages could not be laid on each other.
    """
    mine = _model_image(page)
    pictures = [_grey(mine)]
    if other is not None:
        theirs = _model_image(other)
        pictures.append(_grey(theirs))
        if transform is not None:
            pictures.append(_overlay(extract_features(mine), extract_features(theirs), transform))
    out.write_bytes(encode_jpeg(_beside(pictures), quality=70))


def draw_piece(page: Path, box: Box, out: Path) -> None:
    """Write a JPEG of a piece of the page, with some of its surroundings."""
    rendered = next(iter(render_pages(page, page.name, Limits())))
    piece = crop_png(decode_colour(rendered.evidence), box)
    out.write_bytes(encode_jpeg(decode_colour(piece), quality=80))


def draw_boxes(
    page: Path, boxes: Mapping[str, Sequence[Sequence[Sequence[float]]]], out: Path
) -> None:
    """Write a JPEG of the page with boxes, each of four corners in fractions of the page.

    Matched boxes are blue, surplus ones red, missed ones violet.
    """
    first = next(iter(render_pages(page, page.name, Limits())))
    picture = decode_colour(first.evidence)
    height, width = picture.shape[:2]
    for what, colour in _BOX_COLOURS.items():
        for corners in boxes[what]:
            points = np.array(corners) * (width, height)
            cv2.polylines(picture, [points.round().astype(np.int32)], True, colour, 3)
    out.write_bytes(encode_jpeg(shrunk(picture, 1400), quality=75))


def _model_image(path: Path) -> Image:
    """Return what the product's matching sees of a file's first page."""
    first = next(iter(render_pages(path, path.name, Limits())))
    return decode_grey(first.model)


def _grey(image: Image) -> Image:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)


def _overlay(page: PageFeatures, other: PageFeatures, transform: Transform) -> Image:
    matrix = as_matrix(transform, page, other)
    mine = np.subtract(255, warp(page.ink, matrix, other.ink.shape), dtype=np.uint8)
    theirs = np.subtract(255, other.ink, dtype=np.uint8)
    return np.asarray(np.dstack([mine, np.minimum(mine, theirs), theirs]), np.uint8)


def _beside(pictures: list[Image]) -> Image:
    scaled = [_at_height(picture) for picture in pictures]
    gap = np.full((_HEIGHT, _GAP, 3), 96, np.uint8)
    parts = [part for picture in scaled for part in (picture, gap)][:-1]
    return np.asarray(np.hstack(parts), np.uint8)


def _at_height(picture: Image) -> Image:
    width = max(1, round(picture.shape[1] * _HEIGHT / picture.shape[0]))
    return np.asarray(cv2.resize(picture, (width, _HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)
