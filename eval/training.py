"""Measure what `chohyo train` would be worth: fitted on half of a corpus's forms, tried on all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from time import process_time
from typing import Any

from chohyo.domain.training import Change, HeldOut, TrainingFigures
from chohyo.errors import InvalidInputError
from chohyo.matching.projection_trial import Lessons, trial
from chohyo.models.embedder import LayoutEmbedder
from eval.corpus import CorpusPage, read_corpus, sample_pages
from eval.encoder.measuring import PageTruth, embed_corpus
from eval.metrics.clustering import as_labels
from eval.progress import Track

_HALVES = 2
_DIGITS = 4


def evaluate_training(
    corpus: Path,
    embedders: Sequence[LayoutEmbedder],
    *,
    limit: int | None,
    seed: int,
    track: Track,
) -> dict[str, Any]:
    """Return figures by embedder: `known` for held-out pages of forms it was fitted on, `unseen`.

    Each half of the forms is fitted on once, without a third of the documents each time.
    `…_gain` is the difference with the projection, with its 95 % interval.

    Raises:
        InvalidInputError: no form has copies in three documents.
    """
    pages = sample_pages(read_corpus(corpus), limit, seed)
    result: dict[str, Any] = {"corpus": corpus.name, "pages": len(pages), "seed": seed}
    intervals: dict[str, Any] = {}
    for embedder in embedders:
        name = embedder.space.name
        lessons = _lessons(pages, embedder, track)
        if not len(lessons.vectors):
            raise InvalidInputError(field="corpus", reason="has too few copies of each form")
        before = process_time()
        figures = trial(lessons, seed, family_parts=_HALVES)
        result[f"{name}_seconds"] = round(process_time() - before, 2)
        result[f"{name}_lessons"] = asdict(lessons.counts)
        result[f"{name}_better"] = figures.better
        for measure, change in _changes(figures).items():
            key = f"{name}_{measure}"
            result[f"{key}_before"] = round(change.before, _DIGITS)
            result[f"{key}_after"] = round(change.after, _DIGITS)
            result[f"{key}_gain"] = round(change.after - change.before, _DIGITS)
            intervals[f"{key}_gain"] = {
                "low": round(change.low, _DIGITS), "high": round(change.high, _DIGITS),
            }  # fmt: skip
    return {**result, "intervals": intervals}


def _lessons(pages: Sequence[CorpusPage], embedder: LayoutEmbedder, track: Track) -> Lessons:
    vectors, _ = embed_corpus(embedder, track(pages, "Embedding"))
    truth = PageTruth.of(pages)
    documents = as_labels([page.document for page in pages])
    lessons = Lessons(vectors, truth.layouts, truth.kin, documents)
    return lessons.of(lessons.is_copied)


def _changes(figures: TrainingFigures) -> dict[str, Change]:
    names = [each.name for each in fields(HeldOut) if each.name != "pages"]
    return {
        f"{part}_{name}": getattr(getattr(figures, part), name)
        for part in ("known", "unseen")
        for name in names
    }
