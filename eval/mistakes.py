"""What went wrong with single pages, and what the matching saw there."""

from __future__ import annotations

from dataclasses import dataclass


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
    made of it; `other_is` says why the other page stands beside it. `box` is the piece of the page
    that matters, in fractions of it, where it is not all of it.
    """

    problem: str
    file: str
    kind: str
    truth: str
    found: str
    other: str | None
    other_is: str
    likeness: Likeness | None = None
    box: tuple[float, ...] | None = None
