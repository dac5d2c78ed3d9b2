"""Text recognition: whole pages, or only the regions whose place is known.

RapidOCR runs PP-OCRv6 small, whose weights lie in its wheel: Japanese and English, nothing to
download. Text is returned as the network wrote it; folding and cleaning belong to the reader.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import cv2
import numpy as np
import rapidocr
from numpy.typing import NDArray
from rapidocr.utils.output import RapidOCROutput

from chohyo.domain.geometry import Box
from chohyo.models.line_network import LINE_HEIGHT, LineNetwork, ReadLine, decode, is_wide

Image = NDArray[np.uint8]
Point = tuple[float, float]

READER: Final = "PP-OCRv6-small"

_WEIGHTS: Final = Path(rapidocr.__file__).parent / "models"
# A Japanese letter with better odds than this was not imagined.
_SURE: Final = 0.8
_BATCH: Final = 6  # lines of a whole page
_MIN_WIDTH: Final = 64
# Exact on 314 printed values, Japanese and English, by margin in heights of the text's own box:
# 0: 0.92, 0.1: 0.92, 0.2: 0.92, 0.4: 0.86, as neighbouring print and rules come into the crop.
_MARGIN: Final = 0.1
# On ten pages, values found exactly and time a page: finding lines at 2,000 pixels 0.97 and 5.7 s,
# at 1,600 0.95 and 4.9 s, at 1,280 0.92 and 4.2 s, at 960 0.88 and 3.6 s.
_PAGE_LONG_SIDE: Final = 2000


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line found on a page.

    `box` is the upright box around `quad`, the four corners clockwise from the top left of the
    line; both in fractions of the page. `confidence` is the mean over the characters, in 0..1.
    """

    text: str
    box: Box
    confidence: float
    quad: tuple[Point, Point, Point, Point]


@dataclass(frozen=True, slots=True)
class RecognizedText:
    """What was read in a crop: "" with confidence 0 where there is nothing to read.

    `char_confidences` has one value in 0..1 for each character of `text`, `others` what else the
    character may be, with the confidence of that; it is empty where nobody can tell.
    """

    text: str
    confidence: float
    char_confidences: tuple[float, ...]
    others: tuple[tuple[tuple[str, float], ...], ...] = ()


class TextRecognizer(Protocol):
    """A model that reads print. Images are `uint8`, grey or in the order blue, green, red."""

    def read_page(self, image: Image) -> list[TextLine]:
        """Find the lines of an upright page and read them, from top to bottom."""

    def read_regions(self, images: Sequence[Image]) -> list[RecognizedText]:
        """Read crops of one horizontal line each, in their order."""


class RapidTextRecognizer:
    """PP-OCRv6 small on the processor.

    Creating one is cheap: the networks are loaded at first use, so a process that forks must do so
    before; with a page they take about 1 GB of memory. One object may serve several threads.
    `intra_op_threads` is the number of threads that share one inference; RapidOCR ignores a number
    above that of the processors.
    """

    def __init__(self, intra_op_threads: int = 1) -> None:
        self._threads = intra_op_threads
        self._lock = threading.Lock()
        self._loaded: rapidocr.RapidOCR | None = None
        self._lines: LineNetwork | None = None

    def read_page(self, image: Image) -> list[TextLine]:
        """Find the lines of an upright page and read them, from top to bottom.

        This takes 4 to 7 s of processor time on a dense form, nearly all of it in the networks.
        A page whose long side exceeds 2,000 pixels is shrunk to that first. A line at least 1.5
        times as tall as wide is turned a quarter counter-clockwise before it is read, which suits
        a rotated line and not Japanese written from top to bottom. Lines below a confidence of
        0.5 are dropped.
        """
        if not image.size:
            return []
        found = self._engine()(_colour(image))
        if not isinstance(found, RapidOCROutput) or found.boxes is None or found.txts is None:
            return []
        size = np.array(image.shape[1::-1], dtype=np.float64)
        scores = found.scores or ()
        return [
            _line(text, score, corners / size)
            for text, score, corners in zip(found.txts, scores, found.boxes, strict=True)
        ]

    def read_regions(self, images: Sequence[Image]) -> list[RecognizedText]:
        """Read crops of one horizontal line each, in their order; best made by `prepare_crop`.

        Crops are sorted by shape into batches, so that one call with all fields of a page is
        cheaper than many; none is turned, however tall. Letters that neither Japanese nor English
        print uses are not read. Where nothing in all the crops is surely Japanese, neither is what
        seems so here and there.
        """
        readings = [RecognizedText("", 0.0, ())] * len(images)
        places = [place for place, image in enumerate(images) if image.size]
        if not places:
            return readings
        network = self._network()
        odds = network.odds([_colour(_at_height(images[place])) for place in places])
        letters = network.letters
        lines = [decode(each, letters, letters.japanese) for each in odds]
        if not any(map(_surely_japanese, lines)):
            lines = [decode(each, letters, letters.latin) for each in odds]
        for place, line in zip(places, lines, strict=True):
            readings[place] = _recognized(line)
        return readings

    def _network(self) -> LineNetwork:
        with self._lock:
            if self._lines is None:
                self._lines = LineNetwork(_WEIGHTS / "PP-OCRv6_rec_small.onnx", self._threads)
            return self._lines

    def _engine(self) -> rapidocr.RapidOCR:
        with self._lock:
            if self._loaded is None:
                self._loaded = rapidocr.RapidOCR(params=_parameters(self._threads))
            return self._loaded


