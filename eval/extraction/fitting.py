"""Fit how confidence follows from the signs of a reading, and say how well it holds elsewhere.

    python -m eval.extraction.fitting CORPUS ... [--limit N] [--seed S]

Writes `chohyo/extraction/confidence.json`. The calibration error that the file tells is that of
families which the weights were not fitted on, every family being left out once.
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
from sklearn.model_selection import GroupKFold

import chohyo.extraction
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
_FOLDS = 8
_PAGES_EACH = 2
# Beyond these no sample is large enough to speak.
_LOWEST, _HIGHEST = 0.01, 0.997


@dataclass(frozen=True, slots=True)
class Sample:
    """The signs of one reading, whether it was right, and the family it is from."""

    signs: tuple[float, ...]
    right: bool
    family: str


def samples_of(each: Scan, template: Template, recognizer: TextRecognizer) -> list[Sample]:
    """Return what reading a page in its true boxes gives.

    What a wrongly proposed box costs is not for the reading to know: its cut shows no sign of it.
    """
    laid = register(each.features, template.features)
    if laid is None:
        return []
    fields = template.true_fields
    signed = read_with_signs(each.image, laid.transform, template.blank, fields, recognizer)
    by_name = {spec.name: one.reading for spec, one in zip(fields, signed, strict=True)}
    return _samples(signed, judge(each.truth, by_name), each.truth.page.kin_id)


def _samples(
    signed: Sequence[SignedReading], judged: Sequence[Judged], family: str
) -> list[Sample]:
    """Join readings to what became of them, by the place that was read."""
    by_place = {one.reading.box: one.signs for one in signed if one.signs is not None}
    return [
        Sample(by_place[each.where], each.right, family)
        for each in judged
        if each.where in by_place and not each.field.is_mark and each.countable
    ]


def fit(samples: Sequence[Sample]) -> dict[str, object]:
    """Fit the weights on all samples; say how well such weights hold on families left out."""
    signs = np.array([sample.signs for sample in samples])
    right = np.array([sample.right for sample in samples])
    families = [sample.family for sample in samples]
    foretold = np.zeros(len(samples))
    for ours, others in GroupKFold(_FOLDS).split(signs, right, families):
        foretold[others] = _odds(signs[others], *_weights(signs[ours], right[ours]))
    weights, bias = _weights(signs, right)
    return {
        "weights": [round(float(weight), 5) for weight in weights],
        "bias": round(bias, 5),
        "lowest": _LOWEST,
        "highest": _HIGHEST,
        "held_back": {
            "families": len(set(families)),
            "folds": _FOLDS,
            "values": len(samples),
            "right": round(float(right.mean()), 4),
            "calibration_error": _error(foretold, right),
        },
    }


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
                    samples += samples_of(each, template, recognizer)
    fitted = {"corpora": [corpus.name for corpus in given.corpus], **fit(samples)}
    out = Path(chohyo.extraction.__path__[0]) / "confidence.json"
    out.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _main()
