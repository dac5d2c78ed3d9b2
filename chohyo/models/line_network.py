"""The recognition network alone: crops of one line to the odds of letters, and these to text.

RapidOCR's own decoder takes the likeliest of 18,000 letters at each place, Chinese ones among them.
Here the letters that cannot stand on a page are left out before the likeliest is taken.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from chohyo.models.letter_context import settled
from chohyo.models.word_context import as_words

Image = NDArray[np.uint8]
Odds = NDArray[np.float32]  # (places, letters); letter 0 is "no letter"

LINE_HEIGHT: Final = 48  # pixels, the height the network was trained at
# The library pads every line to 320 pixels; half of all field values are narrower than 110. On
# 311 printed values: 28 ms of processor time a crop at 320, 12 ms at 64, exact 0.939 and 0.936.
_MIN_WIDTH: Final = 64
# Batches of 1, 6, 16 and 32 take 12.5, 11.8, 12.6 and 16.8 ms a crop: wider ones pad more.
_BATCH: Final = 6
# The widest line of a batch against its narrowest: with any beside any, pages of a few long lines
# among short ones take 1.2 to 1.9 times as long.
_WIDER: Final = 1.25
# Letters of units and of medicine that Japanese print uses, besides Latin ones.
_GREEK: Final = set("αβγδμπΩ")


class Letters:
    """The letters that the network knows, by number; number 0 is "no letter"."""

    def __init__(self, known: Sequence[str]) -> None:
        self.all: Final = tuple(known)
        self.number: Final = {letter: number for number, letter in enumerate(known)}

    @cached_property
    def japanese(self) -> NDArray[np.bool_]:
        """Mask the letters that Japanese and English print uses: no simplified Chinese ones."""
        return self._mask(_is_japanese)

    @cached_property
    def latin(self) -> NDArray[np.bool_]:
        """Mask the letters of English and other western print."""
        return self._mask(lambda letter: letter.isascii() or _is_western(letter))

    def _mask(self, stands: Callable[[str], bool]) -> NDArray[np.bool_]:
        return np.array([not letter or stands(letter) for letter in self.all], np.bool_)


class LineNetwork:
    """PP-OCRv6's recognition network on the processor."""

    def __init__(self, weights: Path, intra_op_threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        options.intra_op_num_threads = intra_op_threads
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(weights), options, providers=["CPUExecutionProvider"]
        )
        self._input = self._session.get_inputs()[0].name
        known = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self.letters: Final = Letters(["", *known, " "])

    def odds(self, images: Sequence[Image]) -> list[Odds]:
        """Return the odds of letters at the places along each colour crop of `LINE_HEIGHT`."""
        found: list[Odds] = [np.zeros((0, len(self.letters.all)), np.float32)] * len(images)
        order = sorted(range(len(images)), key=lambda i: images[i].shape[1])
        for batch in _batches(order, [max(_MIN_WIDTH, image.shape[1]) for image in images]):
            width = max(_MIN_WIDTH, *(images[i].shape[1] for i in batch))
            # Of a form's lines 3 % are there twice: where print was looked for among them in vain.
            # Those of one batch are read once; other batches would change what their lines read.
            row_of: dict[bytes, int] = {}
            rows = [row_of.setdefault(images[i].tobytes(), len(row_of)) for i in batch]
            pixels = np.zeros((len(row_of), 3, LINE_HEIGHT, width), np.float32)
            for row, i in zip(rows, batch, strict=True):
                pixels[row, :, :, : images[i].shape[1]] = images[i].transpose(2, 0, 1) / 127.5 - 1.0
            (read,) = self._session.run(None, {self._input: pixels})
            for row, i in zip(rows, batch, strict=True):
                found[i] = read[row]
        return found


# Of a letter that is no surer than this, the next likeliest are kept, down to these odds.
_WAVERS: Final = 0.97
_OTHERS, _LEAST_ODDS = 4, 0.002


def _batches(order: Sequence[int], widths: Sequence[int]) -> Iterator[list[int]]:
    """Cut an order by width into batches of lines of nearly one width: paper takes time, too.

    What is one batch anyhow stays one: the limits by which pages are told to lie on their side are
    set for lines read together.
    """
    batch: list[int] = []
    few = len(order) <= _BATCH
    for i in order:
        wider = batch and not few and widths[i] > _WIDER * widths[batch[0]]
        if len(batch) == _BATCH or wider:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


@dataclass(frozen=True, slots=True)
class ReadLine:
    """The text of a line with the odds of each letter, in 0..1.

    `others` has for each letter what else it may be, with its odds, the likeliest first; nothing
    for a letter that is sure.
    """

    text: str
    odds: tuple[float, ...]
    others: tuple[tuple[tuple[str, float], ...], ...] = ()


def decode(odds: Odds, letters: Letters, allowed: NDArray[np.bool_]) -> ReadLine:
    """Read the likeliest path (CTC) of the allowed letters, with look-alikes settled.

    A letter that stays the likeliest over several places is one letter, with its best odds.
    """
    best = _likeliest(odds, allowed)
    starts = np.flatnonzero((best != 0) & (best != np.concatenate([[0], best[:-1]])))
    lengths = [int(np.argmax(best[start:] != best[start])) or len(best) - start for start in starts]
    runs = [odds[start : start + length] for start, length in zip(starts, lengths, strict=True)]
    chosen = [int(best[start]) for start in starts]
    text = "".join(letters.all[number] for number in chosen)
    certain = tuple(float(run[:, number].max()) for run, number in zip(runs, chosen, strict=True))

    def odds_at(position: int, letter: str) -> float:
        number = letters.number[letter]
        return float(runs[position][:, number].max()) if allowed[number] else 0.0

    others = tuple(
        _others(np.where(allowed, run.max(axis=0), 0.0), number, letters) if sure < _WAVERS else ()
        for run, number, sure in zip(runs, chosen, certain, strict=True)
    )
    return ReadLine(as_words(settled(text, odds_at), certain, others), certain, others)


def _likeliest(odds: Odds, allowed: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the likeliest of the allowed letters at each place.

    At most places it is the likeliest of all; only the others are looked at again.
    """
    best = odds.argmax(axis=1)
    again = np.flatnonzero(~allowed[best])
    best[again] = np.where(allowed, odds[again], 0.0).argmax(axis=1)
    return np.asarray(best, np.intp)


def _others(odds: Odds, chosen: int, letters: Letters) -> tuple[tuple[str, float], ...]:
    """Return the likeliest letters but for the chosen one and none at all, with their odds."""
    likely = [n for n in np.flatnonzero(odds >= _LEAST_ODDS) if n not in {0, chosen}]
    likely.sort(key=lambda n: -float(odds[n]))
    return tuple((letters.all[n], float(odds[n])) for n in likely[:_OTHERS])


def is_wide(letter: str) -> bool:
    """Say whether a letter belongs to Japanese writing."""
    return unicodedata.east_asian_width(letter) in {"W", "F"}


def _is_japanese(letter: str) -> bool:
    if letter.isascii() or letter in _GREEK:
        return True
    if "\u0370" <= letter < "\u2000":  # other Greek letters, and Cyrillic ones
        return False
    # The code page of Japanese Windows: JIS X 0208 with the signs and names that print adds.
    return bool(letter.encode("cp932", errors="ignore"))


def _is_western(letter: str) -> bool:
    return len(letter) == 1 and ("\xa1" <= letter <= "\xff" or letter in "–—‘’“”•…€™")
