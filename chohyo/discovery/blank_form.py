"""Rebuild the blank form from filled copies: what all copies share is print, the rest is fill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.print_amends import amends_of
from chohyo.discovery.print_mask import print_of, without_fill
from chohyo.domain.geometry import Transform
from chohyo.extraction.alignment import follow, local_flow
from chohyo.extraction.ink import Image, Ink, grey, ink_of, shade_of, warped
from chohyo.extraction.masks import Mask, grown

# Half of full ink: fax noise and a thin grey rule lie on both sides of it, so it is not much lower.
_DARK = 0.3
_SHARPEST = 5
# Pale grey print has more ink than this in nearly all copies, of a stroke in so much of it.
_FAINT, _PALE_SHARE = 0.1, 0.6
# With fewer copies, what all of them have filled in may cross.
_TELL_PALE = 5
_MIN_SPECK_AREA = 7
_STREAK_LENGTH = 0.04
_HALO = 4
_MIN_FREE_SHARE = 0.2
_LID_WIDTH = 7


@dataclass(frozen=True, slots=True)
class BlankForm:
    """A form's print without its fill, in the reference frame.

    `image` is grey, white paper; `constant_ink` masks the print; `variation` has at each pixel the
    share of copies with fill there, 0..1; `fills` masks each copy's fill, shape
    `(copies, height, width)` at half the image's size; `inks` masks all that is drawn on each copy,
    print and fill, in the same way. With one copy nothing tells fill from print: the image is that
    copy and `fills` is empty of ink.
    """

    image: NDArray[np.uint8]
    variation: NDArray[np.float32]
    constant_ink: NDArray[np.bool_]
    fills: NDArray[np.bool_]
    inks: NDArray[np.bool_]
    copies: int

    @property
    def is_first_guess(self) -> bool:
        """Say whether the fill of a single copy is still in the image."""
        return self.copies == 1


@dataclass(frozen=True, slots=True)
class _Stack:
    """Copies in one frame: their ink, where it is dark, what each shows, and common grey areas."""

    layers: Sequence[Ink]
    dark: NDArray[np.bool_]
    seen: NDArray[np.bool_]
    shade: Ink


def rebuild(
    copies: Sequence[Image], transforms: Sequence[Transform], size: tuple[int, int]
) -> BlankForm:
    """Rebuild the blank form of one template page.

    Args:
        copies: page images of the same print, grey or colour, of any resolution; 1..20 of them.
        transforms: for each copy the transform from it to the reference frame.
        size: `(width, height)` of the result in pixels; take the best copy's.

    Raises:
        ValueError: there is no copy, or not one transform a copy.
    """
    stack = _stacked(copies, transforms, size)
    blank = _unamended(stack)
    gone, back = amends_of(blank)
    if not gone.any() and not back.any():
        return blank
    inked = 2 * (stack.dark & stack.seen).sum(axis=0) >= np.maximum(stack.seen.sum(axis=0), 1)
    return _composed(stack, (blank.constant_ink & ~gone) | (back & inked))


def first_form(
    copies: Sequence[Image], transforms: Sequence[Transform], size: tuple[int, int]
) -> BlankForm:
    """Rebuild as `rebuild` does, without amending the result by what the whole form shows."""
    return _unamended(_stacked(copies, transforms, size))


def _stacked(
    copies: Sequence[Image], transforms: Sequence[Transform], size: tuple[int, int]
) -> _Stack:
    if not copies or len(copies) != len(transforms):
        raise ValueError("give at least one copy, and one transform for each")
    layers = [_layer(image, move, size) for image, move in zip(copies, transforms, strict=True)]
    layers = _aligned(layers)
    shade = shade_of(_median(layers))
    layers = [np.maximum(layer - shade, 0.0) for layer in layers]
    seen = np.stack([_inside(i, t, size) for i, t in zip(copies, transforms, strict=True)])
    return _Stack(layers, np.stack([_dark(layer) for layer in layers]), seen, shade)


def _unamended(stack: _Stack) -> BlankForm:
    dark, seen = stack.dark, stack.seen
    if len(dark) == 1:
        return _first_guess(np.maximum(stack.layers[0], stack.shade), dark[0])
    print_mask = without_fill(print_of(dark, seen), dark, seen)
    return _composed(stack, print_mask | _faint(stack.layers, dark, print_mask))


def _composed(stack: _Stack, printed: Mask) -> BlankForm:
    """Draw the blank form whose print is given; what else is dark in the copies is their fill."""
    dark, seen = stack.dark, stack.seen
    ink = np.where(grown(printed, 1), _sharp_ink(stack.layers, printed), 0.0)
    ink = np.maximum(ink, stack.shade)
    not_print = ~grown(printed, 2)
    beside = grown(printed, _HALO)
    fills = np.stack(
        [_pen_strokes(mask & not_print & s, beside) for mask, s in zip(dark, seen, strict=True)]
    )
    variation = fills.sum(axis=0, dtype=np.float32) / np.maximum(seen.sum(axis=0), 1)
    return BlankForm(
        image=_paper_white(ink),
        variation=variation.astype(np.float32),
        constant_ink=printed,
        fills=np.stack([_half(mask) for mask in fills]),
        inks=np.stack([_half(mask & s) for mask, s in zip(dark, seen, strict=True)]),
        copies=len(dark),
    )


def _layer(image: Image, transform: Transform, size: tuple[int, int]) -> Ink:
    ink = np.clip(warped(ink_of(image), transform, size), 0.0, 1.0)
    return np.asarray(ink, dtype=np.float32)


def _inside(image: Image, transform: Transform, size: tuple[int, int]) -> NDArray[np.bool_]:
    """Mask the part of the frame that the copy shows: neither beyond its edge nor an open lid."""
    dark = (grey(image) < 128).astype(np.uint8)
    solid = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((_LID_WIDTH, _LID_WIDTH), np.uint8))
    _, labels = cv2.connectedComponents(solid)
    rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    lid = np.isin(labels, np.setdiff1d(rim, [0]))
    shown = cv2.erode((~lid).astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=0)
    return np.asarray(warped(shown, transform, size) > 0)


def _aligned(layers: list[Ink]) -> list[Ink]:
    """Bring all copies onto the sharpest one, then all onto what they have in common."""
    if len(layers) == 1:
        return layers
    first = layers[int(np.argmax([_sharpness(layer) for layer in layers]))]
    once = [
        layer if layer is first else follow(layer, local_flow(first, layer)) for layer in layers
    ]
    common = _median(once)
    return [follow(layer, local_flow(common, layer)) for layer in once]


def _sharpness(ink: Ink) -> float:
    """Return how steep the edges of strokes are; noise on bare paper does not count."""
    smooth = cv2.GaussianBlur(ink, (0, 0), 1.0)
    slope = np.hypot(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1))
    return float(np.percentile(slope[smooth > _DARK], 75)) if (smooth > _DARK).any() else 0.0


def _median(layers: Sequence[Ink]) -> Ink:
    """Return the median ink, in bands so that the sort stays in the cache."""
    stack = np.stack([(layer * 255).astype(np.uint8) for layer in layers])
    middle = (len(layers) - 1) // 2
    bands = [
        np.partition(stack[:, y : y + 128], middle, axis=0)[middle]
        for y in range(0, stack.shape[1], 128)
    ]
    return (np.concatenate(bands).astype(np.float32) / 255).astype(np.float32)


def _dark(ink: Ink) -> NDArray[np.bool_]:
    return np.asarray(cv2.GaussianBlur(ink, (3, 3), 0) > _DARK)


def _faint(layers: Sequence[Ink], dark: NDArray[np.bool_], printed: Mask) -> Mask:
    """Mask print too pale to be dark in most copies: some of it is in nearly all of them.

    What copies have filled in some do not have at all, and most of those with it show it dark.
    """
    there = np.zeros(printed.shape, np.uint8)
    if len(layers) < _TELL_PALE:
        return there > 0
    for layer in layers:
        there += layer >= _FAINT
    # The blurred edges of dark print are pale everywhere, too.
    strokes = dark.any(axis=0) & ~grown(printed, 2)
    few = 2 * dark.sum(axis=0) <= len(layers)
    nearly = few & (there >= len(layers) - len(layers) // 5)
    pale = strokes & (nearly | (there == len(layers)))
    count, labels = cv2.connectedComponents(strokes.astype(np.uint8), connectivity=8)
    area = np.bincount(labels[strokes], minlength=count)
    share = np.bincount(labels[pale], minlength=count) / np.maximum(area, 1)
    return np.asarray(pale & (share[labels] >= _PALE_SHARE))


def _sharp_ink(layers: Sequence[Ink], print_mask: NDArray[np.bool_]) -> Ink:
    """Return the median of the sharpest copies, a little sharpened, at full black."""
    order = np.argsort([-_sharpness(np.where(print_mask, layer, 0)) for layer in layers])
    ink = _median([layers[i] for i in order[:_SHARPEST]])
    ink = np.clip(1.6 * ink - 0.6 * cv2.GaussianBlur(ink, (0, 0), 1.5), 0.0, 1.0)
    return ink.astype(np.float32)


def _pen_strokes(mask: NDArray[np.bool_], beside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Drop what is no stroke of a pen: specks, streaks, and the halo of swollen print."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    width, height = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    long, short = np.maximum(width, height), np.minimum(width, height)
    streak = (long > _STREAK_LENGTH * max(mask.shape)) & (short < long / 20)
    area = stats[:, cv2.CC_STAT_AREA]
    free = np.bincount(labels[mask & ~beside], minlength=len(stats))
    kept = (area >= _MIN_SPECK_AREA) & ~streak & (free >= _MIN_FREE_SHARE * area)
    kept[0] = False
    return np.asarray(kept[labels])


def _half(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    height, width = mask.shape
    size = ((width + 1) // 2, (height + 1) // 2)
    return np.asarray(cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.2)


def _paper_white(ink: Ink) -> NDArray[np.uint8]:
    return np.asarray(255.0 - 255.0 * ink).astype(np.uint8)


def _first_guess(ink: Ink, dark: NDArray[np.bool_]) -> BlankForm:
    height, width = ink.shape
    return BlankForm(
        image=_paper_white(ink),
        variation=np.zeros((height, width), np.float32),
        constant_ink=dark,
        fills=np.zeros((1, (height + 1) // 2, (width + 1) // 2), np.bool_),
        inks=_half(dark)[None],
        copies=1,
    )
