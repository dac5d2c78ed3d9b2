"""What registration needs of pages and template pages, kept in memory between pages."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from uuid import UUID

from agent.prints import LearnedPrints
from chohyo.errors import NotFoundError
from chohyo.matching.features import PageFeatures, extract_features
from chohyo.pages.images import decode_grey
from chohyo.services import processing
from chohyo.services.runtime import Runtime

_KEPT = 256  # about 1.5 MB each: most of what a worker's memory grows by


class References:
    """Features of grey model images; the least recently used are dropped.

    `prints` knows the print of template pages to the single stroke.
    """

    def __init__(self, runtime: Runtime, kept: int = _KEPT) -> None:
        self._runtime = runtime
        self._kept = kept
        self._features: OrderedDict[str, PageFeatures] = OrderedDict()
        self._lock = Lock()
        self.prints = LearnedPrints(runtime, self.features, kept)

    def features(self, blob: str) -> PageFeatures:
        """Return the features of a stored model image."""
        with self._lock:
            if (kept := self._features.get(blob)) is not None:
                self._features.move_to_end(blob)
                return kept
        # Not under the lock: threads that group pages extract several at a time.
        made = extract_features(decode_grey(self._runtime.blobs.get(blob)))
        with self._lock:
            self._features[blob] = made
            while len(self._features) > self._kept:
                self._features.popitem(last=False)
        return made

    def of_template_page(self, template_page_id: UUID) -> PageFeatures | None:
        """Return the features of a template page's reference, or None when it is gone."""
        # Asked each time: the reference is another one after a page it was made from is forgotten.
        try:
            page = processing.template_page(self._runtime, template_page_id)
        except NotFoundError:
            return None
        return self.features(page.reference_blob)
