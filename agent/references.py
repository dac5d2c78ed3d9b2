"""What registration needs of pages and template pages, kept in memory between pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from agent.prints import LearnedPrints
from chohyo.domain.recent import Recent
from chohyo.matching.features import PageFeatures, extract_features
from chohyo.pages.images import decode_grey
from chohyo.services import processing
from chohyo.services.runtime import Runtime

KEPT = 256  # pages of 1 MB each: most of what a worker's memory grows by
_REFERENCES = 3  # times as many template pages, of 0.25 MB each


class References:
    """Features of grey model images; the least recently used are dropped.

    `prints` knows the print of template pages to the single stroke.
    """

    def __init__(self, runtime: Runtime, kept: int = KEPT) -> None:
        self._runtime = runtime
        self._pages: Recent[str, PageFeatures] = Recent(kept)
        self._references: Recent[str, PageFeatures] = Recent(_REFERENCES * kept)
        self.prints = LearnedPrints(runtime, self.features, kept)

    def features(self, blob: str) -> PageFeatures:
        """Return the features of a stored model image."""
        return self._pages.get(blob, lambda: self._extracted(blob))

    def of_template_page(self, template_page_id: UUID) -> PageFeatures | None:
        """Return the features of a template page's reference, or None when it is gone."""
        return self.of_template_pages([template_page_id])(template_page_id)

    def of_template_pages(self, ids: Sequence[UUID]) -> Callable[[UUID], PageFeatures | None]:
        """Return what gives the features of these template pages' references, None of one gone.

        Which image is a template page's reference is asked once, for all of them.
        """
        # Asked for each page: it is another one after a page it was made from is forgotten.
        blobs = processing.reference_blobs(self._runtime, ids)

        def of(template_page_id: UUID) -> PageFeatures | None:
            blob = blobs.get(template_page_id)
            if blob is None:
                return None
            return self._references.get(blob, lambda: self._extracted(blob).packed())

        return of

    def _extracted(self, blob: str) -> PageFeatures:
        return extract_features(decode_grey(self._runtime.blobs.get(blob)))
