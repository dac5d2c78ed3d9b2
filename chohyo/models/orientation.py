"""Which way up a scanned page lies, told by its printed lines.

A file says how it was turned only where a camera or a scanner wrote it down. Print tells always:
lines of text run across an upright page, and a small network knows a line upside down. It is
PP-OCR's classifier of line directions, whose weights lie in RapidOCR's wheel.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import cv2
import numpy as np
import onnxruntime
import rapidocr
from numpy.typing import NDArray

from chohyo.domain.geometry import Box
from chohyo.models.ocr import TextRecognizer, prepare_crop
from chohyo.models.onnx_network import open_network

Image = NDArray[np.uint8]

_WEIGHTS: Final = Path(rapidocr.__file__).parent / "models/ch_ppocr_mobile_v2.0_cls_mobile.onnx"
_LONG_SIDE: Final = 1000
_DARK: Final = 190  # of 255, against the paper around
_RULE: Final = 50  # px; no letter is as long
_LETTER: Final = (4, 36)  # px high
_GAP: Final = 15  # px between the letters of one line
_LINES: Final = 16  # longest lines that are looked at
_NETWORK_SIZE: Final = (48, 192)
_FEWEST: Final = 5
_CONSENT: Final = 0.75  # share of the lines that must say the same
# Lines that run down must be longer than those that run across by this, all together.
_DOWNWARD: Final = 1.2
_READ: Final = 6
_CLEARER: Final = 0.1  # mean confidence by which lines must be read better than upside down
_LEGIBLE: Final = 0.6
_FAINTEST: Final = 60  # levels below the paper that are ink
_NO_WORSE: Final = 0.15
_SQUARE: Final = 0.95  # heights of a line that a letter of Japanese is wide at most


@dataclass(frozen=True, slots=True)
class _Lines:
    """Printed lines of a page as it lies after `turns` quarters counter-clockwise."""

    turns: int
    page: Image
    boxes: list[Box]
    length: int


class PageOrientation(Protocol):
    """Tells how a scan must be turned to stand upright."""

    def turn(self, page: Image) -> int:
        """Return the clockwise turn in degrees: 0, 90, 180 or 270."""


class LineOrientation:
    """Tells by how much a page must be turned. One object may serve several threads.

    The network is loaded at first use. A page takes about 40 ms; one that seems to be turned is
    read here and there for certainty, which takes 0.2 s more.
    """

    def __init__(self, recognizer: TextRecognizer) -> None:
        self._recognizer = recognizer
        self._lock = threading.Lock()
        self._session: onnxruntime.InferenceSession | None = None

    def turn(self, page: Image) -> int:
        """Return the clockwise turn in degrees, 0, 90, 180 or 270, that makes a page upright.

        `page` is 8-bit, grey or colour. Where the print does not say it surely the answer is 0.
        """
        grey = page
        if page.ndim == 3:
            grey = np.asarray(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), np.uint8)
        across, down = _lines(grey, 0), _lines(grey, 1)
        lines = down if down.length > _DOWNWARD * across.length else across
        if len(lines.boxes) < _FEWEST:
            return 0
        share = self._share_upside_down(lines)
        if lines is across and share <= 1 - _CONSENT:
            return 0
        half = self._half_turns(lines, share)
        if half is None:
            return 0
        righted = _on_its_head(lines) if half else lines
        if lines is down and self._is_written_downwards(righted):
            return 180 * half
        return (360 - 90 * righted.turns) % 360

    def _share_upside_down(self, lines: _Lines) -> float:
        crops = [_network_input(prepare_crop(lines.page, box)) for box in lines.boxes]
        (odds,) = self._network().run(None, {"x": np.stack(crops)})
        return float(np.mean(odds[:, 1] > 0.5))

    def _half_turns(self, lines: _Lines, share: float) -> int | None:
        """Return 1 if the lines stand on their heads, 0 if not, None if reading does not tell.

        What the network says of most lines, reading must confirm.
        """
        clarity = (self._clarity(lines), self._clarity(_on_its_head(lines)))
        half = int(clarity[1] > clarity[0])
        if abs(clarity[1] - clarity[0]) < _CLEARER or clarity[half] < _LEGIBLE:
            return None
        denied = share < 1 - _CONSENT if half else share > _CONSENT
        return None if denied else half

    def _is_written_downwards(self, lines: _Lines) -> bool:
        """Say whether the letters lie in their lines, and can be read as well stood up.

        The network has learned to read such lines as they are, so reading them tells nothing.
        """
        crops = _longest(lines)
        stood = self._confidence([_letters_stood_up(crop) for crop in crops])
        return stood > self._confidence(crops) - _NO_WORSE

    def _clarity(self, lines: _Lines) -> float:
        """Return how surely the longest lines are read, 0..1."""
        return self._confidence(_longest(lines))

    def _confidence(self, crops: list[Image]) -> float:
        return float(np.mean([each.confidence for each in self._recognizer.read_regions(crops)]))

    def _network(self) -> onnxruntime.InferenceSession:
        with self._lock:
            if self._session is None:
                self._session = open_network(_WEIGHTS)
            return self._session


def _lines(grey: Image, turns: int) -> _Lines:
    page = np.ascontiguousarray(np.rot90(grey, turns))
    small = _scaled(page, _LONG_SIDE / max(page.shape))
    height, width = small.shape
    found = _line_boxes(_letters(_ink(small)))
    boxes = [Box(x / width, y / height, (x + w) / width, (y + h) / height) for x, y, w, h in found]
    return _Lines(turns, page, boxes[:_LINES], sum(w for _, _, w, _ in found))


def _longest(lines: _Lines) -> list[Image]:
    return [prepare_crop(lines.page, box) for box in lines.boxes[:_READ]]


def _letters_stood_up(crop: Image) -> Image:
    """Turn each letter of a line clockwise by a quarter."""
    if not crop.size:
        return crop
    height, paper = crop.shape[0], int(np.median(crop))
    inked = np.flatnonzero((crop < paper - _FAINTEST).any(axis=0))
    letters: list[list[int]] = []
    for x in inked.tolist():
        if letters and x - letters[-1][0] <= _SQUARE * height:
            letters[-1][1] = x
        else:
            letters.append([x, x])
    canvas = np.full((height, height * len(letters)), paper, np.uint8)
    for number, (left, right) in enumerate(letters):
        stood = np.rot90(crop[:, left : right + 1], -1)
        top = (height - stood.shape[0]) // 2
        canvas[top : top + len(stood), number * height : (number + 1) * height] = stood
    return canvas


def _on_its_head(lines: _Lines) -> _Lines:
    boxes = [Box(1 - box.x1, 1 - box.y1, 1 - box.x0, 1 - box.y0) for box in lines.boxes]
    page = np.ascontiguousarray(np.rot90(lines.page, 2))
    return _Lines(lines.turns + 2, page, boxes, lines.length)


def _ink(grey: Image) -> Image:
    """Return 255 where the page is darker than the paper around."""
    small = _scaled(grey, 0.25)
    paper = cv2.blur(cv2.dilate(small, np.ones((9, 9), np.uint8)), (5, 5))
    paper = np.maximum(cv2.resize(paper, (grey.shape[1], grey.shape[0])), 24)
    lightness = cv2.divide(grey, paper, scale=255)
    return np.asarray(np.where(lightness < _DARK, 255, 0), np.uint8)


def _scaled(image: Image, factor: float) -> Image:
    size = (max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _letters(ink: Image) -> Image:
    """Leave the ink that may be letters: no rules, no specks, no pictures."""
    across = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, _RULE), np.uint8))
    down = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((_RULE, 1), np.uint8))
    rules = cv2.dilate(cv2.bitwise_or(across, down), np.ones((3, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.subtract(ink, rules))
    width, height = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    low, high = _LETTER
    kept = (np.maximum(width, height) >= low) & (height <= high) & (width <= _RULE)
    kept[0] = False
    return np.asarray(np.where(kept[labels], 255, 0), np.uint8)


def _line_boxes(letters: Image) -> list[tuple[int, int, int, int]]:
    """Return `(x, y, width, height)` of runs of letters in px, the longest first."""
    joined = cv2.dilate(letters, np.ones((1, _GAP), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    low, high = 2 * _LETTER[0], _LETTER[1]
    half = _GAP // 2
    runs = [
        (int(x) + half, int(y), int(w) - 2 * half, int(h))
        for x, y, w, h, area in stats[1:]
        if low <= h <= high and w >= 4 * h and area >= 0.5 * w * h
    ]
    return sorted(runs, key=lambda run: (-run[2], run))


def _network_input(crop: Image) -> NDArray[np.float32]:
    height, width = _NETWORK_SIZE
    shown = min(width, max(1, round(height * crop.shape[1] / crop.shape[0])))
    scaled = cv2.resize(crop[:, : max(1, width * crop.shape[0] // height)], (shown, height))
    result = np.zeros((3, height, width), np.float32)
    result[:, :, :shown] = scaled.astype(np.float32) / 127.5 - 1.0
    return result
