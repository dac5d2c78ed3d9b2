"""What laying a page on a reference says for and against their being the same print."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Box, Transform
from chohyo.domain.matches import Region
from chohyo.matching.added_rules import added_rules
from chohyo.matching.fine_alignment import Ink
from chohyo.matching.glyphs import Glyph, replaced_glyphs
from chohyo.matching.print_comparison import PrintComparison
from chohyo.matching.print_model import PrintModel, once, reach
from chohyo.matching.print_windows import (
    INKED,
    STEP,
    WINDOW,
    Floats,
    lack,
    likeness_to,
    missing_print,
    other_print,
    print_of,
    rules_in,
    told_windows,
)
from chohyo.matching.steadiness import credibility
from chohyo.matching.streaks import Columns

_REGIONS = 6  # best and as many worst anchors, kept as evidence
_FAINT, _LACKING, _GONE = 0.3, 0.6, 0.9  # of a window's print
_OTHER = 0.2  # of a window's print that is gone, and as much that is new
_SOME_OTHER = 0.14  # the same where the window does not look like its print at all
_UNLIKE = 0.3  # correlation
_BADLY_SHOWN = 0.8  # correlation …
_BADLY_COVERED = 0.22  # … and share of the print lacking, at which a window is doubtful
_SHIFT = 3  # px that a piece of print may lie off, where the page is bent and print is sparse
_AROUND = 3  # windows
_MOST_SHIFTED = 20  # places; with more of them the page is another edition or a fax
_MIN_WINDOWS = 40
# A mark or a word may stand on all copies and not on the page; a sentence or a rule hardly.
_LONG = 300 * 255  # of print
_LONG_RULE = 150 * 255
_BESIDE = 25  # px from where people write, within which an entry may stand
_LEAST_ADDED, _LONG_ADDED = 120, 300  # px of a rule that only the page has
_OF_NO_TABLE = 0.3
_RULED = 0.7  # of a place's print
_RULE = 45  # px
_LEAST_OTHER = 0.1
_CLEARLY_OTHER = 0.3
_MOST_WEIGHT = 2.0
_OF_A_GLYPH = 1.4  # a character that is surely another one is against an edition by itself
_EDGE = 25  # px, half of them beside the edge of a scan, where a sheet ends or is cut off
_STREAK = 13  # px around a streak, which bends with the page
_APART = (30, 20)  # px across and down between characters that are places of their own


def anchors(comparison: PrintComparison) -> tuple[Region, ...]:
    """Return the tiles of print that agree best and worst, best first."""
    rows, columns = np.nonzero(comparison.weight > 0)
    agreement = comparison.agreement[rows, columns]
    weight = comparison.weight[rows, columns]
    by_gain = np.argsort(-agreement * weight, kind="stable")[:_REGIONS]
    by_loss = np.argsort(-(1 - agreement) * weight, kind="stable")[:_REGIONS]
    chosen = np.unique(np.concatenate([by_gain, by_loss]))
    ordered = chosen[np.argsort(-agreement[chosen], kind="stable")]
    return tuple(
        Region(comparison.box(int(rows[i]), int(columns[i])), float(agreement[i])) for i in ordered
    )


@dataclass(frozen=True, slots=True)
class Contradictions:
    """Where the page contradicts the print that the copies have in common.

    `lacking` and `displaced` add up the places without that print, the latter those with other
    print instead or with rules that are new, each by how surely it is print and how clearly it is
    gone. `noise` is the share of their print that three windows of four lack: a fax bends strokes
    everywhere, another edition differs here and there. `faint` counts places that lack part of
    their print: what another edition has not is gone altogether. `regions` are the places, on the
    template, `glyphs` the characters that are others, in pixels of the model's frame.

    With three copies a form (en, ja, orca and our own, 26 forms, 116 pages and 129 pages of their
    other editions) the rule made of them takes 110 pages for their edition, where one that counts
    places took 102, and 4 pages of another edition, where that took 31.
    """

    lacking: float
    displaced: float
    noise: float
    faint: int
    regions: tuple[Region, ...] = ()
    glyphs: tuple[Glyph, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """Touching windows that contradict, in px.

    `shown` is the share of the print that is there in the worst one.
    """

    x: int
    y: int
    width: int
    height: int
    weight: float
    shown: float

    def holds(self, glyph: Glyph) -> bool:
        """Say whether a character lies in it."""
        x, y = glyph.x + glyph.width / 2, glyph.y + glyph.height / 2
        return self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height


def doubtful(page: Ink, model: PrintModel) -> list[tuple[int, int]]:
    """Return the middles (x, y), in pixels, of windows that show their print badly.

    These are many more than contradict it: what one page shows here is mostly the scanner's. A
    digit that became another one has a likeness of 0.35 to 0.77 and lacks 0.25 to 0.35 of its
    print; pages of the same print stay above 0.83 and below 0.2.
    """
    told, amount = told_windows(model)
    unlike = (likeness_to(page, model) < _BADLY_SHOWN) & (
        lack(print_of(model), page, amount) > _BADLY_COVERED
    )
    half = WINDOW // 2
    return [
        (int(column) * STEP + half, int(row) * STEP + half)
        for row, column in np.argwhere(told & unlike)
    ]


def seen_print(page: Ink, model: PrintModel, transform: Transform, blind: Columns = ()) -> Ink:
    """Return the page with the model's print where the scan does not reach: nothing is told there.

    `transform` lays the page on the template page, `blind` are the streaks on the page.
    """
    seen = np.zeros(model.shape, np.uint8)
    cv2.fillConvexPoly(seen, _laid_strip(transform, model.shape, 0, 1), 255)
    seen = np.asarray(cv2.erode(seen, np.ones((_EDGE, _EDGE), np.uint8), borderValue=255), np.uint8)
    for left, right in blind:
        strip = _laid_strip(transform, model.shape, left, right)
        cv2.polylines(seen, [strip], isClosed=True, color=0, thickness=_STREAK)
        cv2.fillConvexPoly(seen, strip, 0)
    return np.where(seen > 0, page, model.middle).astype(np.uint8)


def _laid_strip(
    transform: Transform, shape: tuple[int, int], left: float, right: float
) -> NDArray[np.int32]:
    """Return the corners, in the frame, of a strip of the page from its top to its bottom."""
    height, width = shape
    corners = [transform.point(x, y) for x, y in ((left, 0), (right, 0), (right, 1), (left, 1))]
    return np.array([(x * width, y * height) for x, y in corners]).round().astype(np.int32)


def contradictions(page: Ink, model: PrintModel) -> Contradictions | None:
    """Return what contradicts the page's being a copy, None when the model cannot tell.

    `page` has the page's strokes in the model's frame.
    """
    told, amount = told_windows(model)
    if model.copies < 2 or told.sum() < _MIN_WINDOWS:
        return None
    lacks = lack(print_of(model), page, amount)
    other = other_print(page, model, amount)
    unlike = likeness_to(page, model) < _UNLIKE
    displaced = told & ((other > _OTHER) | ((other > _SOME_OTHER) & unlike))
    displaced = _without_shifted(displaced, page, model, amount)
    lacking = told & (lacks > _LACKING)
    sure = credibility(model)
    gone = _weighed(lacking, sure, lacks, _lengths(page, model)) if lacking.any() else []
    glyphs = replaced_glyphs(page, model)
    exchanged = _with_glyphs(
        _weighed(displaced, sure, lacks, _clearness(other)),
        [replace(glyph, weight=_OF_A_GLYPH * glyph.weight) for glyph in glyphs],
    )
    exchanged += _new_rules(page, model)
    return Contradictions(
        sum(place.weight for place in gone),
        sum(place.weight for place in exchanged),
        float(np.quantile(lacks[told], 0.25)),
        _faint(told, lacks),
        _regions(exchanged + gone, model.shape),
        tuple(glyphs),
    )


def _without_shifted(
    displaced: NDArray[np.bool_], page: Ink, model: PrintModel, amount: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Return the windows less the places whose print is there, a few pixels off."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        displaced.astype(np.uint8), connectivity=8
    )
    if count - 1 > _MOST_SHIFTED:
        return displaced
    kept = displaced.copy()
    for label in range(1, count):
        column, row, columns, rows, _ = (int(v) for v in stats[label])
        top, left = max(0, row - _AROUND), max(0, column - _AROUND)
        # One character always fits somewhere: what stands around it must fit with it.
        around = amount[top : row + rows + _AROUND, left : column + columns + _AROUND]
        if _is_shifted(page, model, (top * STEP, left * STEP), around):
            kept[labels == label] = False
    return kept


def _is_shifted(
    page: Ink, model: PrintModel, origin: tuple[int, int], amount: NDArray[np.float32]
) -> bool:
    """Say whether the windows from `origin` show their print when the page is moved a little."""
    y, x = origin
    height, width = (WINDOW + (n - 1) * STEP for n in amount.shape)
    padded = np.pad(page, _SHIFT)
    area = (slice(y, y + height), slice(x, x + width))
    piece = PrintModel(
        model.low[area], model.middle[area], model.high[area], model.written[area], model.copies
    )
    for dy in range(2 * _SHIFT + 1):
        for dx in range(2 * _SHIFT + 1):
            moved = padded[y + dy : y + dy + height, x + dx : x + dx + width]
            other = other_print(moved, piece, np.maximum(amount, 1.0))
            if other[amount >= INKED].max() <= _SOME_OTHER:
                return True
    return False


def _new_rules(page: Ink, model: PrintModel) -> list[_Place]:
    """Return the rules that only the page has; those of a table lie and stand.

    A flat ring has two that lie, the streak of a fax is broken into some that stand.
    """
    found = added_rules(page, model)
    table = len({width > height for _, _, width, height in found}) > 1
    places = []
    for x, y, width, height in found:
        long = (max(width, height) - _LEAST_ADDED) / _LONG_ADDED
        weight = min(1.0, max(0.0, long)) * (1.0 if table else _OF_NO_TABLE)
        places.append(_Place(x, y, width, height, weight, 0.0))
    return places


def _faint(told: NDArray[np.bool_], lacks: Floats) -> int:
    """Return how many places lack a part of their print, apart from what is gone altogether."""
    gone = (told & (lacks > _GONE)).astype(np.uint8)
    beside = np.asarray(cv2.dilate(gone, np.ones((3, 3), np.uint8)), np.uint8)
    partly = told & (lacks > _FAINT) & (lacks <= _LACKING) & (beside == 0)
    count, _ = cv2.connectedComponents(partly.astype(np.uint8), connectivity=8)
    return int(count) - 1


Weight = Callable[[NDArray[np.bool_], tuple[slice, slice]], float]


def _weighed(found: NDArray[np.bool_], sure: Floats, lacks: Floats, weight: Weight) -> list[_Place]:
    """Return the places that a set of windows makes; touching ones are one place.

    `weight` says how clearly a place, its windows and its pixels given, is gone.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        found.astype(np.uint8), connectivity=8
    )
    places = []
    for label in range(1, count):
        column, row, columns, rows, _ = (int(v) for v in stats[label])
        own = labels == label
        x, y = column * STEP, row * STEP
        width, height = ((n - 1) * STEP + WINDOW for n in (columns, rows))
        clear = weight(own, (slice(y, y + height), slice(x, x + width)))
        shown = max(0.0, 1 - float(lacks[own].max()))
        places.append(_Place(x, y, width, height, float(sure[own].mean()) * clear, shown))
    return places


