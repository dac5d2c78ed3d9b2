"""Fit how a piece of print beside writing is told from an entry of the copies.

    python -m eval.schema.entry_fit CORPUS ... [--seed S] [--keep FOLDER]

Writes `entry_trees.json` in `chohyo/discovery`. What a piece is tells the truth of the corpora:
the values that the copies used have there. The figures in the file are of forms that the trees were
not fitted on, and of the trees alone: letters that the form has elsewhere are left alone whatever
they say. The shipped file is of two draws of `pdfme-ja`, of eight copies a form each, and of our
own forms (`chohyo eval forms --seeds 7`), taken when print beside rings was still among the pieces.
With `--keep` the samples of each layout go into a file there, and a run that was ended goes on from
it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.model_selection import GroupKFold

import chohyo.discovery
from chohyo.discovery.blank_form import BlankForm, first_form
from chohyo.discovery.left_entries import ODDS, Candidate, Entries
from chohyo.discovery.straight import straightened
from chohyo.domain.geometry import Transform
from eval.corpus import CorpusPage, by_layout, read_corpus
from eval.extraction.boosting import node_lists
from eval.extraction.truth import FilledPage, read_truth
from eval.schema.building import NotLyingError, lay_copies

_COPIES, _FEWEST = 5, 3
_TREES, _DEPTH, _RATE, _LEAF, _DRAWN = 120, 3, 0.07, 8, 0.7
_FOLDS = 8
# Of a piece, so much lies in values: an entry. In pixels: how far beyond their boxes ink may be.
_INSIDE, _EDGE = 0.8, 3


@dataclass(frozen=True, slots=True)
class Sample:
    """The signs of a piece, whether it is an entry, and its form, whatever edition."""

    signs: tuple[float, ...]
    entry: bool
    form: str


def samples_of(folder: Path, layout: Sequence[CorpusPage], seed: int) -> list[Sample]:
    """Return the pieces beside writing on the blank form of a layout's copies."""
    pages = sorted((p for p in layout if p.kind != "fax"), key=lambda p: p.file)
    drawn = Random(f"{seed}/{pages[0].layout_id if pages else ''}").sample(pages, len(pages))
    used = drawn[:_COPIES]
    if len(used) < _FEWEST:
        return []
    try:
        laid = lay_copies([page.path for page in used])
    except NotLyingError:
        return []
    height, width = max((c.image.shape[:2] for c in laid), key=lambda s: s[0] * s[1])
    images, size = [copy.image for copy in laid], (width, height)
    moves = straightened(images, [copy.transform for copy in laid], size)
    blank = first_form(images, moves, size)
    truth = read_truth(folder, [used[copy.place] for copy in laid])
    written, marked = _written(blank, truth, moves)
    form = pages[0].kin_id
    return [
        Sample(piece.signs, entry, form) for piece, entry in _told(Entries(blank), written, marked)
    ]


def _written(
    blank: BlankForm, truth: Sequence[FilledPage], moves: Sequence[Transform]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Mask where the copies have values, and where they have marks."""
    masks = np.zeros((2, *blank.image.shape), np.bool_)
    size = (blank.image.shape[1], blank.image.shape[0])
    for page, move in zip(truth, moves, strict=True):
        for field in page.fields:
            if field.text_box is None or not field.value:
                continue
            box = move.box(field.text_box)
            x0, x1 = (round(v * size[0]) for v in (box.x0, box.x1))
            y0, y1 = (round(v * size[1]) for v in (box.y0, box.y1))
            masks[
                int(field.is_mark),
                max(0, y0 - _EDGE) : y1 + _EDGE + 1,
                max(0, x0 - _EDGE) : x1 + _EDGE + 1,
            ] = True
    return masks[0], masks[1]


def _told(
    entries: Entries, written: NDArray[np.bool_], marked: NDArray[np.bool_]
) -> Iterator[tuple[Candidate, bool]]:
    """Yield pieces with what they are, up to the first beside each mark that is print."""
    met = set()
    for pieces in entries.beside_writing():
        for piece in pieces:
            own, box = entries.pixels(piece), piece.box
            where = (slice(box.y0, box.y1), slice(box.x0, box.x1))
            if marked[where][own].any():
                break
            share = float(written[where][own].mean())
            if 0.0 < share <= _INSIDE:
                break
            if (piece.letters, piece.signs[:7]) not in met:
                met.add((piece.letters, piece.signs[:7]))
                yield piece, share > 0.0
            if not share:
                break


def fit(samples: Sequence[Sample], seed: int = 0) -> dict[str, Any]:
    """Fit the trees, and say what they tell of forms left out."""
    signs = np.array([each.signs for each in samples], np.float64)
    entry = np.array([each.entry for each in samples])
    forms = np.array([each.form for each in samples])
    odds = np.zeros(len(samples))
    for rest, out in GroupKFold(_FOLDS).split(signs, entry, forms):
        odds[out] = _boosted(signs[rest], entry[rest], seed).decision_function(signs[out])
    model = _boosted(signs, entry, seed)
    share = float(entry.mean())
    return {
        "left_out": {
            "entries": int(entry.sum()),
            "entries_found": int((odds[entry] > ODDS).sum()),
            "print": int((~entry).sum()),
            "print_taken": int((odds[~entry] > ODDS).sum()),
        },
        "prior": round(float(np.log(share / (1 - share))), 5),
        "trees": node_lists(model, _RATE),
    }


def _boosted(
    signs: NDArray[np.float64], entry: NDArray[np.bool_], seed: int
) -> GradientBoostingClassifier:
    model = GradientBoostingClassifier(
        n_estimators=_TREES, max_depth=_DEPTH, learning_rate=_RATE, min_samples_leaf=_LEAF,
        subsample=_DRAWN, random_state=seed,
    )  # fmt: skip
    model.fit(signs, entry)
    return model


def _kept(folder: Path | None, corpus: Path, layout: str) -> Path | None:
    if folder is None:
        return None
    name = hashlib.sha256(f"{corpus.resolve()}/{layout}".encode()).hexdigest()[:24]
    return folder / f"{name}.json"


def main() -> None:
    """Fit on the corpora that are given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", nargs="+", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=None)
    given = parser.parse_args()
    samples: list[Sample] = []
    for corpus in given.corpora:
        for layout, pages in sorted(by_layout(read_corpus(corpus)).items()):
            file = _kept(given.keep, corpus, layout)
            if file is not None and file.exists():
                kept = json.loads(file.read_text("utf-8"))
                samples += [Sample(tuple(signs), entry, form) for signs, entry, form in kept]
                continue
            found = samples_of(corpus, pages, given.seed)
            samples += found
            if file is not None:
                file.write_text(json.dumps([[s.signs, s.entry, s.form] for s in found]), "utf-8")
    fitted = fit(samples, given.seed)
    path = Path(chohyo.discovery.__path__[0]) / "entry_trees.json"
    path.write_text(json.dumps(fitted, separators=(",", ":")) + "\n", "utf-8")
    sys.stdout.write(json.dumps(fitted["left_out"], indent=2) + "\n")


if __name__ == "__main__":
    main()
