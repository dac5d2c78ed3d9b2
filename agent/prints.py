"""The print of template pages, learned from their exemplars when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from chohyo.domain.recent import Recent
from chohyo.matching.edition import (
    Distinction,
    decode_distinction,
    encode_distinction,
    tell_apart,
)
from chohyo.matching.features import PageFeatures
from chohyo.matching.fine_alignment import Ink, fine_ink, halved
from chohyo.matching.print_model import (
    Outline,
    PrintModel,
    decode_print,
    encode_print,
    frame_of,
    learn_print,
)
from chohyo.matching.registration import lay, register
from chohyo.pages.images import decode_grey
from chohyo.services import print_models
from chohyo.services.runtime import Runtime

Key = tuple[UUID, ...]


class LearnedPrints:
    """Models by revision, so that one learned anew is used for the next page.

    Outlines of 0.5 MB and differences of 0.1 MB are kept for many template pages; whole models of
    7 MB for few: of a page's candidates only the best one's is looked at.
    """

    def __init__(
        self, runtime: Runtime, features: Callable[[str], PageFeatures], kept: int = 256
    ) -> None:
        self._runtime = runtime
        self._features = features
        self._models: Recent[Key, PrintModel | None] = Recent(max(2, kept // 16))
        self._outlines: Recent[Key, Outline | None] = Recent(kept)
        self._distinctions: Recent[Key, bytes | None] = Recent(2 * kept)

    def fine_ink(self, evidence_blob: str) -> Ink:
        """Return a page's ink at the size at which prints are compared."""
        return fine_ink(decode_grey(self._runtime.blobs.get(evidence_blob)))

    def now(self) -> PrintsNow:
        """Return the prints as they are now, for one decision."""
        return PrintsNow(self)

    def revision(self, template_page_id: UUID) -> UUID | None:
        """Return the revision of a model that is stored, learning it when there is none."""
        return print_models.revision(self._runtime, template_page_id) or self._learned(
            template_page_id
        )

    def model(self, template_page_id: UUID, revision: UUID) -> PrintModel | None:
        """Return a model, None when it went meanwhile."""

        def load() -> PrintModel | None:
            data = print_models.load(self._runtime, template_page_id, revision)
            return decode_print(data) if data else None

        return self._models.get((template_page_id, revision), load)

    def outline(self, template_page_id: UUID, revision: UUID) -> Outline | None:
        """Return a model's outline."""

        def make() -> Outline | None:
            model = self.model(template_page_id, revision)
            return Outline(halved(model.middle), model.shape) if model else None

        return self._outlines.get((template_page_id, revision), make)

    def distinction(
        self, one: UUID, one_revision: UUID, other: UUID, other_revision: UUID
    ) -> Distinction | None:
        """Return where two template pages differ, in the first's frame."""
        key = (one, one_revision, other, other_revision)
        found = self._distinctions.get(key, lambda: self._told_apart(*key))
        return decode_distinction(found) if found else None

    def _learned(self, template_page_id: UUID) -> UUID | None:
        lesson = print_models.lesson(self._runtime, template_page_id)
        if lesson is None:
            return None
        reference = self._features(lesson.page.reference_blob)
        laid = [
            (page, register(self._features(page.model_blob), reference))
            for page in lesson.exemplars
        ]
        copies = [
            (self.fine_ink(page.evidence_blob), found.transform)
            for page, found in laid
            if found is not None
        ]
        if not copies:
            return None
        shape = frame_of(reference.width, reference.height)
        model = learn_print(copies, reference.ink, shape)
        return print_models.store(self._runtime, lesson, encode_print(model))

    def _told_apart(
        self, one: UUID, one_revision: UUID, other: UUID, other_revision: UUID
    ) -> bytes | None:
        first, second = self.model(one, one_revision), self.model(other, other_revision)
        lesson = print_models.lesson(self._runtime, one)
        beside = print_models.lesson(self._runtime, other)
        if first is None or second is None or lesson is None or beside is None:
            return None
        laid = lay(
            self._features(beside.page.reference_blob), self._features(lesson.page.reference_blob)
        )
        return encode_distinction(tell_apart(first, second, laid)) if laid is not None else None


@dataclass(slots=True)
class PrintsNow:
    """The prints during one decision: each template page's revision is asked for once."""

    learned: LearnedPrints
    _revisions: dict[UUID, UUID | None] = field(default_factory=dict)

    def model(self, template_page_id: UUID) -> PrintModel | None:
        """Return the print that a template page's copies share, None without copies."""
        revision = self._revision(template_page_id)
        return self.learned.model(template_page_id, revision) if revision else None

    def outline(self, template_page_id: UUID) -> Outline | None:
        """Return the print at half the size of the frame."""
        revision = self._revision(template_page_id)
        return self.learned.outline(template_page_id, revision) if revision else None

    def distinction(self, one: UUID, other: UUID) -> Distinction | None:
        """Return where two template pages differ, in the first's frame."""
        first, second = self._revision(one), self._revision(other)
        if first is None or second is None:
            return None
        return self.learned.distinction(one, first, other, second)

    def _revision(self, template_page_id: UUID) -> UUID | None:
        if template_page_id not in self._revisions:
            self._revisions[template_page_id] = self.learned.revision(template_page_id)
        return self._revisions[template_page_id]
