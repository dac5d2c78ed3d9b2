"""Measure extraction: onboard templates from copies by truth, read the other pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from time import perf_counter

from chohyo.errors import ChohyoError
from chohyo.extraction.reading import read_fields
from chohyo.matching.registration import register
from chohyo.models.ocr import RapidTextRecognizer, TextRecognizer
from eval.corpus import CorpusPage, by_layout, read_corpus, sample_pages
from eval.extraction.baseline import score
from eval.extraction.figures import ReadPage, figures_by_type, reading_figures, verdicts_of
from eval.extraction.judging import as_written, end_to_end, judge
from eval.extraction.mistakes import reading_mistakes
from eval.extraction.onboarding import Scan, Template, onboard, scan
from eval.extraction.truth import FilledPage, read_truth
from eval.metrics.calibration import reliability
from eval.progress import Track
from eval.results import Json, figures_as_json, mistakes_as_json

_GROUPS = ("printed", "handwriting", "fax")


def evaluate_extraction(
    corpus: Path,
    *,
    copies: int,
    pages_each: int,
    baseline_pages: int,
    limit: int | None,
    seed: int,
    track: Track,
) -> Json:
    """Onboard each layout from copies, read pages of it; return the figures as JSON.

    The figures are of printed pages that are no fax; `handwriting` and `fax` have theirs apart.

    Args:
        corpus: folder of the corpus.
        copies: pages of each layout to onboard it from; one with fewer gives all but one.
        pages_each: most pages of each layout to read.
        baseline_pages: pages that are also read whole, drawn by lot among the printed ones.
        limit: most pages to take, in whole families; all with None.
        seed: decides every draw.
        track: shows progress.
    """
    pages = sample_pages(read_corpus(corpus), limit, seed)
    recognizer = RapidTextRecognizer()
    read: list[ReadPage] = []
    failed: dict[str, str] = {}
    layouts = [group for _, group in sorted(by_layout(pages).items()) if len(group) > 1]
    drawn = [_drawn(corpus, group, copies, pages_each, seed) for group in layouts]
    whole = _read_whole([page for _, scored in drawn for page in scored], baseline_pages, seed)
    for members, scored in track(drawn, "Onboarding forms and reading pages"):
        read += _of_layout(members, scored, whole, recognizer, failed)
    parts = {name: [page for page in read if page.truth.group == name] for name in _GROUPS}
    return {
        "evaluation": "extraction", "corpus": str(corpus.resolve()), "seed": seed, "limit": limit,
        "copies": copies, "pages": len(pages), "onboarded_layouts": len(layouts),
        "scored_pages": len(parts["printed"]),
        "unregistered_pages": sum(not page.registered for page in read),
        "baseline_pages": sum(page.baseline is not None for page in read),
        **_figures(parts["printed"], seed),
        **{name: _apart(parts[name], seed) for name in _GROUPS[1:]},
        "failed": {"count": len(failed), "reasons": failed, "files": sorted(failed)},
        "mistakes": mistakes_as_json(reading_mistakes(read)),
    }  # fmt: skip


def _figures(pages: Sequence[ReadPage], seed: int) -> Json:
    return {
        **figures_as_json(reading_figures(pages, seed)),
        "by_type": figures_by_type(pages),
        "reliability": reliability([verdicts_of(page.true_boxes) for page in pages]),
        "reliability_proposed": reliability([page.proposed for page in pages]),
    }


def _apart(pages: Sequence[ReadPage], seed: int) -> Json:
    return {"pages": len(pages), **(_figures(pages, seed) if pages else {})}


def _drawn(
    corpus: Path, alike: Sequence[CorpusPage], copies: int, pages_each: int, seed: int
) -> tuple[list[FilledPage], list[FilledPage]]:
    """Draw the copies that a layout is onboarded from, and the pages of it to read."""
    drawn = Random(f"{seed}/{alike[0].layout_id}").sample(alike, len(alike))
    used = min(copies, len(drawn) - 1)
    truths = read_truth(corpus, drawn[: used + pages_each])
    return truths[:used], truths[used:]


def _read_whole(scored: Sequence[FilledPage], count: int, seed: int) -> set[str]:
    """Draw the printed pages, by file, that are also read whole."""
    files = [page.page.file for page in scored if page.group == "printed"]
    return set(Random(seed).sample(files, min(count, len(files))))


def _of_layout(
    copies: Sequence[FilledPage],
    scored: Sequence[FilledPage],
    whole: set[str],
    recognizer: TextRecognizer,
    failed: dict[str, str],
) -> list[ReadPage]:
    """Onboard a layout and read its pages; note in `failed` the files that could not be opened."""
    members = [each for page in copies if (each := _scanned(page, failed))]
    if not members:
        return []
    template = onboard(members, recognizer)
    read = []
    for page in scored:
        if (each := _scanned(page, failed)) is not None:
            found = read_page(each, template, recognizer)
            if page.page.file in whole:
                found = replace(found, baseline=_baseline(each, recognizer))
            read.append(found)
    return read


def _scanned(truth: FilledPage, failed: dict[str, str]) -> Scan | None:
    try:
        return scan(truth)
    except ChohyoError as error:
        failed[truth.page.file] = error.code
        return None


def _baseline(each: Scan, recognizer: TextRecognizer) -> tuple[int, int, float]:
    """Return how many written values reading the whole page gets right, of how many, and when."""
    before = perf_counter()
    lines = recognizer.read_page(each.image)
    seconds = perf_counter() - before
    return (*score(each.truth, lines), seconds)


def read_page(each: Scan, template: Template, recognizer: TextRecognizer) -> ReadPage:
    """Read a page's fields twice: where the truth has them, and where they were proposed.

    The seconds are those of laying the page onto its form and reading the proposed fields.
    """
    before = perf_counter()
    laid = register(each.features, template.features)
    if laid is None:
        lost = judge(each.truth, {})
        return ReadPage(each.truth, False, lost, lost, 0.0)
    move, blank = laid.transform, template.blank
    proposed = read_fields(each.image, move, blank, template.proposed_fields, recognizer)
    seconds = perf_counter() - before
    true = read_fields(each.image, move, blank, template.true_fields, recognizer)
    by_name = {spec.name: got for spec, got in zip(template.true_fields, true, strict=True)}
    return ReadPage(
        each.truth, True, judge(each.truth, by_name),
        end_to_end(each.truth, template.true_fields, template.proposed_fields, proposed), seconds,
        proposed=as_written(each.truth, template.proposed_fields, proposed),
    )  # fmt: skip
