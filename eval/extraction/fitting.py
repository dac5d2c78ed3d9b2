"""Fit how confidence follows from the signs of a reading, and say how well it holds elsewhere.

    python -m eval.extraction.fitting CORPUS ... [--limit N] [--seed S]

Writes `chohyo/extraction/confidence.json`. The calibration errors that the file tells are of
corpora which the weights were not fitted on, every corpus being left out once.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

import chohyo.extraction
from chohyo.extraction.confidence import Kind, Signs
from chohyo.extraction.reading import SignedReading, read_with_signs
from chohyo.matching.registration import register
from chohyo.models.ocr import RapidTextRecognizer, TextRecognizer
from eval.corpus import by_layout, read_corpus, sample_pages
from eval.extraction.judging import Judged, judge
from eval.extraction.onboarding import Scan, Template, onboard, scan
from eval.extraction.truth import read_truth
from eval.metrics.calibration import calibration_error
from eval.metrics.intervals import measure

Array = NDArray[np.float64]

_COPIES = 5
_PAGES_EACH = 2
# Beyond these no sample is large enough to speak.
_LOWEST, _HIGHEST = 0.01, 0.997
_FEWEST_WRONG = 3


@dataclass(frozen=True, slots=True)
class Sample:
    """The signs of one reading, whether it was right, and the corpus it is from."""

    signs: Signs
    right: bool
    corpus: str


def samples_of(
    each: Scan, template: Template, recognizer: TextRecognizer, corpus: str
) -> list[Sample]:
    """Return what reading a page in its true boxes gives.

    What a wrongly proposed box costs is not for the reading to know: its cut shows no sign of it.
    """
    laid = register(each.features, template.features)
    if laid is None:
        return []
    fields = template.true_fields
    signed = read_with_signs(each.image, laid.transform, template.blank, fields, recognizer)
    by_name = {spec.name: one.reading for spec, one in zip(fields, signed, strict=True)}
    judged = judge(each.truth, by_name)
    return joined_to_truth(signed, judged, corpus)


def joined_to_truth(
    signed: Sequence[SignedReading], judged: Sequence[Judged], corpus: str
) -> list[Sample]:
    """Join readings to what became of them, by the place that was read."""
    by_place = {one.reading.box: one.signs for one in signed}
    samples = []
    for each in judged:
        signs = by_place.get(each.where)
        if signs is not None and each.countable:
            samples.append(Sample(signs, each.right, corpus))
    return samples


def fit(samples: Sequence[Sample]) -> dict[str, object]:
    """Fit the weights of each kind; say how well such weights hold on corpora left out."""
    fitted: dict[str, object] = {"lowest": _LOWEST, "highest": _HIGHEST}
    for kind in Kind:
        ours = [sample for sample in samples if sample.signs.kind is kind]
        signs = np.array([sample.signs.values for sample in ours])
        right = np.array([sample.right for sample in ours])
        weights, bias = _weights(signs, right)
        fitted[kind.value] = {
            "weights": [round(float(weight), 5) for weight in weights],
            "bias": round(bias, 5),
            "held_back": _held_back(signs, right, [sample.corpus for sample in ours]),
        }
    return fitted


def _held_back(signs: Array, right: NDArray[np.bool_], corpora: Sequence[str]) -> Array | object:
    """Say how well weights fitted on the other corpora foretell each corpus."""
    found: dict[str, object] = {}
    names = np.array(corpora)
    for corpus in sorted(set(corpora)):
        others, here = names != corpus, names == corpus
        if not others.any() or (~right[others]).sum() < _FEWEST_WRONG:
            continue
        foretold = _odds(signs[here], *_weights(signs[others], right[others]))
        found[corpus] = {
            "values": int(here.sum()),
            "right": round(float(right[here].mean()), 4),
            "calibration_error": _error(foretold, right[here]),
        }
    return found


def _weights(signs: Array, right: NDArray[np.bool_]) -> tuple[Array, float]:
    mean, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-6
    model = LogisticRegression(C=1.0, max_iter=2000).fit((signs - mean) / spread, right)
    weights = model.coef_[0] / spread
    return weights, float(model.intercept_[0] - weights @ mean)


def _odds(signs: Array, weights: Array, bias: float) -> Array:
    odds = 1.0 / (1.0 + np.exp(-(signs @ weights + bias)))
    return np.asarray(np.clip(odds, _LOWEST, _HIGHEST))


def _error(foretold: Array, right: NDArray[np.bool_]) -> float | None:
    verdicts = [(float(sure), bool(was)) for sure, was in zip(foretold, right, strict=True)]
    value = measure(calibration_error([verdicts]), ["all"], 0).value
    return None if value is None else round(value, 4)


def _main() -> None:
    parser = argparse.ArgumentParser(description="Fit the confidence of readings.")
    parser.add_argument("corpus", nargs="+", type=Path)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    recognizer, samples = RapidTextRecognizer(), []
    for corpus in given.corpus:
        pages = sample_pages(read_corpus(corpus), given.limit, given.seed)
        for alike in by_layout(pages).values():
            truths = read_truth(corpus, alike[: _COPIES + _PAGES_EACH])
            scans = [scan(truth) for truth in truths]
            used = min(_COPIES, len(scans) - 1)
            if used:
                template = onboard(scans[:used], recognizer)
                for each in scans[used:]:
                    samples += samples_of(each, template, recognizer, corpus.name)
    write(fit(samples), [corpus.name for corpus in given.corpus])


def write(fitted: dict[str, object], corpora: Sequence[str]) -> None:
    """Put the weights where reading finds them."""
    out = Path(chohyo.extraction.__path__[0]) / "confidence.json"
    named = {"corpora": list(corpora), **fitted}
    out.write_text(json.dumps(named, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _main()
