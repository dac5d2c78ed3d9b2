"""Fit how confidence follows from the signs of a reading, and say how well it holds elsewhere.

    python -m eval.extraction.fitting CORPUS ... [--limit N] [--seed S] [--keep FILE]

Writes `confidence.json` and `place.json` in `chohyo/extraction`. The calibration errors that the
files tell are of corpora which the weights were not fitted on, every corpus being left out once.
Pages in handwriting and faxes have no part in it, as none in the figures that targets are set for.
The shipped `confidence.json` is of `--limit 72 --seed 1` on corpora of eight copies a form
(`pdfme-ja` ("ja"), `ustaxes` and `vita-min` ("en"), our own forms ("own")), and of a page or two of
each of 55 more layouts of these and of `orca`; all but texts as before those. The shipped
`place.json` is of what was proposed from five copies, and read on other pages: of 16 layouts of
`pdfme-ja` drawn three times, of 59 of "en", and of our own forms.
With `--rescale` weights and trees stay, and only the line through the log-odds of the trees is
fitted: reading and proposing have grown better since they were. The shipped line is of other
draws: 16 layouts of "ja" twice, 44 of "en", 24 of "own", two or three pages each.
With `--keep` the samples of each layout go into a file, and a run that was ended goes on from it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

import chohyo.extraction
from chohyo.errors import PageMisplacedError
from chohyo.extraction.confidence import Kind, Signs
from chohyo.extraction.reading import SignedReading, read_with_signs
from chohyo.matching.registration import register
from chohyo.matching.reliability import binned, calibration_error
from chohyo.models.ocr import RapidTextRecognizer, TextRecognizer
from eval.corpus import CorpusPage, by_layout, read_corpus, sample_pages
from eval.extraction.boosting import Booster, boosted, node_lists
from eval.extraction.judging import Judged, is_as_written, judge
from eval.extraction.onboarding import Scan, Template, onboard, scan
from eval.extraction.truth import read_truth
from eval.metrics.calibration import share_taken

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

_COPIES = 5
_PAGES_EACH = 3
# Beyond these no sample is large enough to speak.
_LOWEST, _HIGHEST = 0.01, 0.997
_FEWEST_WRONG = 3
_MOST_ODDS = 6.0
_FOLDS = 10


@dataclass(frozen=True, slots=True)
class Sample:
    """The signs of one reading, whether it was right, and the corpus and the form it is from."""

    signs: Signs
    right: bool
    corpus: str
    form: str = ""


def samples_of(
    each: Scan, template: Template, recognizer: TextRecognizer, corpus: str
) -> list[Sample]:
    """Return what reading a page gives, in its true boxes and in the proposed ones.

    In a true box a reading is right when it is the field's value; in a proposed one when it is the
    value that is written in the box, whole and alone.
    """
    laid = register(each.features, template.features)
    if laid is None:
        return []
    move, blank = laid.transform, template.blank
    fields = template.true_fields
    try:
        signed = read_with_signs(each.image, move, blank, fields, recognizer, must_lie=True)
    except PageMisplacedError:  # nothing is read of such a page, and it goes to a person
        return []
    by_name = {spec.name: one.reading for spec, one in zip(fields, signed, strict=True)}
    samples = joined_to_truth(signed, judge(each.truth, by_name), corpus)
    proposed = read_with_signs(each.image, move, blank, template.proposed_fields, recognizer)
    return samples + [
        Sample(one.signs, is_as_written(each.truth, spec, one.reading), corpus)
        for spec, one in zip(template.proposed_fields, proposed, strict=True)
        if one.signs is not None and one.signs.place
    ]


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


def fit(samples: Sequence[Sample]) -> dict[str, Any]:
    """Fit the weights of each kind; say how well such weights hold on corpora left out.

    A kind with too few wrong readings to learn from keeps the weights in force.
    """
    fitted: dict[str, Any] = {"lowest": _LOWEST, "highest": _HIGHEST}
    in_force = json.loads(_place_of("confidence.json").read_text("utf-8"))
    for kind in Kind:
        ours = [each for each in samples if each.signs.kind is kind and not each.signs.place]
        signs, right, corpora = _columns(ours)
        if int((~right).sum()) < _FEWEST_WRONG:
            fitted[kind.value] = in_force[kind.value]
            continue
        weights, bias = _weights(signs, right)
        held_back = {
            corpus: _figures(_odds(signs[here], *_weights(signs[~here], right[~here])), right[here])
            for corpus, here in _left_out(corpora, right)
        }
        fitted[kind.value] = {
            "weights": [round(float(weight), 5) for weight in weights],
            "bias": round(bias, 5),
            "held_back": held_back,
        }
    return fitted


def fit_places(samples: Sequence[Sample], fitted: dict[str, Any], seed: int) -> dict[str, Any]:
    """Fit the trees for boxes in doubt upon the fitted weights; say how well such trees hold.

    `held_back` is of corpora they were not fitted on, `forms_held_back` of forms, a tenth of them
    left out each time: a corpus has its own way of being filled and scanned, and few forms.
    """
    plain = [each for each in samples if each.signs.kind is Kind.TEXT and not each.signs.place]
    signs, right, corpora = _columns(plain)
    doubted = [each for each in samples if each.signs.place]
    read, true, places = _columns(doubted)
    near = np.array([each.signs.place for each in doubted])

    def placed(weights: Array, bias: float) -> Array:
        return np.column_stack([np.clip(read @ weights + bias, -_MOST_ODDS, _MOST_ODDS), near])

    held_back = {}
    for corpus, here in _left_out(places, true):
        design = placed(*_weights(signs[corpora != corpus], right[corpora != corpus]))
        model = boosted(design[~here], true[~here], seed)
        held_back[corpus] = _figures(_foretold(model, design[here]), true[here])
    text = fitted[Kind.TEXT.value]
    model = boosted(placed(np.array(text["weights"]), text["bias"]), true, seed)
    found = {"held_back": held_back}
    forms = np.array([each.form for each in doubted])
    if len(set(forms.tolist())) >= _FOLDS:
        design = placed(np.array(text["weights"]), text["bias"])
        odds = _of_forms_left_out(design, true, forms, seed)
        found["forms_held_back"] = {
            corpus: _figures(odds[places == corpus], true[places == corpus])
            for corpus in sorted(set(places.tolist()))
        } | {"all": _figures(odds, true)}
    return {**found, "slope": 1.0, "shift": 0.0, "trees": node_lists(model)}


def fit_line(samples: Sequence[Sample]) -> dict[str, Any]:
    """Fit the line through the log-odds of boxes in doubt; say how well such a line holds.

    `rescaled` has for each corpus, and for all of them, the figures with the weights in force, and
    with a line that was fitted without the corpus, or on all of them.
    """
    doubted = [each for each in samples if each.signs.place]
    _, right, corpora = _columns(doubted)
    foretold = np.array([each.signs.confidence() for each in doubted])
    odds = np.log(foretold / (1.0 - foretold))[:, None]
    found = {}
    for corpus, here in [*_left_out(corpora, right), ("all", np.ones(len(right), np.bool_))]:
        apart = here if here.all() else ~here
        found[corpus] = {
            "before": _figures(foretold[here], right[here]),
            "after": _figures(_odds(odds[here], *_line(odds[apart], right[apart])), right[here]),
        }
    slope, shift = _line(odds, right)
    return {"slope": round(float(slope[0]), 4), "shift": round(shift, 4), "rescaled": found}


def _line(odds: Array, right: Flags) -> tuple[Array, float]:
    model = LogisticRegression(C=1e6).fit(odds, right)
    return model.coef_[0], float(model.intercept_[0])


def _of_forms_left_out(design: Array, right: Flags, forms: NDArray[np.str_], seed: int) -> Array:
    """Return what trees foretell that were fitted without the form each reading is of."""
    odds = np.zeros(len(right))
    for others, here in GroupKFold(_FOLDS).split(design, right, forms):
        odds[here] = _foretold(boosted(design[others], right[others], seed), design[here])
    return odds


def _columns(samples: Sequence[Sample]) -> tuple[Array, Flags, NDArray[np.str_]]:
    """Return signs, which were right, and corpora of samples."""
    return (
        np.array([each.signs.values for each in samples]),
        np.array([each.right for each in samples], np.bool_),
        np.array([each.corpus for each in samples]),
    )


def _left_out(corpora: NDArray[np.str_], right: Flags) -> Iterator[tuple[str, Flags]]:
    """Yield each corpus, and its samples, that weights can be fitted without."""
    for corpus in sorted(set(corpora.tolist())):
        here = np.asarray(corpora == corpus)
        if not here.all() and int((~right[~here]).sum()) >= _FEWEST_WRONG:
            yield corpus, here


def _weights(signs: Array, right: Flags) -> tuple[Array, float]:
    mean, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-6
    model = LogisticRegression(C=1.0, max_iter=2000).fit((signs - mean) / spread, right)
    weights = model.coef_[0] / spread
    return weights, float(model.intercept_[0] - weights @ mean)


def _odds(signs: Array, weights: Array, bias: float) -> Array:
    return _bounded(1.0 / (1.0 + np.exp(-(signs @ weights + bias))))


def _foretold(model: Booster, design: Array) -> Array:
    return _bounded(np.asarray(model.predict_proba(design))[:, 1])


def _bounded(odds: Array) -> Array:
    return np.asarray(np.clip(odds, _LOWEST, _HIGHEST), np.float64)


def _figures(foretold: Array, right: Flags) -> dict[str, float]:
    """Return how many readings there are, how many are right, and how well that was foretold."""
    return {
        "values": len(right),
        "right": round(float(right.mean()), 4),
        "calibration_error": round(calibration_error(binned(foretold, right)) or 0.0, 4),
        "taken_at_1_percent": round(share_taken(foretold, right), 4),
    }


def _main() -> None:
    parser = argparse.ArgumentParser(description="Fit the confidence of readings.")
    parser.add_argument("corpus", nargs="+", type=Path)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--rescale", action="store_true")
    given = parser.parse_args()
    kept, recognizer = _kept(given.keep), RapidTextRecognizer()
    for corpus in given.corpus:
        pages = sample_pages(read_corpus(corpus), given.limit, given.seed)
        for layout, alike in by_layout(pages).items():
            key = f"{corpus.name}/{layout}"
            if key not in kept:
                kept[key] = _of_layout(corpus, alike, recognizer)
                _keep(given.keep, key, kept[key])
    samples = [
        replace(sample, form=_form_of(layout))
        for layout, found in sorted(kept.items())
        for sample in found
    ]
    if given.rescale:
        in_force = json.loads(_place_of("place.json").read_text("utf-8"))
        write("place.json", _on_line(in_force, fit_line(samples)))
        return
    fitted = fit(samples)
    made = {"corpora": [each.name for each in given.corpus], "seed": given.seed}
    write("confidence.json", {**made, **fitted})
    write("place.json", {**made, **fit_places(samples, fitted, given.seed)})


def _on_line(in_force: dict[str, Any], line: dict[str, Any]) -> dict[str, Any]:
    """Return what is in force with a line through what it foretells, lines before it included."""
    slope, shift = line["slope"], line["shift"]
    both = {
        "slope": round(slope * in_force["slope"], 4),
        "shift": round(slope * in_force["shift"] + shift, 4),
    }
    return {**in_force, "rescaled": line["rescaled"], **both}


def _of_layout(
    corpus: Path, alike: Sequence[CorpusPage], recognizer: TextRecognizer
) -> list[Sample]:
    """Onboard a layout from copies of any kind, and read the printed pages among the others."""
    used = min(_COPIES, len(alike) - 1)
    if not used:
        return []
    truths = read_truth(corpus, alike)
    template = onboard([scan(truth) for truth in truths[:used]], recognizer)
    printed = [truth for truth in truths[used:] if truth.group == "printed"]
    return [
        sample
        for truth in printed[:_PAGES_EACH]
        for sample in samples_of(scan(truth), template, recognizer, corpus.name)
    ]


def _kept(file: Path | None) -> dict[str, list[Sample]]:
    """Return the samples of the layouts that an earlier run has read."""
    if file is None or not file.exists():
        return {}
    kept = {}
    for line in file.read_text("utf-8").splitlines():
        row = json.loads(line)
        kept[row["layout"]] = [_sample(each) for each in row["samples"]]
    return kept


def _sample(row: dict[str, Any]) -> Sample:
    signs = row["signs"]
    found = Signs(Kind(signs["kind"]), tuple(signs["values"]), tuple(signs["place"]))
    return Sample(found, row["right"], row["corpus"])


def _form_of(layout: str) -> str:
    """Return the form a layout is an edition or a page of: editions share their boxes."""
    return layout.partition("@")[0]


def _keep(file: Path | None, layout: str, samples: Sequence[Sample]) -> None:
    if file is not None:
        with file.open("a", encoding="utf-8") as out:
            row = {"layout": layout, "samples": [asdict(each) for each in samples]}
            out.write(json.dumps(row) + "\n")


def write(name: str, fitted: dict[str, Any]) -> None:
    """Put what was fitted where reading finds it; trees go on lines of their own."""
    trees = fitted.pop("trees", None)
    text = json.dumps(fitted, indent=1)
    if trees is not None:
        lines = ",\n".join("  " + json.dumps(tree, separators=(",", ":")) for tree in trees)
        text = f'{text[:-2]},\n "trees": [\n{lines}\n ]\n}}'
    _place_of(name).write_text(text + "\n", encoding="utf-8")


def _place_of(name: str) -> Path:
    return Path(chohyo.extraction.__path__[0]) / name


if __name__ == "__main__":
    _main()
