"""Score template pages for a page: the exact second stage after the vectors' first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Transform
from chohyo.domain.matches import Candidate, Region
from chohyo.matching.calibration import Calibration, Evidence
from chohyo.matching.features import PageFeatures
from chohyo.matching.fine_print import (
    CELL,
    DIFFERENT_PX,
    INKED_PX,
    cell_sums,
    certain_ink,
    count_places,
    laid_strokes,
    missing_ink,
    strokes,
)
from chohyo.matching.print_comparison import PrintComparison, compare_print
from chohyo.matching.refinement import warp
from chohyo.matching.registration import as_matrix, register

_REGIONS = 6  # best and as many worst anchors, kept as evidence


@dataclass(frozen=True, slots=True)
class PageView:
    """A page as rerankers see it: the grey model image and what registration needs of it."""

    grey: NDArray[np.uint8]
    features: PageFeatures


@dataclass(frozen=True, slots=True)
class TemplateReference:
    """A template page to try, with the vectors' similarity of its nearest exemplar."""

    template_page_id: UUID
    version_id: UUID
    family_id: UUID
    similarity: float
    view: PageView


class Reranker(Protocol):
    """Says how well a page fits a template page."""

    @property
    def name(self) -> str:
        """Return the name that a match keeps as the one who decided."""
        ...

    def score(self, page: PageView, reference: TemplateReference) -> Candidate:
        """Return the template page as a candidate, with its score and probability set."""
        ...


@dataclass(frozen=True, slots=True)
class RegistrationReranker:
    """Lays the page on the template page and compares their print.

    A candidate's `score` is the agreement of print, its `probability` that of this very edition.
    """

    calibration: Calibration = field(default_factory=Calibration)
    name: str = "registration"

    def score(self, page: PageView, reference: TemplateReference) -> Candidate:
        """Return the candidate; its transform is None when the page does not lie on it."""
        mine, theirs = page.features, reference.view.features
        laid = register(mine, theirs)
        if laid is None:
            return _candidate(reference, 0.0, 0.0, None, ())
        comparison = compare_print(mine, theirs, laid.transform)
        displaced = _displaced_places(mine, theirs, laid.transform)
        evidence = Evidence(comparison.score, laid.residual, displaced)
        probability = self.calibration.form(evidence.score) * self.calibration.edition(evidence)
        regions = anchors(comparison)
        return _candidate(reference, evidence.score, probability, laid.transform, regions)


def anchors(comparison: PrintComparison) -> tuple[Region, ...]:
    """Return the tiles of print that agree best and worst, best first."""
    cells = [
        (float(comparison.agreement[r, c]), float(comparison.weight[r, c]), int(r), int(c))
        for r, c in np.argwhere(comparison.weight > 0)
    ]
    by_gain = sorted(cells, key=lambda cell: (-cell[0] * cell[1], cell[2:]))
    by_loss = sorted(cells, key=lambda cell: (-(1 - cell[0]) * cell[1], cell[2:]))
    chosen = dict.fromkeys(by_gain[:_REGIONS] + by_loss[:_REGIONS])
    ordered = sorted(chosen, key=lambda cell: (-cell[0], cell[2:]))
    return tuple(
        Region(comparison.box(row, column), agreement) for agreement, _, row, column in ordered
    )


def _displaced_places(page: PageFeatures, reference: PageFeatures, transform: Transform) -> int:
    """Return in how many places the page lacks print and has other ink instead."""
    laid, expected = laid_strokes(page, reference, transform), strokes(reference.ink)
    sheet = np.ones(page.ink.shape, np.uint8)
    reached = cell_sums(warp(sheet, as_matrix(transform, page, reference), reference.ink.shape))
    print_ = (cell_sums(certain_ink(expected)) >= INKED_PX) & (reached >= 0.98 * CELL * CELL)
    lacking = missing_ink(expected, laid) >= DIFFERENT_PX
    added = missing_ink(laid, expected) >= DIFFERENT_PX
    return count_places(print_ & lacking & added)


def _candidate(
    reference: TemplateReference,
    score: float,
    probability: float,
    transform: Transform | None,
    regions: Sequence[Region],
) -> Candidate:
    return Candidate(
        template_page_id=reference.template_page_id,
        version_id=reference.version_id,
        family_id=reference.family_id,
        similarity=reference.similarity,
        score=score,
        probability=probability,
        transform=transform,
        regions=tuple(regions),
    )
