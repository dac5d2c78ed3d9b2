"""Make a clean page look scanned, faxed or photographed, and say where each point went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Transform

Pixels = NDArray[np.uint8]
Params = Mapping[str, float | int | str | list[float] | None]

KINDS = ("clean", "light", "scan", "fax", "photo")
DEFAULT_MIX: Mapping[str, float] = {
    "clean": 0.5,
    "light": 2.0,
    "scan": 5.0,
    "fax": 2.0,
    "photo": 1.0,
}
GENTLE_MIX: Mapping[str, float] = {"clean": 1.0, "light": 4.0, "scan": 5.0}


@dataclass(frozen=True, slots=True)
class Degraded:
    """A degraded page: same size and channels as the clean one.

    `transform` maps fractions of the clean page to fractions of the degraded image; `params`
    are what was drawn by lot, as the row of a corpus keeps them.
    """

    image: Pixels
    kind: str
    transform: Transform
    params: Params


@dataclass(frozen=True, slots=True)
class _Wear:
    """How hard a kind treats a page: the largest value of each parameter.

    Degrees, share of scale, share of the page's width for shift and for the corners' perspective,
    sigma of blur and noise, JPEG quality from worst to best.
    """

    rotation: float
    scale: float
    shift: float
    corner: float
    blur: tuple[float, float]
    noise: tuple[float, float]
    jpeg: tuple[int, int]


_WEAR = {
    "light": _Wear(0.35, 0.003, 0.006, 0.0, (0.2, 0.45), (1.0, 2.5), (82, 94)),
    "scan": _Wear(1.3, 0.012, 0.014, 0.0, (0.4, 0.85), (2.0, 6.0), (52, 82)),
    "fax": _Wear(1.2, 0.012, 0.014, 0.0, (0.6, 0.95), (6.0, 14.0), (95, 95)),
    "photo": _Wear(2.0, 0.015, 0.014, 0.022, (0.5, 1.2), (3.0, 9.0), (48, 78)),
}


def choose_kind(rng: np.random.Generator, mix: Mapping[str, float] | None = None) -> str:
    """Draw a kind of degradation by the weights of the mix."""
    weights = mix or DEFAULT_MIX
    kinds = list(weights)
    share = np.array([weights[kind] for kind in kinds], np.float64)
    return str(rng.choice(kinds, p=share / share.sum()))


def degrade(image: Pixels, kind: str, rng: np.random.Generator) -> Degraded:
    """Degrade a page, H × W grey or H × W × 3 RGB; the same generator state gives the same page.

    Raises:
        KeyError: there is no such kind.
    """
    if kind == "clean":
        params: Params = {"affine": [1, 0, 0, 0, 1, 0]}
        return Degraded(image, kind, Transform.identity(), params)
    wear = _WEAR[kind]
    height, width = image.shape[:2]
    matrix, moved = _displacement(width, height, wear, rng)
    paper = _warp(image, matrix, kind)
    paper, worn = _finish(paper, kind, wear, rng)
    affine = [round(float(v), 6) for v in matrix[:2].ravel()]
    homography = [round(float(v), 9) for v in matrix.ravel()]
    transform = _as_fractions(matrix, width, height)
    known = {**moved, **worn, "affine": affine, "homography": homography}
    return Degraded(paper, kind, transform, known)


def _displacement(
    width: int, height: int, wear: _Wear, rng: np.random.Generator
) -> tuple[NDArray[np.float64], dict[str, float | int | str | list[float] | None]]:
    """Draw how the page lies: 3 × 3 in pixels, and the parameters."""
    rotation = float(rng.uniform(-wear.rotation, wear.rotation))
    scale = 1.0 + float(rng.uniform(-wear.scale, wear.scale))
    shift = rng.uniform(-wear.shift, wear.shift, 2) * width
    matrix = np.eye(3)
    matrix[:2] = cv2.getRotationMatrix2D((width / 2, height / 2), rotation, scale)
    matrix[:2, 2] += shift
    if wear.corner:
        flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        bent = flat + rng.uniform(-wear.corner, wear.corner, (4, 2)).astype(np.float32) * width
        matrix = cv2.getPerspectiveTransform(flat, bent) @ matrix
    return matrix / matrix[2, 2], {
        "rot": round(rotation, 3),
        "scale": round(scale, 4),
        "shift": [round(float(v), 1) for v in shift],
    }


def _warp(image: Pixels, matrix: NDArray[np.float64], kind: str) -> Pixels:
    """Move the pixels; beyond the page lies white paper, or a dark desk under a photo."""
    height, width = image.shape[:2]
    around = 96 if kind == "photo" else 255
    border = (around,) * 3 if image.ndim == 3 else around
    # Continuous coordinates start at a pixel's corner, OpenCV's at its middle.
    middle = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1.0]])
    pixel_matrix = np.linalg.inv(middle) @ matrix @ middle
    moved = cv2.warpPerspective(
        image, pixel_matrix, (width, height), flags=cv2.INTER_AREA, borderValue=border
    )
    return np.asarray(moved, np.uint8)


def _as_fractions(matrix: NDArray[np.float64], width: int, height: int) -> Transform:
    to_pixels = np.diag([width, height, 1.0])
    m = np.linalg.inv(to_pixels) @ matrix @ to_pixels
    a, b, c, d, e, f, g, h, i = (float(v) for v in (m / m[2, 2]).ravel())
    return Transform((a, b, c, d, e, f, g, h, i))


def _finish(
    image: Pixels, kind: str, wear: _Wear, rng: np.random.Generator
) -> tuple[Pixels, dict[str, float | int | str | list[float] | None]]:
    """Apply optics, sensor and coding of the kind."""
    blur = float(rng.uniform(*wear.blur))
    noise = float(rng.uniform(*wear.noise))
    quality = int(rng.integers(wear.jpeg[0], wear.jpeg[1] + 1))
    light = cv2.GaussianBlur(image, (0, 0), blur).astype(np.float32)
    if kind in ("scan", "photo"):
        light = _shade(light, kind, rng)
    light += _grain(image.shape, noise, rng)
    page = np.clip(light, 0, 255).astype(np.uint8)
    worn: dict[str, float | int | str | list[float] | None] = {
        "blur": round(blur, 2),
        "noise": round(noise, 1),
    }
    if kind == "fax":
        threshold = int(rng.integers(118, 172))
        return _facsimile(page, threshold, rng), {**worn, "thresh": threshold, "jpeg": None}
    if kind == "scan":
        _speckle(page, rng)
    return _jpeg(page, quality), {**worn, "jpeg": quality}


def _grain(shape: tuple[int, ...], sigma: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return sensor noise, the same in all channels."""
    grain = rng.standard_normal(shape[:2], np.float32) * np.float32(sigma)
    return grain[:, :, None] if len(shape) == 3 else grain


