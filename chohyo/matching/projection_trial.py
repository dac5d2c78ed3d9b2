"""Try a projection on pages it was not fitted on: is the first stage of routing better with it?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.training import Change, HeldOut, LessonCounts, TrainingFigures
from chohyo.matching.whitening import Labels, Vectors, whitening

FIRST: Final = 20  # candidates that routing looks at
FOLDS: Final = 3
STEPS: Final = FOLDS * FOLDS + 1
FEWEST: Final = LessonCounts(documents=30, pages=60, template_pages=12, families=6)
# Copies of other documents that a template page needs, so that one can be held out and two differ.
_COPIES: Final = 3
_DRAWS: Final = 1000
_TAILS: Final = (2.5, 97.5)
_AT_ONCE: Final = 512  # pages whose likeness to all others is in memory

Places = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lessons:
    """Pages whose template page is known: vectors (pages, dimensions), and numbers by page."""

    vectors: Vectors
    template_pages: Labels
    families: Labels
    documents: Labels

    @property
    def counts(self) -> LessonCounts:
        """Return how much there is of what."""
        named = (self.documents, self.template_pages, self.families)
        documents, template_pages, families = (len(np.unique(each)) for each in named)
        return LessonCounts(documents, len(self.vectors), template_pages, families)

    def of(self, rows: NDArray[np.bool_]) -> Lessons:
        """Return some of the pages."""
        return Lessons(
            self.vectors[rows], self.template_pages[rows], self.families[rows], self.documents[rows]
        )

    @property
    def is_copied(self) -> NDArray[np.bool_]:
        """Return which pages are of template pages that have copies in enough documents."""
        pairs = np.unique(np.stack([self.template_pages, self.documents], axis=1), axis=0)
        seen, counts = np.unique(pairs[:, 0], return_counts=True)
        return np.isin(self.template_pages, seen[counts >= _COPIES])


def lacking(counts: LessonCounts) -> LessonCounts:
    """Return how much is missing for a trial to say anything; all 0 where nothing is."""
    return LessonCounts(
        *(max(0, getattr(FEWEST, f.name) - getattr(counts, f.name)) for f in fields(LessonCounts))
    )


def trial(
    lessons: Lessons,
    seed: int = 0,
    done: Callable[[int], None] = lambda _: None,
    family_parts: int = FOLDS,
) -> TrainingFigures:
    """Return how pages are found without and with projections that were not fitted on them.

    Documents and form types are dealt into folds. For each pair of folds a projection is fitted on
    what is in neither; the pages of the documents' fold are then looked up among those of all other
    documents: some are of form types that were fitted on, some of unseen ones. The same lessons and
    seed give the same figures.

    Args:
        done: told how many of `STEPS` are done.
        family_parts: folds of form types; a projection is fitted on all but one of them.
    """
    random = np.random.default_rng(seed)
    document_folds = _dealt(lessons.documents, FOLDS, random)
    family_folds = _dealt(lessons.families, family_parts, random)
    parts: dict[bool, list[_Found]] = {True: [], False: []}
    for documents in range(FOLDS):
        held, kept = document_folds == documents, document_folds != documents
        held &= np.isin(lessons.template_pages, lessons.template_pages[kept])
        before = _look_up(lessons, lessons.vectors, held, kept)
        for families in range(family_parts):
            fitted = lessons.of(kept & (family_folds != families))
            projection = whitening(fitted.vectors, fitted.template_pages)
            after = _look_up(lessons, projection.apply(lessons.vectors), held, kept)
            unseen = family_folds[held] == families
            for part in (True, False):
                rows = unseen == part
                parts[part].append(_Found(before[:, rows], after[:, rows],
                                          lessons.documents[held][rows]))  # fmt: skip
            done(documents * family_parts + families + 1)
    return TrainingFigures(
        known=_held_out(parts[False], family_parts - 1, random),
        unseen=_held_out(parts[True], 1, random),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """For each figure and page what was found before and after, and the page's document."""

    before: Places
    after: Places
    documents: Labels


def _dealt(labels: Labels, parts: int, random: np.random.Generator) -> Labels:
    """Return the fold of each row; rows of one label are in one fold."""
    found, rows = np.unique(labels, return_inverse=True)
    return np.asarray(random.permutation(len(found)) % parts, np.intp)[rows]


def _look_up(
    lessons: Lessons, vectors: Vectors, held: NDArray[np.bool_], kept: NDArray[np.bool_]
) -> Places:
    """Return the figures (4, held pages) of looking held pages up among those that are kept."""
    order = np.argsort(lessons.template_pages[kept], kind="stable")
    gallery = vectors[kept][order]
    known, starts = np.unique(lessons.template_pages[kept][order], return_index=True)
    family_of = lessons.families[kept][order][starts]
    own = np.searchsorted(known, lessons.template_pages[held])
    asked, families = vectors[held], lessons.families[held]
    found = []
    for start in range(0, len(own), _AT_ONCE):
        rows = slice(start, start + _AT_ONCE)
        likeness = np.maximum.reduceat(asked[rows] @ gallery.T, starts, axis=1)
        mine = np.take_along_axis(likeness, own[rows, None], axis=1)
        place = (likeness >= mine).sum(axis=1)  # ties count against it
        kin = family_of[likeness.argmax(axis=1)] == families[rows]
        found.append(np.stack([place <= FIRST, place == 1, kin, 1 / place]).astype(np.float64))
    return np.concatenate(found, axis=1)


def _held_out(parts: list[_Found], times: int, random: np.random.Generator) -> HeldOut:
    """Sum up what was found for pages, each of them `times` times."""
    before = np.concatenate([part.before for part in parts], axis=1)
    after = np.concatenate([part.after for part in parts], axis=1)
    named = np.concatenate([part.documents for part in parts])
    _, documents = np.unique(named, return_inverse=True)
    intervals = _intervals(after - before, documents, random)
    return HeldOut(
        before.shape[1] // times,
        *(
            Change(float(b.mean()), float(a.mean()), float(low), float(high))
            for b, a, (low, high) in zip(before, after, intervals, strict=True)
        ),
    )


def _intervals(
    differences: Places, documents: Labels, random: np.random.Generator
) -> NDArray[np.float64]:
    """Return the bounds (4, 2) of the mean differences, from drawing documents with replacement.

    Pages of one document are alike: drawn one by one they would promise too much.
    """
    count = int(documents.max()) + 1
    sums = np.stack([np.bincount(documents, each, count) for each in differences])
    pages = np.bincount(documents, minlength=count)
    drawn = random.integers(0, count, (_DRAWS, count))
    means = np.stack([sums[:, rows].sum(axis=1) / pages[rows].sum() for rows in drawn], axis=1)
    return np.asarray(np.percentile(means, _TAILS, axis=1).T)
