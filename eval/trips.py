"""How far a page of a corpus came through the product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chohyo.domain.documents import Page
from eval.corpus import CorpusPage


@dataclass(frozen=True, slots=True)
class Trip:
    """How far a page of the corpus came: as a stored page, or until `failure`, an error code.

    `seconds` is the time taken by step: `ingest`, and the nodes of the document graph; what is done
    for a whole document is shared out among its pages. `cpu` is the processor's time for the same,
    of all threads of this process.
    """

    truth: CorpusPage
    page: Page | None
    failure: str | None
    seconds: Mapping[str, float]
    cpu: Mapping[str, float] = field(default_factory=dict)