def _shade(light: NDArray[np.float32], kind: str, rng: np.random.Generator) -> NDArray[np.float32]:
    """Multiply by uneven light: a faint tint for a scanner, a strong fall-off for a camera."""
    height, width = light.shape[:2]
    depth = 0.32 if kind == "photo" else 0.06
    corners = rng.uniform(1.0 - depth, 1.0, (3, 3)).astype(np.float32)
    field = cv2.resize(corners, (width, height), interpolation=cv2.INTER_CUBIC)
    shaded = light * (field[:, :, None] if light.ndim == 3 else field)
    if light.ndim == 3:
        warmth = rng.uniform(0.0, 0.05 if kind == "photo" else 0.02)
        shaded *= np.array([1.0, 1.0 - warmth / 3, 1.0 - warmth], np.float32)
    return np.asarray(shaded, np.float32)


def _speckle(page: Pixels, rng: np.random.Generator) -> None:
    """Put dust on the glass: a few dark specks, and at times a grey edge of the lid."""
    height, width = page.shape[:2]
    for _ in range(int(rng.integers(0, 14))):
        x, y = int(rng.integers(0, width)), int(rng.integers(0, height))
        tone = int(rng.integers(60, 180))
        cv2.circle(page, (x, y), int(rng.integers(0, 2)), (tone, tone, tone), -1)
    if rng.random() < 0.25:
        page[:, : int(rng.integers(2, 10))] //= 2


def _facsimile(page: Pixels, threshold: int, rng: np.random.Generator) -> Pixels:
    """Reduce to one bit with lost rows and pepper, keeping the number of channels."""
    grey = page if page.ndim == 2 else cv2.cvtColor(page, cv2.COLOR_RGB2GRAY)
    height, width = grey.shape
    small = cv2.resize(grey, (int(width * 0.86), int(height * 0.86)), interpolation=cv2.INTER_AREA)
    one_bit = np.where(small > threshold, 255, 0).astype(np.uint8)
    bits = cv2.resize(one_bit, (width, height), interpolation=cv2.INTER_NEAREST)
    flips = rng.random((height, width), np.float32) < 0.0012
    bits[flips] = 255 - bits[flips]
    for row in rng.integers(0, height - 2, int(rng.integers(0, 5))):
        bits[row : row + int(rng.integers(1, 3))] = 255
    return np.asarray(bits if page.ndim == 2 else cv2.cvtColor(bits, cv2.COLOR_GRAY2RGB), np.uint8)


def _jpeg(page: Pixels, quality: int) -> Pixels:
    """Pass the page through JPEG."""
    _, coded = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_UNCHANGED), np.uint8)
