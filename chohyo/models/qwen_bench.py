"""How fast an embedder is on this machine, singly and in batches, and whether its memory grows."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter

import numpy as np
import psutil
from PIL import Image

from chohyo.models.qwen_pages import Embeds
from chohyo.models.qwen_prompts import ModelInput

SIZES = ((64, 64), (128, 128), (707, 1000), (1240, 1754))
_ROUNDS = 3  # of which the best counts: whatever else runs only slows down
_CHUNK = 20  # pages handed over at once


@dataclass(frozen=True, slots=True)
class Speed:
    """Images of one size a second, one at a time and in batches."""

    width: int
    height: int
    single: float
    batched: float


@dataclass(frozen=True, slots=True)
class Growth:
    """Resident memory in MiB after the first pages and after all of them."""

    pages: int
    before: float
    after: float


def speeds(embedder: Embeds, images: int, sizes: Sequence[tuple[int, int]] = SIZES) -> list[Speed]:
    """Return the speed for each size (width, height) in pixels."""
    found = []
    for width, height in sizes:
        inputs = noise(images, width, height)
        embedder.embed(inputs[:2])
        single = _best(partial(_one_by_one, embedder, inputs))
        batched = _best(partial(embedder.embed, inputs))
        found.append(Speed(width, height, images / single, images / batched))
    return found


def growth(embedder: Embeds, pages: int, width: int = 400, height: int = 566) -> Growth:
    """Return how memory grows while so many pages are embedded, after a first tenth of them."""
    _embed(embedder, max(_CHUNK, pages // 10), width, height)
    before = _resident()
    _embed(embedder, pages, width, height)
    return Growth(pages, before, _resident())


def noise(images: int, width: int, height: int) -> list[ModelInput]:
    """Return inputs of random grey pixels; their content does not change the work."""
    draw = np.random.default_rng(0)
    pixels = draw.integers(0, 256, (images, height, width), np.uint8)
    return [ModelInput(images=(Image.fromarray(page),)) for page in pixels]


def _one_by_one(embedder: Embeds, inputs: Sequence[ModelInput]) -> None:
    for each in inputs:
        embedder.embed([each])


def _embed(embedder: Embeds, pages: int, width: int, height: int) -> None:
    for _ in range(0, pages, _CHUNK):
        embedder.embed(noise(_CHUNK, width, height))


def _resident() -> float:
    gc.collect()
    return float(psutil.Process().memory_info().rss / 2**20)


def _best(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(_ROUNDS):
        before = perf_counter()
        work()
        seconds.append(perf_counter() - before)
    return min(seconds)
