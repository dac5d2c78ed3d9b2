"""Pages to measure an encoder on, as inks in one small file: a corpus, or generated forms."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Final

import numpy as np
from numpy.typing import NDArray

from chohyo.models.layout_encoder import page_ink
from eval.corpus import read_corpus
from eval.encoder.measuring import PageTruth, model_image
from eval.layouts.stream import LayoutStream

Pixels = NDArray[np.uint8]

_SIZE: Final = (480, 384)  # height and width at which ink is parted from paper
_COPIES: Final = 4


def write_corpus_sheets(corpus: Path, out: Path) -> int:
    """Write the inks and the truth of a corpus folder; return the number of pages."""
    pages = read_corpus(corpus)
    inks = np.stack([page_ink(model_image(page), *_SIZE) for page in pages])
    return _write(out, inks, PageTruth.of(pages))


def write_generated_sheets(forms: int, seed: int, out: Path) -> int:
    """Write four copies of each of a stream's first forms; return the number of pages."""
    stream = LayoutStream(seed)
    numbers = np.repeat(np.arange(forms), _COPIES)
    rng = Random(f"{seed}/sheets")
    inks = np.stack([page_ink(stream.copy(int(number), rng), *_SIZE) for number in numbers])
    return _write(out, inks, PageTruth(numbers, numbers // 2, np.full(len(numbers), "generated")))


def read_sheets(path: Path) -> tuple[Pixels, PageTruth]:
    """Return inks (n, 480, 384), and what they are."""
    with np.load(path) as kept:
        return kept["inks"], PageTruth(kept["layouts"], kept["kin"], kept["kinds"])


def _write(out: Path, inks: Pixels, truth: PageTruth) -> int:
    out.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(out, inks=inks, layouts=truth.layouts, kin=truth.kin, kinds=truth.kinds)
    return len(inks)
