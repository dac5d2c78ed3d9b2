"""Decide which edition a page is, and whether it is one of those known at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol
from uuid import UUID

from chohyo.domain.geometry import Box
from chohyo.domain.matches import Candidate, EditionSigns, Region
from chohyo.matching.calibration import Calibration
from chohyo.matching.deviation import deviating
from chohyo.matching.edition import Distinction, Leaning, lean
from chohyo.matching.evidence import Contradictions, contradictions, seen_print
from chohyo.matching.fine_alignment import Ink, lay_finely
from chohyo.matching.print_model import Outline, PrintModel, strokes
from chohyo.matching.streaks import Columns, streaks

_RIVALS = 3  # compared with the best; the fourth never won
_NEAR = 0.25  # of agreement, which sinks by 0.2 where the copies of the right edition are faxes

# Of agreement; copies of the right edition that were worn cost 0.1 and more of it.
_OF_QUALITY = 0.1


class Prints(Protocol):
    """Knows the print of template pages."""

    def model(self, template_page_id: UUID) -> PrintModel | None:
        """Return the print that a template page's copies share, None without copies."""
        ...

    def outline(self, template_page_id: UUID) -> Outline | None:
        """Return the print at half the size of the frame."""
        ...

    def distinction(self, one: UUID, other: UUID) -> Distinction | None:
        """Return where two template pages differ, in the first's frame; None when they do not lie
        on each other.
        """
        ...


@dataclass(slots=True)
class EditionJudge:
    """Judges one page among candidates that it lies on; `page` gives its fine ink when needed."""

    page: Callable[[], Ink]
    prints: Prints
    calibration: Calibration = field(default_factory=Calibration)
    _laid: dict[UUID, Ink | None] = field(default_factory=dict)
    _ink: Ink | None = None
    _blind: Columns | None = None
    _found: dict[UUID, Contradictions | None] = field(default_factory=dict)
    _leanings: dict[tuple[UUID, UUID], Leaning | None] = field(default_factory=dict)

    def judge(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Return the candidates with the probability that the page is that very edition.

        `candidates` are ordered by how alike their print is, the most like first, and have a
        transform; their probability is that of the form.
        """
        best, near = candidates[0], candidates[0].print_score
        rivals = [c for c in candidates[1:] if c.print_score >= near - _NEAR][:_RIVALS]
        for rival in rivals:
            if self._advantage(best, rival) < 0:
                best = rival
        others = [c for c in [candidates[0], *rivals] if c is not best]
        advantage = min((self._advantage(best, other) for other in others), default=None)
        found = self._contradictions(best)
        share = self.calibration.share(advantage)
        edition = self._edition(best, found) * share
        judged = replace(
            best,
            probability=(best.probability or 0.0) * edition,
            regions=self._regions(best, found, others),
            signs=replace(_signs(found, advantage), lone=self._is_lone(best)),
        )
        left = (1 - share) / max(share, 1e-6)
        return [
            judged
            if c is best
            else replace(
                c, probability=self._rest(c, judged, left), signs=EditionSigns(chosen=False)
            )
            for c in candidates
        ]

    @staticmethod
    def _rest(candidate: Candidate, judged: Candidate, left: float) -> float:
        """Return what is left for an edition that the page is not."""
        return min(candidate.probability or 0.0, (judged.probability or 0.0) * left)

    def deviation(self, candidate: Candidate, fields: Sequence[Box]) -> frozenset[int] | None:
        """Return the cells in which the page differs from the candidate's print, outside of fields.

        None where nothing can be told.
        """
        laid = self._strokes(candidate)
        model = self.prints.model(candidate.template_page_id)
        if laid is None or model is None:
            return None
        found = self._contradictions(candidate)
        return deviating(laid, model, fields, found.glyphs if found is not None else ())

    def _advantage(self, one: Candidate, other: Candidate) -> float:
        """Return how clearly the page is rather the first: about 1 when it is, -1 when it is not.

        The print that differs is asked in both frames: a page lies well on its own edition, and
        badly on one whose boxes moved, where what the places say is half noise. So one frame alone
        is not asked.
        """
        ours, theirs = self._leaning(one, other), self._leaning(other, one)
        if ours is not None and theirs is not None and not ours.places + theirs.places:
            return 0.0  # the same print: that the page agrees more with one of them is chance
        lean = 0.5 * (ours.lean - theirs.lean) if ours is not None and theirs is not None else 0.0
        return lean + self.calibration.score_weight * _beyond(one.print_score - other.print_score)

    def _leaning(self, one: Candidate, other: Candidate) -> Leaning | None:
        pair = (one.template_page_id, other.template_page_id)
        if pair not in self._leanings:
            distinction, laid = self.prints.distinction(*pair), self._strokes(one)
            self._leanings[pair] = (
                lean(laid, distinction) if distinction is not None and laid is not None else None
            )
        return self._leanings[pair]

    def _strokes(self, candidate: Candidate) -> Ink | None:
        """Return the page's strokes in a candidate's frame."""
        key = candidate.template_page_id
        if key not in self._laid:
            outline = self.prints.outline(key)
            self._ink = self.page() if self._ink is None else self._ink
            self._laid[key] = (
                strokes(lay_finely(self._ink, candidate.transform, outline.half, outline.shape))
                if outline is not None and candidate.transform is not None
                else None
            )
        return self._laid[key]

    def _streaks(self) -> Columns:
        if self._blind is None:
            self._blind = streaks(self._ink) if self._ink is not None else []
        return self._blind

    def _is_lone(self, candidate: Candidate) -> bool:
        model = self.prints.model(candidate.template_page_id)
        return model is not None and model.copies == 1

    def _edition(self, candidate: Candidate, found: Contradictions | None) -> float:
        if found is None:
            return self.calibration.untold
        seen = (found.lacking, found.displaced, found.noise, found.faint)
        return self.calibration.edition(*seen, candidate.agreement)

    def _contradictions(self, candidate: Candidate) -> Contradictions | None:
        key = candidate.template_page_id
        if key not in self._found:
            laid, model = self._strokes(candidate), self.prints.model(key)
            self._found[key] = (
                contradictions(seen_print(laid, model, candidate.transform, self._streaks()), model)
                if laid is not None and model is not None and candidate.transform is not None
                else None
            )
        return self._found[key]

    def _regions(
        self, best: Candidate, found: Contradictions | None, others: Sequence[Candidate]
    ) -> tuple[Region, ...]:
        """Return what spoke against the edition, then for it, then the anchors of the form."""
        against = found.regions if found is not None else ()
        nearest = max(others, key=lambda c: c.probability or 0.0, default=None)
        leaning = self._leaning(best, nearest) if nearest is not None else None
        return against + (leaning.regions if leaning is not None else ()) + best.regions


def _beyond(difference: float) -> float:
    """Return how far agreement differs beyond what one blank form's quality makes of it."""
    return max(0.0, difference - _OF_QUALITY) - max(0.0, -difference - _OF_QUALITY)


def _signs(found: Contradictions | None, advantage: float | None) -> EditionSigns:
    if found is None:
        return EditionSigns(chosen=True, advantage=advantage)
    return EditionSigns(
        chosen=True,
        told=True,
        lacking=found.lacking,
        displaced=found.displaced,
        noise=found.noise,
        faint=found.faint,
        advantage=advantage,
    )