def _lengths(page: Ink, model: PrintModel) -> Weight:
    """Weigh a place whose print is gone by how much that is, and how far from any writing."""
    missing = missing_print(print_of(model), page)
    dark, rules, apart = _ground(model)

    def weight(_: NDArray[np.bool_], area: tuple[slice, slice]) -> float:
        ruled = float(rules[area].sum()) > _RULED * float(dark[area].sum())
        if ruled:  # a fax breaks rules here and there; what another edition has not is gone whole
            return min(1.0, float(missing[area].sum()) / _LONG_RULE)
        length = float(missing[area].sum()) / _LONG
        return min(1.0, max(length, (float(apart[area].min()) - _BESIDE) / _BESIDE))

    return weight


@once
def _ground(model: PrintModel) -> tuple[Ink, Ink, Floats]:
    """Return where print is, where it is a rule, and how far each pixel lies from writing."""
    dark = (print_of(model) > 0).astype(np.uint8)
    apart = cv2.distanceTransform((model.written == 0).astype(np.uint8), cv2.DIST_L2, 3)
    # A thin rule that lies askew steps from row to row.
    rules = rules_in(reach(dark), _RULE) & dark
    return dark, rules, np.asarray(apart, np.float32)


def _clearness(other: Floats) -> Weight:
    """Weigh a place with other print by how much of the print is replaced."""

    def weight(own: NDArray[np.bool_], _: tuple[slice, slice]) -> float:
        share = (float(other[own].max()) - _LEAST_OTHER) / (_CLEARLY_OTHER - _LEAST_OTHER)
        return min(_MOST_WEIGHT, max(0.0, share))

    return weight


def _with_glyphs(places: Sequence[_Place], glyphs: Sequence[Glyph]) -> list[_Place]:
    """Return the places, and the characters that lie in none of them, one for each word."""
    kept: list[Glyph] = []
    across, down = _APART
    for glyph in sorted(glyphs, key=lambda each: (-each.weight, each.y, each.x)):
        alone = all(abs(glyph.x - k.x) > across or abs(glyph.y - k.y) > down for k in kept)
        if alone and not any(place.holds(glyph) for place in places):
            kept.append(glyph)
    surer = [
        replace(place, weight=max([place.weight, *(g.weight for g in glyphs if place.holds(g))]))
        for place in places
    ]
    return surer + [_Place(g.x, g.y, g.width, g.height, g.weight, 0.5) for g in kept]


def _regions(places: Sequence[_Place], shape: tuple[int, int]) -> tuple[Region, ...]:
    """Return the places that weigh most."""
    height, width = shape
    worst = sorted(places, key=lambda p: (-p.weight, -p.width * p.height, p.y, p.x))[:_REGIONS]
    return tuple(
        Region(
            Box(
                p.x / width,
                p.y / height,
                (p.x + p.width) / width,
                (p.y + p.height) / height,
            ),
            p.shown,
        )
        for p in worst
    )
