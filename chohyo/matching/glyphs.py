"""Find printed characters that are other characters on a page: the one digit of a new year.

A window on a grid always shows parts of a character's neighbours, which stay as they were. Cut out
by itself a character correlates by 0.85 and more with the same print on a scan, and by 0.2 to 0.78
with another one.

What people write changes too, and may be alike on the few copies there are. But it changes as a
whole, and lies less steadily than print: a character says something in the company of characters
that are as they should be, when it is as steady as they are. A word that is another one altogether,
an era's name, says something where nobody writes near it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.matching.characters import Characters, characters
from chohyo.matching.fine_alignment import Ink
from chohyo.matching.print_model import PrintModel, once, reach
from chohyo.matching.print_windows import gone_and_new
from chohyo.matching.steadiness import by_rank

_AROUND = 2  # px of paper around a character
_OFF = 2  # px that it may lie off
_FEWEST = 8  # characters, below which nothing tells how well a page shows its print
_SAMPLE = 240  # characters that tell how well a page shows its print
_SUSPECT = 0.9  # likeness where it stands, below which a character is looked at
_UNLIKE = (0.8, 0.9)  # likeness where it fits best: surely another, and hardly
_LEGIBLE = 0.85  # median likeness; a fax that shows less says nothing of single characters
_OUTLYING = (3.2, 4.0)  # of the page's own spread, which grows heavy tails where it is a fax
_OF_A_FAX = 20.0
_CLEAN = 0.965  # median likeness
_LEAST_SPREAD = 0.25  # of the logarithm of unlikeness
_OF_POOR = 1.64  # spreads, at which the worst 5 % of a normal distribution begin
_STRAYING = 3.5
_FLOOR = 0.005  # of unlikeness
_INK = (0.45, 1.8)  # of its own; with less it is gone, with more something is written over it
_BESIDE = 0.08  # of its ink, new around it: a stroke of a pen goes on beyond the character
_GONE = (0.01, 0.04)  # of its ink: writing over a character takes nothing away
_LESS = (0.08, 0.12)  # the same, once the page's darkness is accounted for
_FAINT = (60, 90)  # darkness; faint print is told where a page shows all else well
_WELL_TOLD = (5.0, 8.0)  # of the page's own spread
_LINE = 45  # px across, within which characters keep company
_COMPANY = 4
_LEAST_COMPANY = 2
_AS_EXPECTED = 2.0  # spreads, or this part of a character's own that is looked at
_PART = 0.4
_FROM_WRITING = (25.0, 50.0)  # px
_UNSTEADY = (0.25, 0.55)  # by which the logarithm of its unsteadiness is above its company's
_CERTAIN, _POSSIBLE = 100, 60  # darkness of what is drawn, and of print where it may stand
_AROUND_PRINT = np.ones((3, 3), np.uint8)
_LARGER = 1.5  # times a character's size
_NEAR_A_MARK = 16  # px


@dataclass(frozen=True, slots=True)
class Glyph:
    """A printed character in whose place a page has another; `weight` 0..1 says how surely."""

    x: int
    y: int
    width: int
    height: int
    weight: float


def replaced_glyphs(page: Ink, model: PrintModel) -> list[Glyph]:
    """Return the characters of a model's print that are others on the page, in its frame."""
    boxes = _boxes(model)
    if len(boxes) < _FEWEST:
        return []
    look = _Look(page, model, boxes)
    if not look.learn():
        return []
    found = []
    for number in look.suspects():
        weight = look.weight(number)
        if weight > 0:
            x, y, width, height = (int(v) for v in boxes[number])
            found.append(Glyph(x, y, width, height, weight))
    return found


