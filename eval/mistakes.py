"""What went wrong with single pages, and what the matching saw there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agent.context import AgentContext
from chohyo.domain.documents import Page
from chohyo.matching.print_comparison import compare_print
from chohyo.matching.registration import register
from chohyo.services import processing


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two pages look to the product.

    `cosine` of their embeddings; `agreement` of their print, 0..1, once `transform` (row-major
    3 × 3, in fractions of the pages) lays the first onto the second; None when it does not lie.
    """

    cosine: float | None
    agreement: float | None
    transform: tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class Mistake:
    """A page that was judged wrongly, beside the page that explains it.

    `file` and `other` are files of the corpus, `truth` and `found` what the page is and what was
    made of it; `other_is` says why the other page stands beside it.
    """

    problem: str
    file: str
    kind: str
    truth: str
    found: str
    other: str | None
    other_is: str
    likeness: Likeness | None


def likeness(context: AgentContext, page: Page, other: Page) -> Likeness:
    """Compare two filled pages as discovery does."""
    space = context.embedder.space
    one = processing.stored_vector(context.runtime, space, page.id)
    two = processing.stored_vector(context.runtime, space, other.id)
    cosine = None if one is None or two is None else round(float(np.dot(one, two)), 4)
    mine = context.references.of_blob(page.model_blob)
    theirs = context.references.of_blob(other.model_blob)
    laid = register(mine, theirs)
    if laid is None:
        return Likeness(cosine, None, None)
    agreement = compare_print(mine, theirs, laid.transform, pair=True).score
    return Likeness(cosine, round(agreement, 4), laid.transform.rows)
