"""See, cell by cell of a stack of copies, which copies repeat the same ink.

Print repeats from copy to copy, an entry does not. How far two copies of one print differ depends
on both scans, so distances are measured in units of each copy's own noise: its median distance from
the stack, which over a whole page is that of unchanged print.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Box

CELL = 20  # px at a long side of 1,600: about two printed characters
STEP = 10

_SOFTEN = 1.0  # px; makes sharp and soft scans comparable
_FLOOR = 0.06  # noise of a perfect copy: rendering, rounding, strokes a little bolder
_BLANK_FLOOR = 0.03  # of two rebuilt forms, which are averages and have little noise
_MIN_STRUCTURE = 0.3  # gradient energy from which a cell carries print
_STRUCTURE_FLOOR = 0.1
_NOISE_PERCENTILE = 35  # of the cells, lest those that editions and entries change count
_CONSENSUS = 11  # copies
_UNLIKE = 4.0  # noises from the stack at which a copy may show something else
_SAME = 5.0  # noises up to which two copies show the same
_APART = 8.0  # noises from which they do not
_SHIFTS = ((0, 0), (0, 1), (0, -1), (1, 0), (-1, 0))
_BATCH = 512
_WEIGHT = 1.4
_FACING = 0.2
# A digit of small print changes a cell little: there the gap counts, and all copies must be told.
_FINER = (3.5, 2.5, 1.8)
_GAP = 1.25
_MAX_CELLS = 8000
_NOISY = 0.5  # noise at which other print is no longer clearly other
_CLEAR = 0.06  # noise of a good scan
_ROUGHER = 4.0  # times the noise of the better copies
_NOISE_CELLS = 300
_MIN_PRINTED = 20
_RULE = 40  # px

Cells = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class CellLabels:
    """Which copies show the same in the cells where not all do.

    `cells` (m, 2) are rows and columns. `labels` (m, n): copies with the same number show the same,
    -1 shows what no other copy does, or cannot be told. `facing` (m, n, n) says of two copies that
    each has ink that the other lacks, `plain` (m,) in which cells the copies are many noises apart.
    """

    cells: Cells
    labels: NDArray[np.int8]
    facing: NDArray[np.bool_]
    plain: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PrintStack:
    """Softened copies in one frame (n, height, width), with each one's noise, the best first."""

    soft: NDArray[np.uint8]
    noise: NDArray[np.float32]
    structure: NDArray[np.float32]
    unlike: NDArray[np.float32]

    @property
    def clear(self) -> NDArray[np.intp]:
        """Return the copies that are clear enough to tell editions by: a fax among scans is not."""
        usual = float(np.percentile(self.noise, 25))
        return np.flatnonzero(self.noise < min(_NOISY, max(_CLEAR, _ROUGHER * usual)))


def measure_stack(soft: NDArray[np.uint8]) -> PrintStack:
    """Compare softened copies in one frame (n, height, width) with what most of them show."""
    chosen = np.unique(np.linspace(0, len(soft) - 1, min(len(soft), _CONSENSUS)).round())
    sample = soft[chosen.astype(np.intp)]
    consensus = _middle(sample)
    common = _structure(consensus)
    structure = np.stack([_structure(copy) for copy in soft])
    distance = np.stack([_difference(copy, consensus) for copy in soft])
    noise = _noise(soft, structure)
    scale = (noise[:, None, None] + _FLOOR) * (np.maximum(structure, common) + _STRUCTURE_FLOOR)
    return PrintStack(soft, noise, structure, (distance / scale).astype(np.float32))


