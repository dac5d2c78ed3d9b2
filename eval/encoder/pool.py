"""Copies of generated forms, drawn once by all cores and kept on disk for any number of runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.models.layout_encoder import page_ink
from eval.layouts.stream import PER_ISSUER, LayoutStream

Pixels = NDArray[np.uint8]
Report = Callable[[int, int], None]

_SHARD = 8 * PER_ISSUER  # forms that one process draws at a time


@dataclass(frozen=True, slots=True)
class PoolPlan:
    """What a pool holds: `forms` of the stream `seed`, `copies` of each as inks (height, width)."""

    seed: int
    forms: int
    copies: int
    height: int
    width: int


def open_pool(plan: PoolPlan, folder: Path, processes: int, report: Report) -> Pixels:
    """Return inks (forms, copies, height, width) mapped from disk; draw those that lack.

    Every form depends on the seed and its number alone: the number of processes changes nothing,
    and a run that was stopped goes on. `report` hears how many forms of how many are drawn.
    """
    name = f"{plan.seed}-{plan.forms}x{plan.copies}-{plan.height}x{plan.width}"
    folder.mkdir(parents=True, exist_ok=True)
    inks, drawn = folder / f"{name}.npy", folder / f"{name}.drawn"
    shape = (plan.forms, plan.copies, plan.height, plan.width)
    if not inks.exists():
        drawn.unlink(missing_ok=True)
        np.lib.format.open_memmap(inks, "w+", np.uint8, shape).flush()
    done = set(drawn.read_text().split()) if drawn.exists() else set()
    missing = [start for start in range(0, plan.forms, _SHARD) if str(start) not in done]
    with drawn.open("a") as book:
        for start in _draw(plan, inks, missing, processes):
            book.write(f"{start}\n")
            book.flush()
            done.add(str(start))
            report(min(len(done) * _SHARD, plan.forms), plan.forms)
    return np.asarray(np.load(inks, mmap_mode="r+"), np.uint8)


def _draw(plan: PoolPlan, inks: Path, starts: list[int], processes: int) -> Iterator[int]:
    if processes == 1:
        yield from (_draw_shard(plan, inks, start) for start in starts)
        return
    with ProcessPoolExecutor(processes, get_context("spawn")) as workers:
        work = [workers.submit(_draw_shard, plan, inks, start) for start in starts]
        yield from (each.result() for each in as_completed(work))


def _draw_shard(plan: PoolPlan, path: Path, start: int) -> int:
    cv2.setNumThreads(1)
    inks = np.load(path, mmap_mode="r+")
    stream = LayoutStream(plan.seed)
    for number in range(start, min(start + _SHARD, plan.forms)):
        rng = Random(f"{plan.seed}/copies/{number}")
        for copy in range(plan.copies):
            inks[number, copy] = page_ink(stream.copy(number, rng), plan.height, plan.width)
    inks.flush()
    return start
