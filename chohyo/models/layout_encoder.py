"""A layout embedding by a small convolutional network of our own.

It has seen generated forms only (`eval/layouts`, `eval/encoder`). Its card lies beside the weights.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from chohyo.domain.spaces import EmbeddingSpace
from chohyo.models.onnx_network import open_network

Pixels = NDArray[np.uint8]

WEIGHTS: Final = Path(__file__).parent / "weights" / "layout-encoder.onnx"
HEIGHT: Final = 240
WIDTH: Final = 192
_NORMALISED_AT: Final = (384, 480)  # px across and down at which print is parted from paper
_BATCH: Final = 16  # memory: a page takes 3 MB in the network
# Paper is the lightest within this part of the page: wider than any bar, narrower than a shadow.
_PAPER: Final = (5, 5)
_PAPER_SCALE: Final = 8
_DARKEST_PAPER: Final = 24  # level of grey; darker is no paper
_FAINTEST: Final = 12  # levels of grey below the paper that count as ink
_LEAST_INK: Final = 0.2  # mean level of ink, of 255, below which a sheet is blank


class LayoutEncoder:
    """Embeds upright grey pages. Creating one is cheap: the network is loaded at first use.

    One object may serve several threads; the same page always gives the same vector.
    """

    space = EmbeddingSpace(
        name="layout-encoder",
        model_id="chohyo/layout-encoder",
        revision="2",
        dimensions=256,
        pixel_budget=HEIGHT * WIDTH,
    )

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._session: onnxruntime.InferenceSession | None = None

    def embed(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return one L2-normalised row (n, dimensions) for each 8-bit grey page of any size.

        A sheet without print has no direction: its row is zero.
        """
        rows = np.zeros((len(images), self.space.dimensions), np.float32)
        for start in range(0, len(images), _BATCH):
            inks = np.stack([page_ink(image) for image in images[start : start + _BATCH]])
            printed = inks.mean(axis=(1, 2)) >= _LEAST_INK
            if printed.any():
                rows[start : start + len(inks)][printed] = self._run(network_input(inks[printed]))
        return rows

    def _run(self, pages: NDArray[np.float32]) -> NDArray[np.float32]:
        (raw,) = self._network().run(None, {"pages": pages})
        vectors = np.asarray(raw, np.float32)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)

    def _network(self) -> onnxruntime.InferenceSession:
        with self._lock:
            if self._session is None:
                self._session = open_network(WEIGHTS)
            return self._session


def page_ink(grey: Pixels, height: int = HEIGHT, width: int = WIDTH) -> Pixels:
    """Return how much darker than its paper a page is: (height, width), 0 paper, 255 black.

    The page is stretched to that format, whatever its own.
    """
    page = grey
    if grey.shape != _NORMALISED_AT[::-1]:
        page = np.asarray(cv2.resize(grey, _NORMALISED_AT, interpolation=cv2.INTER_AREA), np.uint8)
    lightness = cv2.divide(page, _paper(page), scale=255)
    ink = cv2.subtract(np.full_like(lightness, 255 - _FAINTEST), lightness)
    return np.asarray(cv2.resize(ink, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _paper(page: Pixels) -> Pixels:
    height, width = page.shape
    small = cv2.resize(
        page, (width // _PAPER_SCALE, height // _PAPER_SCALE), interpolation=cv2.INTER_AREA
    )
    paper = cv2.blur(cv2.dilate(small, np.ones(_PAPER, np.uint8)), (3, 3))
    return np.asarray(np.maximum(cv2.resize(paper, (width, height)), _DARKEST_PAPER), np.uint8)


def network_input(inks: Pixels) -> NDArray[np.float32]:
    """Return the network's input (n, 1, 240, 192) for inks (n, 240, 192).

    Each page is brought to mean 0 and deviation 1: faint and dark print look alike.
    """
    pages = inks.astype(np.float32)
    pages -= pages.mean(axis=(1, 2), keepdims=True)
    pages /= pages.std(axis=(1, 2), keepdims=True) + 1.0
    return np.asarray(pages[:, None], np.float32)