def prepare_crop(page: Image, box: Box, margin: float = _MARGIN) -> Image:
    """Cut a line of text out of a page, at the height the network reads.

    `box` should be that of the text, not of the field: with the ruled box of the field around it,
    0.94 of English and 0.77 of Japanese values are read exactly, against 0.97 and 0.90. `margin` is
    added on every side, in heights of the box. A box without area gives an image without pixels.
    """
    height, width = page.shape[:2]
    border = margin * box.height
    grown = box.grown(border * height / width, border)
    left, right = round(grown.x0 * width), round(grown.x1 * width)
    top, bottom = round(grown.y0 * height), round(grown.y1 * height)
    crop = page[top:bottom, left:right]
    if not crop.size:
        return crop
    return _at_height(crop)


def _at_height(crop: Image) -> Image:
    """Bring a crop to the height the network reads."""
    if crop.shape[0] == LINE_HEIGHT:
        return crop
    size = (max(1, round(crop.shape[1] * LINE_HEIGHT / crop.shape[0])), LINE_HEIGHT)
    # Cubic reads 0.930 exactly where the library's linear reads 0.924, Lanczos 0.920, area 0.904.
    way = cv2.INTER_CUBIC if crop.shape[0] < LINE_HEIGHT else cv2.INTER_AREA
    return np.asarray(cv2.resize(crop, size, interpolation=way), dtype=np.uint8)


def _surely_japanese(line: ReadLine) -> bool:
    return any(
        is_wide(letter) and sure > _SURE for letter, sure in zip(line.text, line.odds, strict=True)
    )


def _recognized(line: ReadLine) -> RecognizedText:
    if not line.text:
        return RecognizedText("", 0.0, ())
    return RecognizedText(line.text, sum(line.odds) / len(line.odds), line.odds, line.others)


def _parameters(threads: int) -> dict[str, Any]:
    # Paths are given, or the library would look for other weights on the network.
    return {
        "Global.log_level": "critical",
        "Global.use_cls": False,
        "Global.max_side_len": _PAGE_LONG_SIDE,
        "Global.return_word_box": True,
        "EngineConfig.onnxruntime.intra_op_num_threads": threads,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        "Det.model_path": str(_WEIGHTS / "PP-OCRv6_det_small.onnx"),
        "Rec.model_path": str(_WEIGHTS / "PP-OCRv6_rec_small.onnx"),
        "Rec.rec_batch_num": _BATCH,
        "Rec.rec_img_shape": [3, LINE_HEIGHT, _MIN_WIDTH],
    }


def _colour(image: Image) -> Image:
    if image.ndim == 2:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), dtype=np.uint8)
    return image


def _line(text: str, score: float, corners: NDArray[np.float64]) -> TextLine:
    points = [(min(1.0, max(0.0, float(x))), min(1.0, max(0.0, float(y)))) for x, y in corners]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    box = Box(min(xs), min(ys), max(xs), max(ys))
    return TextLine(text, box, float(score), (points[0], points[1], points[2], points[3]))