@dataclass(slots=True)
class _Look:
    """One page looked at by the characters of a model."""

    page: Ink
    model: PrintModel
    boxes: Characters
    _best: dict[int, tuple[float, int, int]] = field(default_factory=dict)
    _ink: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    _line: tuple[float, float] = (0.0, 0.0)
    _spread: float = 1.0
    _usual: float = 1.0

    def learn(self) -> bool:
        """Learn how well the page shows characters of what size; False when it is illegible.

        The few that are others do not count: what strays is left out of the line that is fitted.
        """
        self._ink = _amounts(self.model)
        sample = range(0, len(self.boxes), max(1, len(self.boxes) // _SAMPLE))
        likeness = np.array([self.best(number)[0] for number in sample])
        self._usual = float(np.median(likeness))
        if self._usual < _LEGIBLE:
            return False
        ink, unlike = self._ink[sample], np.log(1 - likeness + _FLOOR)
        kept = np.ones(len(ink), np.bool_)
        for _ in range(4):
            slope, start = np.polyfit(ink[kept], unlike[kept], 1)
            rest = unlike - (start + slope * ink)
            middle, poor = (float(v) for v in np.quantile(rest[kept], (0.5, 0.95)))
            self._spread = max(_LEAST_SPREAD, (poor - middle) / _OF_POOR)
            kept = rest < _STRAYING * self._spread
            self._line = float(start), float(slope)
        return True

    def best(self, number: int) -> tuple[float, int, int]:
        """Return how like its print a character looks where it fits best, and how far off."""
        if number not in self._best:
            box = self.boxes[number]
            near, print_ = _area(box, _AROUND + _OFF), _area(box, _AROUND)
            likeness = cv2.matchTemplate(
                self.page[near], self.model.middle[print_], cv2.TM_CCOEFF_NORMED
            )
            _, peak, _, (x, y) = cv2.minMaxLoc(likeness)
            self._best[number] = float(peak), x - _OFF, y - _OFF
        return self._best[number]

    def outlying(self, number: int) -> float:
        """Return by how many spreads a character is less like its print than others of its size."""
        expected = self._line[0] + self._line[1] * self._ink[number]
        return float(np.log(1 - self.best(number)[0] + _FLOOR) - expected) / self._spread

    def suspects(self) -> list[int]:
        """Return the characters that do not look like their print where they stand."""
        likeness = _likeness(self.page, self.model)
        return [int(number) for number in np.flatnonzero(likeness < _SUSPECT)]

    def weight(self, number: int) -> float:
        """Return how surely a character is another one on the page, 0..1."""
        fax = _OF_A_FAX * max(0.0, _CLEAN - self._usual)
        clear = _between(self.outlying(number) - fax, _OUTLYING)
        clear *= 1 - _between(self.best(number)[0], _UNLIKE)
        if clear <= 0 or self._is_marked(number):
            return 0.0
        exchanged = self._exchanged(number)
        return clear * exchanged * self._is_print(number) if exchanged > 0 else 0.0

    def _exchanged(self, number: int) -> float:
        """Return how surely a character's own strokes are gone and others in their place, 0..1."""
        _, dx, dy = self.best(number)
        box = self.boxes[number]
        moved = box + np.array([dx, dy, 0, 0], np.int32)
        own, seen = _area(box, 1), self.page[_area(moved, 1)]
        print_ = self.model.middle[own]
        ink = float(print_.sum())
        least, most = _INK
        if not least <= float(seen.sum()) / ink <= most or self._beside(moved) > _BESIDE * ink:
            return 0.0
        gone = float(gone_and_new(seen, self.model.low[own], self.model.high[own])[0].sum()) / ink
        less = max(_between(gone, _GONE), _between(_less(seen, print_), _LESS))
        return less * max(
            _between(float(print_.max()), _FAINT), _between(self.outlying(number), _WELL_TOLD)
        )

    def _is_marked(self, number: int) -> bool:
        """Say whether a ring or a tick is drawn so near that it may blur the character.

        It is one stroke, larger than the character, that no copy has there; it may cross print.
        """
        box = self.boxes[number]
        near, size = _area(box, _NEAR_A_MARK), _LARGER * max(int(side) for side in box[2:])
        dark = (self.page[near] > _CERTAIN).astype(np.uint8)
        new = (dark > 0) & (cv2.dilate(self.model.middle[near], _AROUND_PRINT) < _POSSIBLE)
        _, labels = cv2.connectedComponents(dark, connectivity=8)
        strokes = (np.nonzero(new & (labels == label)) for label in np.unique(labels[new]))
        return any(max(np.ptp(y), np.ptp(x)) >= size for y, x in strokes)

    def _beside(self, box: NDArray[np.int32]) -> float:
        """Return the ink around a character that no copy has there."""
        wide = _area(box, _AROUND + _OFF - 1)
        seen, known = self.page[wide], reach(self.model.high[wide])
        new = gone_and_new(seen, known, known)[1].astype(np.float32)
        inner = _AROUND + _OFF - 2
        return float(new.sum() - new[inner:-inner, inner:-inner].sum())

    def _is_print(self, number: int) -> float:
        """Return how surely a character is print, 0..1, by the company it keeps."""
        near = self._company(number)
        most = max(_AS_EXPECTED, _PART * self.outlying(number))
        good = sum(self.outlying(other) < most for other in near)
        if good < _LEAST_COMPANY:
            return self._is_lone_print(number)
        unsteady = _unsteadiness(self.model, self.boxes[number])
        usual = float(np.median([_unsteadiness(self.model, self.boxes[other]) for other in near]))
        alike = min(1.0, 0.2 + 0.4 * (2 * good - len(near)))
        return max(0.0, alike) * (1 - _between(unsteady - usual, _UNSTEADY))

    def _is_lone_print(self, number: int) -> float:
        """Return how surely a word that is another one as a whole is print, 0..1.

        Nothing beside it vouches for it: it lies as steadily as most print, and nobody writes near.
        """
        steady, apart = _lying(self.model)
        near = float(apart[_area(self.boxes[number], 0)].min())
        return float(steady[number]) * _between(near, _FROM_WRITING)

    def _company(self, number: int) -> Sequence[int]:
        """Return the nearest characters of the same line."""
        x, y, width, height = self.boxes.T.astype(np.float64)
        across = np.abs(x + width / 2 - (x + width / 2)[number])
        down = np.abs(y + height / 2 - (y + height / 2)[number])
        near = (down < 0.6 * max(8.0, height[number])) & (across < _LINE)
        near[number] = False
        ordered = np.argsort(across, kind="stable")
        return [int(other) for other in ordered[near[ordered]][:_COMPANY]]


def _between(value: float, ends: tuple[float, float]) -> float:
    """Return where a value lies between two ends, 0 below the first and 1 above the second."""
    low, high = ends
    return min(1.0, max(0.0, (value - low) / (high - low)))


def _less(seen: Ink, print_: Ink) -> float:
    """Return the share of a character's print that is gone though the page be lighter or darker."""
    one, other = seen.astype(np.float32), print_.astype(np.float32)
    gain = float((one * other).sum()) / float((other * other).sum())
    left = np.maximum(gain * other - one, 0)
    return float(left.sum()) / max(1.0, gain * float(other.sum()))


def _unsteadiness(model: PrintModel, box: NDArray[np.int32]) -> float:
    """Return the logarithm of how unlike the copies' least and most ink are in a character."""
    area = _area(box, _AROUND)
    found = cv2.matchTemplate(model.low[area], model.high[area], cv2.TM_CCOEFF_NORMED)
    return float(np.log(1.01 - float(found[0, 0])))


def _area(box: NDArray[np.int32], around: int) -> tuple[slice, slice]:
    x, y, width, height = (int(v) for v in box)
    rows = slice(max(0, y - around), y + height + around)
    return rows, slice(max(0, x - around), x + width + around)


@once
def _boxes(model: PrintModel) -> Characters:
    """Return the characters of a model's print."""
    return characters(model, _AROUND + _OFF)


@once
def _amounts(model: PrintModel) -> NDArray[np.float64]:
    """Return the logarithm of each character's ink."""
    return np.log(np.maximum(1.0, _sums(cv2.integral(model.middle), _boxes(model), 1)))


@once
def _spreads(model: PrintModel) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and spread of the print by character."""
    return _moments(model.middle, _boxes(model))


@once
def _lying(model: PrintModel) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return how steadily each character lies, 0..1, and each pixel's distance from writing."""
    steady = -np.array([_unsteadiness(model, box) for box in _boxes(model)], np.float32)
    apart = cv2.distanceTransform((model.written == 0).astype(np.uint8), cv2.DIST_L2, 3)
    return by_rank(steady, steady), np.asarray(apart, np.float32)


def _moments(ink: Ink, boxes: Characters) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    total, squared = cv2.integral2(ink, sqdepth=cv2.CV_64F)
    mean, square = (_sums(table, boxes, _AROUND) / _sizes(boxes) for table in (total, squared))
    return mean, square - mean**2


def _sizes(boxes: Characters) -> NDArray[np.int32]:
    """Return the pixels of each character and the paper around it."""
    return (boxes[:, 2] + 2 * _AROUND) * (boxes[:, 3] + 2 * _AROUND)


def _sums(table: cv2.typing.MatLike, boxes: Characters, around: int) -> NDArray[np.float64]:
    """Return the sum by box, from the table of sums of everything above and to the left."""
    x, y, width, height = boxes.T
    top, left, bottom, right = y - around, x - around, y + height + around, x + width + around
    sums = table[bottom, right] - table[top, right] - table[bottom, left] + table[top, left]
    return np.asarray(sums, np.float64)


def _likeness(page: Ink, model: PrintModel) -> NDArray[np.float64]:
    """Return by character the correlation of the page with the print, where they stand."""
    boxes = _boxes(model)
    mean_print, spread_print = _spreads(model)
    mean, spread = _moments(page, boxes)
    product = cv2.multiply(page, model.middle, dtype=cv2.CV_32F)
    shared = _sums(cv2.integral(product, sdepth=cv2.CV_64F), boxes, _AROUND) / _sizes(boxes)
    return np.asarray(
        (shared - mean * mean_print) / np.sqrt(np.maximum(spread * spread_print, 1.0)), np.float64
    )
