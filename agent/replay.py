"""Replay routed pages against a proposed version, as if it were published already."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from agent.context import AgentContext
from agent.prints import PrintsNow
from chohyo.domain.documents import Page
from chohyo.domain.matches import Candidate, Outcome
from chohyo.domain.proposals import MemberPage, Proposal
from chohyo.domain.replays import ReplayedPage, RoutedPage
from chohyo.matching.decision import Decision, decide
from chohyo.matching.edition import Distinction, tell_apart
from chohyo.matching.edition_judge import EditionJudge
from chohyo.matching.features import PageFeatures
from chohyo.matching.fine_alignment import halved
from chohyo.matching.print_model import Outline, PrintModel, frame_of, learn_print
from chohyo.matching.registration import register
from chohyo.matching.rerank import RegistrationReranker, score_candidates
from chohyo.services import decision_rules, drafting, replaying
from chohyo.services.decision_rules import RuleInForce
from chohyo.services.exemplars import PER_PAGE


@dataclass(slots=True)
class _Proposed:
    """The prints of template pages, and of the proposed ones as they would be learned."""

    context: AgentContext
    now: PrintsNow
    members: dict[UUID, list[tuple[Page, MemberPage]]]
    references: dict[UUID, PageFeatures]
    _models: dict[UUID, PrintModel | None] = field(default_factory=dict)
    _distinctions: dict[tuple[UUID, UUID], Distinction | None] = field(default_factory=dict)

    def model(self, template_page_id: UUID) -> PrintModel | None:
        """Return the print that a template page's copies share, None without copies."""
        if template_page_id not in self.members:
            return self.now.model(template_page_id)
        if template_page_id not in self._models:
            self._models[template_page_id] = self._learned(template_page_id)
        return self._models[template_page_id]

    def outline(self, template_page_id: UUID) -> Outline | None:
        """Return the print at half the size of the frame."""
        if template_page_id not in self.members:
            return self.now.outline(template_page_id)
        model = self.model(template_page_id)
        return Outline(halved(model.middle), model.shape) if model else None

    def distinction(self, one: UUID, other: UUID) -> Distinction | None:
        """Return where two template pages differ, in the first's frame."""
        if one not in self.members and other not in self.members:
            return self.now.distinction(one, other)
        if (one, other) not in self._distinctions:
            self._distinctions[one, other] = self._told_apart(one, other)
        return self._distinctions[one, other]

    def reference(self, template_page_id: UUID) -> PageFeatures | None:
        """Return what pages are laid on."""
        if template_page_id in self.references:
            return self.references[template_page_id]
        return self.context.references.of_template_page(template_page_id)

    def _learned(self, template_page_id: UUID) -> PrintModel | None:
        reference = self.references[template_page_id]
        copies = [
            (self.now.learned.fine_ink(page.evidence_blob), member.transform)
            for page, member in self.members[template_page_id]
            if member.transform is not None
        ][:PER_PAGE]
        if not copies:
            return None
        return learn_print(copies, reference.ink, frame_of(reference.width, reference.height))

    def _told_apart(self, one: UUID, other: UUID) -> Distinction | None:
        first, second = self.model(one), self.model(other)
        here, there = self.reference(one), self.reference(other)
        if first is None or second is None or here is None or there is None:
            return None
        laid = register(there, here)
        return tell_apart(first, second, laid.transform) if laid is not None else None


def replay(context: AgentContext, proposal_id: UUID) -> None:
    """Decide the next routed pages of a form type once more, and keep what would be other."""
    work = replaying.to_replay(context.runtime, proposal_id)
    if work is None:
        return
    _, stored = drafting.load_proposal(context.runtime, proposal_id)
    keys = {page.page_no: _key(proposal_id, page.page_no) for page in work.draft.pages}
    prints = _Proposed(
        context,
        context.references.prints.now(),
        _members(work.proposal, keys, stored),
        {
            keys[page.page_no]: context.references.features(page.reference_blob)
            for page in work.draft.pages
        },
    )
    proposed = [
        Candidate(key, proposal_id, work.family_id, similarity=1.0) for key in keys.values()
    ]
    rule = decision_rules.rule_for(
        context.runtime, work.proposal.collection_id, context.thresholds, context.calibration
    )
    changed = []
    for routed in work.pages:
        known = list(routed.candidates)
        found = _decided(context, routed, [*proposed, *known], prints, rule)
        # What would be decided otherwise without the new version as well is not its doing.
        if _differs(routed, found) and not _differs(
            routed, _decided(context, routed, known, prints, rule)
        ):
            changed.append(_replayed(routed, found, proposal_id))
    replaying.store(context.runtime, work, changed)


def _key(proposal_id: UUID, page_no: int) -> UUID:
    """Return the id that a proposed template page goes by meanwhile."""
    return UUID(int=(proposal_id.int + page_no) % 2**128)


def _members(
    proposal: Proposal, keys: dict[int, UUID], stored: dict[UUID, Page]
) -> dict[UUID, list[tuple[Page, MemberPage]]]:
    return {
        key: [
            (stored[m.page_id], m)
            for m in proposal.members
            if m.template_page_no == number and m.page_id in stored
        ]
        for number, key in keys.items()
    }


def _decided(
    context: AgentContext,
    routed: RoutedPage,
    candidates: list[Candidate],
    prints: _Proposed,
    rule: RuleInForce,
) -> Decision:
    page = routed.page
    judge = EditionJudge(
        lambda: prints.now.learned.fine_ink(page.evidence_blob), prints, rule.calibration
    )
    scored = score_candidates(
        context.references.features(page.model_blob),
        candidates,
        prints.reference,
        RegistrationReranker(rule.calibration),
        rule.thresholds,
        judge,
        rule.calibration,
    )
    return decide(scored, rule.thresholds, rule.calibration)


def _differs(routed: RoutedPage, found: Decision) -> bool:
    same = found.best is not None and found.best.version_id == routed.match.version_id
    return not (same and found.outcome is Outcome.ROUTED)


def _replayed(routed: RoutedPage, found: Decision, proposal_id: UUID) -> ReplayedPage:
    assert routed.match.version_id is not None  # it is routed
    best = found.best if found.outcome is Outcome.ROUTED else None
    to_proposed = best is not None and best.version_id == proposal_id
    return ReplayedPage(
        page_id=routed.page.id,
        match_id=routed.match.id,
        version_id=routed.match.version_id,
        outcome=found.outcome,
        to_proposed=to_proposed,
        to_version_id=best.version_id if best is not None and not to_proposed else None,
        reason=found.reason,
        before=routed.match.probability,
        after=found.probability,
    )