def _middle(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return by pixel the median of images (n, height, width), of an even number the upper one.

    Exchanges whole images: seven times as quick as a partition by pixel.
    """
    rest = list(images)
    for _ in range(len(images) - len(images) // 2):
        highest = rest[0]
        for i in range(1, len(rest)):
            rest[i - 1] = np.minimum(highest, rest[i])
            highest = np.maximum(highest, rest[i])
        rest.pop()
    return np.asarray(highest, np.uint8)


def _noise(soft: NDArray[np.uint8], structure: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return each copy's noise: what is left between it and the copies that are most like it.

    Not its distance from the stack: an edition of its own among others would count as noise.
    """
    printed = np.argwhere(np.median(structure, axis=0) > _MIN_STRUCTURE)
    printed = _inside(printed, soft.shape)
    if len(printed) < _MIN_PRINTED or len(soft) < 2:
        return np.zeros(len(soft), np.float32)
    count = min(len(printed), _NOISE_CELLS)
    cells = printed[np.linspace(0, len(printed) - 1, count).round().astype(np.intp)]
    noises = _distances(soft, cells)[0] / _scale(structure[:, cells[:, 0], cells[:, 1]].T)
    gap = np.percentile(noises, _NOISE_PERCENTILE, axis=0)
    np.fill_diagonal(gap, np.inf)
    nearest = np.argsort(gap, axis=1)[:, : min(max(4, len(soft) // 4), len(soft) - 1)]
    gaps = np.take_along_axis(gap, nearest, axis=1)
    noise = gaps.mean(axis=1) / 2
    for _ in range(10):
        # Of two copies that differ by so much, the other one's noise explains its part.
        left = np.maximum(gaps - noise[nearest], 0.1 * gaps).mean(axis=1)
        noise = (noise + left) / 2
    return np.asarray(noise, np.float32)


def softened(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return ink with its edges blurred as a scanner may blur them."""
    return np.asarray(cv2.GaussianBlur(ink, (0, 0), _SOFTEN), np.uint8)


def label_cells(stack: PrintStack, copies: NDArray[np.intp]) -> CellLabels:
    """Tell by cell which of the copies show the same; cells where nearly all do are left out."""
    order = copies[np.argsort(stack.noise[copies], kind="stable")]
    cells = _promising(stack, order)
    found = [
        _labelled(stack, order, cells[start : start + _BATCH])
        for start in range(0, len(cells), _BATCH)
    ]
    n = len(copies)
    if not found:
        none = np.zeros((0, n), np.int8)
        return CellLabels(cells, none, np.zeros((0, n, n), bool), np.zeros(0, bool))
    back = np.argsort(np.searchsorted(copies, order))  # columns in the order of `copies`
    labels = np.concatenate([part[0] for part in found])[:, back]
    facing = np.concatenate([part[1] for part in found])[:, back][:, :, back]
    return CellLabels(cells, labels, facing, np.concatenate([part[2] for part in found]))


def _promising(stack: PrintStack, copies: NDArray[np.intp]) -> Cells:
    """Return the cells in which at least two copies show something else than the stack."""
    structure = stack.structure[copies]
    other = (stack.unlike[copies] > _UNLIKE).sum(axis=0)
    cells = np.argwhere((other >= 2) & (structure.max(axis=0) > _MIN_STRUCTURE))
    cells = _inside(cells, stack.soft.shape)
    if len(cells) > _MAX_CELLS:
        # Print is in every copy, an entry is not: the cells that are never blank go first.
        least = structure.min(axis=0)[cells[:, 0], cells[:, 1]]
        cells = cells[np.sort(np.argsort(-least, kind="stable")[:_MAX_CELLS])]
    return cells


def _inside(cells: Cells, shape: tuple[int, ...]) -> Cells:
    """Leave out cells from which a neighbouring place would lie off the page."""
    ends = cells * STEP + CELL + 1
    return cells[(cells > 0).all(axis=1) & (ends < np.array(shape[1:])).all(axis=1)]


def _scale(structure: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return by cell and pair of copies (m, n, n) how much print there is to differ."""
    most = np.maximum(structure[:, :, None], structure[:, None])
    return np.asarray(most + _STRUCTURE_FLOOR, np.float32)


def _labelled(
    stack: PrintStack, copies: NDArray[np.intp], cells: Cells
) -> tuple[NDArray[np.int8], NDArray[np.bool_], NDArray[np.bool_]]:
    """Give each copy the number of the clearest copy that shows the same."""
    distance, mine = _distances(stack.soft[copies], cells)
    noise = stack.noise[copies] + _FLOOR
    structure = stack.structure[copies][:, cells[:, 0], cells[:, 1]].T
    noises = distance / (_scale(structure) * (noise[:, None] + noise[None]))
    labels = _alike(noises, _SAME, _APART)
    facing = _facing(mine, labels)
    plain = _told(labels)
    open_ = np.flatnonzero(~plain)
    for limit in _FINER:
        if not len(open_):
            break
        finer = _alike(noises[open_], limit, limit)
        clean = _cleanly(noises[open_], finer)
        face = _facing(mine[open_[clean]], finer[clean])
        apart = finer[clean][:, :, None] != finer[clean][:, None, :]
        good = (face | ~apart).all(axis=(1, 2))
        at = open_[clean][good]
        labels[at], facing[at] = finer[clean][good], face[good]
        open_ = np.setdiff1d(open_, at)
    return labels.astype(np.int8), facing, plain


def _alike(noises: NDArray[np.float32], same: float, apart: float) -> NDArray[np.intp]:
    """Give each copy the position of the first that shows the same, -1 where no other does."""
    first = (noises < same).argmax(axis=2)
    # A copy like one that is itself like another is in between, and cannot be told.
    leader = np.take_along_axis(first, first, axis=1) == first
    leads = first == np.arange(noises.shape[1])
    near = (noises < apart) & leads[:, None, :]
    labels = np.where(leader & (near.sum(axis=2) == 1), first, -1)
    counts = (labels[:, :, None] == labels[:, None, :]).sum(axis=2)
    return np.where(counts >= 2, labels, -1)


def _told(labels: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Say in which cells copies show at least two things."""
    highest = labels.max(axis=1)
    lowest = np.where(labels < 0, labels.max(initial=0) + 1, labels).min(axis=1)
    return np.asarray((highest >= 0) & (lowest < highest))


def _cleanly(noises: NDArray[np.float32], labels: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Say in which cells every copy is told, with a gap between like and unlike ones."""
    alike = labels[:, :, None] == labels[:, None, :]
    within = np.where(alike, noises, 0).max(axis=(1, 2))
    between = np.where(alike, np.inf, noises).min(axis=(1, 2))
    gap = (between > _GAP * within) & np.isfinite(between)
    return np.asarray(gap & (labels >= 0).all(axis=1))


def _facing(patches: NDArray[np.float32], labels: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Say which two copies' prints each have ink that the other lacks: a tick only adds some."""
    alike = (labels[:, :, None] == labels[:, None, :]).astype(np.float32)
    shown = alike @ patches / alike.sum(axis=2)[..., None]
    gained = np.empty(alike.shape, np.float32)
    for copy in range(labels.shape[1]):
        more = np.maximum(shown[:, copy, None] - shown, 0)
        gained[:, copy] = (more * more).sum(axis=2)
    lost = gained.swapaxes(1, 2)
    return np.asarray(np.minimum(gained, lost) > _FACING * np.maximum(gained, lost))


def _distances(
    soft: NDArray[np.uint8], cells: Cells
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return by cell and pair of copies the squared difference in the best of a few places, and
    by cell and copy what it shows, every second pixel.
    """
    ys, xs = cells[:, 0] * STEP, cells[:, 1] * STEP
    inner = np.arange(0, CELL, 2)  # the softened image holds no more than every second pixel

    def patches(dy: int, dx: int) -> NDArray[np.float32]:
        rows = (ys[:, None] + inner + dy)[:, :, None]
        columns = (xs[:, None] + inner + dx)[:, None, :]
        cut = soft[:, rows, columns].astype(np.float32) / 255
        return np.asarray(cut.transpose(1, 0, 2, 3).reshape(len(cells), len(soft), -1), np.float32)

    mine = patches(0, 0)
    power = (mine * mine).sum(axis=2)
    best = np.full((len(cells), len(soft), len(soft)), np.inf, np.float32)
    for shift in _SHIFTS:
        theirs = patches(*shift) if shift != (0, 0) else mine
        cross = mine @ theirs.transpose(0, 2, 1)
        other = (theirs * theirs).sum(axis=2)[:, None]
        # One scan prints the same stroke heavier than another: the two are brought to one weight.
        ratio = np.sqrt((power[:, :, None] + 0.1) / (other + 0.1)).clip(1 / _WEIGHT, _WEIGHT)
        best = np.minimum(best, power[:, :, None] / ratio + other * ratio - 2 * cross)
    best = 4 * np.maximum(np.minimum(best, best.swapaxes(1, 2)), 0)
    return np.asarray(best, np.float32), mine


def _structure(soft: NDArray[np.uint8]) -> NDArray[np.float32]:
    across = cv2.Sobel(soft, cv2.CV_32F, 1, 0, scale=1 / (8 * 255))
    down = cv2.Sobel(soft, cv2.CV_32F, 0, 1, scale=1 / (8 * 255))
    energy = cv2.accumulateSquare(down, cv2.multiply(across, across))
    return cell_totals(np.asarray(energy, np.float32))


def _difference(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.float32]:
    gap = np.asarray(cv2.absdiff(one, other), np.float32) / np.float32(255)
    return cell_totals(gap * gap)


def cell_totals(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return sums by cell; cells overlap by half."""
    sums = cv2.boxFilter(
        values, cv2.CV_32F, (CELL, CELL), anchor=(0, 0), normalize=False,
        borderType=cv2.BORDER_CONSTANT,
    )  # fmt: skip
    height, width = values.shape
    return np.asarray(sums[: height - CELL + 1 : STEP, : width - CELL + 1 : STEP], np.float32)


def unlike_cells(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> list[tuple[int, int]]:
    """Return the cells in which two aligned ink images show different print."""
    soft = np.stack([softened(one), softened(other)])
    structure = np.stack([_structure(copy) for copy in soft])
    noise = float(_noise(soft, structure).sum()) + _BLANK_FLOOR
    cells = _inside(np.argwhere(structure.max(axis=0) > _MIN_STRUCTURE), soft.shape)
    unlike: list[tuple[int, int]] = []
    for start in range(0, len(cells), _BATCH):
        part = cells[start : start + _BATCH]
        distance = _distances(soft, part)[0][:, 0, 1]
        scale = structure[:, part[:, 0], part[:, 1]].max(axis=0) + _STRUCTURE_FLOOR
        unlike += [(int(r), int(c)) for r, c in part[distance > _APART * noise * scale]]
    return unlike


def unlikeness(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Return how unlike two aligned ink images are where both carry something, 0 for the same.

    The median over a sample of cells, in units of what there is to differ. Copies of one form,
    whose print is most of what both show, have at most 0.1, faxes of them 0.3 to 0.9; two letters,
    whose lines of other words lie on each other, mostly 1.0 to 2.7.
    """
    soft = np.stack([softened(one), softened(other)])
    structure = np.stack([_structure(copy) for copy in soft])
    cells = _inside(np.argwhere(structure.min(axis=0) > _MIN_STRUCTURE), soft.shape)
    if len(cells) < _MIN_PRINTED:
        return 0.0
    count = min(len(cells), _NOISE_CELLS)
    cells = cells[np.linspace(0, len(cells) - 1, count).round().astype(np.intp)]
    distance = _distances(soft, cells)[0][:, 0, 1]
    scale = structure[:, cells[:, 0], cells[:, 1]].max(axis=0) + _STRUCTURE_FLOOR
    return float(np.median(distance / scale))


def ruled_share(ink: NDArray[np.uint8]) -> float:
    """Return the share of a page's ink that is in long lines: letters have 0 to 0.07, forms more.

    `ink` has a long side of about 1,000 px; faxes of forms have 0.05 to 0.5, other forms from 0.1.
    """
    across = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, _RULE), np.uint8))
    down = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((_RULE, 1), np.uint8))
    return float(np.maximum(across, down).sum(dtype=np.float64) / max(1.0, float(ink.sum())))


def joined_boxes(cells: Sequence[tuple[int, int]], shape: tuple[int, ...]) -> tuple[Box, ...]:
    """Return the places that a set of cells covers on a sheet; touching cells are one place."""
    if not cells:
        return ()
    height, width = shape[:2]
    at = np.array(cells)
    grid = np.zeros(at.max(axis=0) + 2, np.uint8)
    grid[tuple(at.T)] = 1
    _, _, stats, _ = cv2.connectedComponentsWithStats(grid, connectivity=8)
    return tuple(
        Box(
            x * STEP / width,
            y * STEP / height,
            min(1.0, ((x + w - 1) * STEP + CELL) / width),
            min(1.0, ((y + h - 1) * STEP + CELL) / height),
        )
        for x, y, w, h, _ in stats[1:].tolist()
    )
