"""Figures about readings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eval.extraction.judging import Judged
from eval.extraction.truth import FilledPage
from eval.metrics.calibration import Verdict, calibration_error, taken_without_review
from eval.metrics.intervals import Figure, Statistic, measure, share_of
from eval.metrics.times import median_of

# Which fields count in a figure, and how many of them (or of their letters) do.
Count = Callable[[Judged], float]


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A scored page: its fields read in their true boxes, and in the proposed ones.

    `registered` is False when the page could not be laid onto its form, so that nothing was read.
    `baseline` is how many written values whole-page OCR had right, and its seconds; None when the
    page was not read whole. `proposed` says of each value read in a proposed field how sure it was,
    and whether it is what is written in the field's box.
    """

    truth: FilledPage
    registered: bool
    true_boxes: Sequence[Judged]
    end_to_end: Sequence[Judged]
    seconds: float
    baseline: tuple[int, int, float] | None = None
    proposed: Sequence[Verdict] = ()


@dataclass(frozen=True, slots=True)
class _Share:
    """A figure that is a share: of which judgements, what counts, and of what."""

    of: Callable[[ReadPage], Sequence[Judged]]
    part: Count
    whole: Count


def reading_figures(pages: Sequence[ReadPage], seed: int) -> dict[str, Figure]:
    """Return the figures, with intervals from resampling the pages."""
    kinds = [page.truth.page.kind for page in pages]
    figures = {name: measure(_statistic(share, pages), kinds, seed) for name, share in _SHARES}
    for name, verdicts in (
        ("calibration_error", [verdicts_of(page.true_boxes) for page in pages]),
        ("calibration_error_end_to_end", [verdicts_of(page.end_to_end) for page in pages]),
        ("calibration_error_proposed", [page.proposed for page in pages]),
        ("calibration_error_empty", [_of_empty(page.true_boxes) for page in pages]),
        ("calibration_error_marks", [_of_marks(page.true_boxes) for page in pages]),
    ):
        figures[name] = measure(calibration_error(verdicts), kinds, seed)
    for name, verdicts in (
        ("taken_at_1_percent", [verdicts_of(page.true_boxes) for page in pages]),
        ("taken_at_1_percent_proposed", [page.proposed for page in pages]),
    ):
        figures[name] = measure(taken_without_review(verdicts), kinds, seed)
    timed = [page for page in pages if page.registered]
    figures["ms_per_page"] = measure(
        median_of([1000 * page.seconds for page in timed]),
        [page.truth.page.kind for page in timed], seed,
    )  # fmt: skip
    return {**figures, **_baseline(pages, seed)}


def figures_by_type(pages: Sequence[ReadPage]) -> dict[str, dict[str, float]]:
    """Return the shares for each type of field of the truth."""
    tables: dict[str, dict[str, float]] = {}
    for name, share in _SHARES:
        sums: dict[str, list[float]] = {}
        for page in pages:
            for each in share.of(page):
                entry = sums.setdefault(type_of(each), [0.0, 0.0])
                entry[0] += share.part(each)
                entry[1] += share.whole(each)
        tables[name] = {kind: round(p / w, 4) for kind, (p, w) in sorted(sums.items()) if w}
    return tables


def type_of(judged: Judged) -> str:
    """Return the type that a field is reported under: the semantic one where it is known."""
    return judged.field.semantic.value if judged.field.semantic else judged.field.kind


def verdicts_of(judged: Sequence[Judged]) -> list[Verdict]:
    """Return how sure each value was that was read as text, and whether it was right."""
    return [
        (each.confidence, each.right)
        for each in judged
        if not each.field.is_mark and each.found_empty is False and each.countable
    ]


def _of_empty(judged: Sequence[Judged]) -> list[Verdict]:
    return [
        (each.confidence, not each.field.value)
        for each in judged
        if not each.field.is_mark and each.found_empty and each.countable
    ]


def _of_marks(judged: Sequence[Judged]) -> list[Verdict]:
    return [
        (each.confidence, each.right)
        for each in judged
        if each.field.is_mark and each.found_empty is not None
    ]


def _baseline(pages: Sequence[ReadPage], seed: int) -> dict[str, Figure]:
    whole = [(page, page.baseline) for page in pages if page.baseline is not None]
    kinds = [page.truth.page.kind for page, _ in whole]
    right, of, seconds = zip(*(each for _, each in whole), strict=True) if whole else ((), (), ())
    own = [_statistic_parts(dict(_SHARES)["exact_match_true_boxes"], page) for page, _ in whole]
    return {
        "baseline_exact_match": measure(share_of(right, of), kinds, seed),
        "exact_match_true_boxes_same_pages": measure(
            share_of([p for p, _ in own], [w for _, w in own]), kinds, seed
        ),
        "baseline_ms_per_page": measure(median_of([1000 * s for s in seconds]), kinds, seed),
    }


def _statistic_parts(share: _Share, page: ReadPage) -> tuple[float, float]:
    judged = share.of(page)
    return sum(map(share.part, judged)), sum(map(share.whole, judged))


def _statistic(share: _Share, pages: Sequence[ReadPage]) -> Statistic:
    sums = [_statistic_parts(share, page) for page in pages]
    return share_of([part for part, _ in sums], [whole for _, whole in sums])


def _written(each: Judged) -> bool:
    return bool(each.field.value) and not each.field.is_mark


def _true_boxes(page: ReadPage) -> Sequence[Judged]:
    return page.true_boxes


def _end_to_end(page: ReadPage) -> Sequence[Judged]:
    return page.end_to_end


_EXACT: tuple[Count, Count] = (lambda j: _written(j) and j.right, _written)
_CER: tuple[Count, Count] = (
    lambda j: min(j.distance, j.letters) if _written(j) else 0,
    lambda j: j.letters if _written(j) else 0,
)
_EMPTY: tuple[Count, Count] = (
    lambda j: not j.field.is_mark and j.countable and j.found_empty == (not j.field.value),
    lambda j: not j.field.is_mark and j.countable,
)
_EMPTY_FOUND: tuple[Count, Count] = (
    lambda j: _EMPTY[0](j) and not j.field.value,
    lambda j: _EMPTY[1](j) and not j.field.value,
)
_MARK: tuple[Count, Count] = (
    lambda j: j.field.is_mark and j.right,
    lambda j: j.field.is_mark,
)
_SHARES = [
    ("exact_match", _Share(_end_to_end, *_EXACT)),
    ("exact_match_true_boxes", _Share(_true_boxes, *_EXACT)),
    ("cer", _Share(_end_to_end, *_CER)),
    ("cer_true_boxes", _Share(_true_boxes, *_CER)),
    ("empty_accuracy", _Share(_true_boxes, *_EMPTY)),
    ("empty_recognised", _Share(_true_boxes, *_EMPTY_FOUND)),
    ("checkbox_accuracy", _Share(_true_boxes, *_MARK)),
    ("checkbox_accuracy_end_to_end", _Share(_end_to_end, *_MARK)),
]
