"""A stream of filled pages of one form, watched as the product watches routed pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.common_change import EVERY, LATEST, compared, find_common_change
from chohyo.discovery.drift import Drift, FindChange, Sighting, find_drift, suspects
from chohyo.discovery.mixed_change import (
    EVERY_MIXED,
    RECENT,
    chosen_for_mix,
    find_mixed_change,
)
from chohyo.domain.geometry import Box
from chohyo.domain.ids import new_id
from chohyo.matching.deviation import deviating
from chohyo.matching.features import PageFeatures, extract_features
from chohyo.matching.fine_alignment import Ink, fine_ink, halved, lay_finely
from chohyo.matching.glyphs import replaced_glyphs
from chohyo.matching.print_model import PrintModel, frame_of, learn_print, strokes
from chohyo.matching.registration import register

CONTRAST = 15  # pages that do not deviate, beside which the suspects are laid
MOST_SUSPECTS = 10


@dataclass(slots=True)
class Watched:
    """A template page learned from exemplars, and the pages seen since."""

    reference: PageFeatures
    model: PrintModel
    exemplars: list[Ink]
    fields: Sequence[Box]
    sightings: list[Sighting] = field(default_factory=list)
    laid: dict[UUID, Ink] = field(default_factory=dict)
    looks: int = 0

    @classmethod
    def learn(
        cls, blank: NDArray[np.uint8], copies: Sequence[NDArray[np.uint8]], fields: Sequence[Box]
    ) -> Watched:
        """Learn from a blank form and filled copies, as approval does."""
        reference = extract_features(blank)
        shape = frame_of(reference.width, reference.height)
        found = [(fine_ink(copy), register(extract_features(copy), reference)) for copy in copies]
        laid = [(ink, lying.transform) for ink, lying in found if lying is not None]
        model = learn_print(laid, reference.ink, shape)
        half = halved(model.middle)
        return cls(
            reference, model, [lay_finely(ink, move, half, shape) for ink, move in laid], fields
        )

    def see(self, image: NDArray[np.uint8], source: UUID) -> Drift | None:
        """Take a page in; return what is seen of drift now."""
        found = register(extract_features(image), self.reference)
        if found is None:
            return None
        ink = lay_finely(
            fine_ink(image), found.transform, halved(self.model.middle), self.model.shape
        )
        page = strokes(ink)
        cells = deviating(page, self.model, self.fields, replaced_glyphs(page, self.model))
        if cells is None:
            return None
        page_id = new_id()
        self.laid[page_id] = ink
        self.sightings.append(Sighting(page_id, source, cells))
        suspected = suspects(self.sightings)[-MOST_SUSPECTS:]
        seen = self._look(suspected) if page_id in suspected else None
        # The product takes one page in so many by its id.
        if seen is None and len(self.sightings) % EVERY == 0:
            seen = self._look_at_latest()
        if seen is None and len(self.sightings) % EVERY_MIXED == 0:
            seen = self._look_for_mix()
        return seen

    def branch(self) -> Watched:
        """Return the same with what was seen so far, to go on with other pages."""
        return replace(self, sightings=list(self.sightings), laid=dict(self.laid), looks=0)

    def _look_at_latest(self) -> Drift | None:
        return self._compared(compared(self.sightings), LATEST, find_common_change)

    def _look_for_mix(self) -> Drift | None:
        return self._compared(chosen_for_mix(self.sightings), RECENT, find_mixed_change)

    def _compared(self, chosen: Sequence[Sighting], recent: int, find: FindChange) -> Drift | None:
        """Compare the last pages with exemplars and those before."""
        inks = [self.laid[each.page_id] for each in chosen]
        sources = [each.source for each in chosen[-recent:]]
        return find([*self.exemplars, *inks[:-recent]], inks[-recent:], sources, self.fields)

    def _look(self, suspected: Sequence[UUID]) -> Drift | None:
        self.looks += 1
        others = [s.page_id for s in self.sightings if s.page_id not in suspected][-CONTRAST:]
        chosen = [*others, *suspected]
        source = {s.page_id: s.source for s in self.sightings}
        return find_drift(
            self.exemplars, [self.laid[p] for p in chosen], [source[p] for p in chosen], self.fields
        )
