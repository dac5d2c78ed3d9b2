"""The decision is fitted to what people decided in this installation, and set by a person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random
from uuid import UUID

import pytest
from filing import Filing, new_document

from chohyo.domain.collections import Collection
from chohyo.domain.decision_rules import Thresholds
from chohyo.domain.documents import Page, PageState
from chohyo.domain.geometry import Transform
from chohyo.domain.ids import new_id
from chohyo.domain.matches import Candidate, EditionSigns, Match, Outcome
from chohyo.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    TooFewDecisionsError,
)
from chohyo.matching.calibration import Calibration
from chohyo.matching.decision import decide
from chohyo.services import calibrating, checks, decision_rules, review
from chohyo.services.decision_rules import Wanted
from chohyo.services.runtime import Runtime
from chohyo.storage import audit, matches, pages
from chohyo.storage.database import Connection

SHIPPED = Calibration()
HERE = replace(SHIPPED, form_intercept=-9.5)  # agreement means less on this installation's scans


@dataclass(frozen=True, slots=True)
class Archive:
    """Pages that the machine decided, some of them also people."""

    runtime: Runtime
    collection: Collection
    filing: Filing

    def page(self, score: float, *, drawn: bool = True, template: bool = True) -> Match:
        """Store a page and the machine's decision for it."""
        version = self.filing.version_id if template else new_id()
        signs = EditionSigns(chosen=True, told=True)
        best = Candidate(
            self.filing.template_page_id, version, self.filing.family_id, 0.9, score,
            SHIPPED.form(score) * SHIPPED.edition(0, 0, 0.0, 0), Transform.identity(),
            signs=signs,
        )  # fmt: skip
        found = decide([best])
        routed = best if found.outcome is Outcome.ROUTED else None
        with self.runtime.database.transaction() as connection:
            page = self._page(connection, PageState(found.outcome.value))
            match = Match(
                id=new_id(), page_id=page.id, collection_id=self.collection.id,
                outcome=found.outcome,
                template_page_id=routed.template_page_id if routed else None,
                version_id=routed.version_id if routed else None,
                family_id=best.family_id, probability=found.probability, margin=found.margin,
                reason=found.reason, transform=routed.transform if routed else None,
                candidates=(best,), decided_by="registration", created_at=datetime.now(UTC),
            )  # fmt: skip
            matches.put(connection, match)
            checks.draw(connection, match, 1.0 if drawn else 0.0)
        return match

    def _page(self, connection: Connection, state: PageState) -> Page:
        document = new_document(self.runtime, connection, self.collection.id)
        page = Page(
            id=new_id(), document_id=document.id, collection_id=self.collection.id, page_no=1,
            width=100, height=100, dpi=None, rotation=0, state=state, evidence_blob="x",
            model_blob="x", content_key=document.sha256, failure=None,
        )  # fmt: skip
        pages.insert(connection, page, [])
        pages.set_state(connection, page.id, state)
        return page


@pytest.fixture
def archive(runtime: Runtime, collection: Collection, filing: Filing) -> Archive:
    return Archive(runtime, collection, filing)


def judged(archive: Archive, admin, number: int, truth: Calibration) -> None:
    """Have people decide pages as often right as `truth` says."""
    rng = Random(4)
    for _ in range(number):
        score = rng.uniform(0.3, 1.0)
        match = archive.page(score)
        if rng.random() < truth.form(score) * truth.edition(0, 0, 0.0, 0):
            if match.outcome is Outcome.ROUTED:
                checks.confirm(archive.runtime, admin, match.page_id)
            else:
                template = archive.filing.template_page_id
                review.decide(archive.runtime, admin, match.page_id, template)
        else:
            review.decide(archive.runtime, admin, match.page_id, None)


def test_too_few_decisions_keep_what_is_in_force_and_say_how_many_are_missing(
    archive: Archive, callers, collection: Collection
) -> None:
    admin = callers["admin"].caller
    judged(archive, admin, 3, SHIPPED)
    with pytest.raises(TooFewDecisionsError) as refused:
        calibrating.calibrate(archive.runtime, admin, collection.id)
    assert refused.value.params["there"] == 3
    assert refused.value.params["missing"] == 37
    assert decision_rules.list_rules(archive.runtime, admin) == []


def test_a_better_calibration_is_put_in_force_by_a_person_and_can_be_left_again(
    archive: Archive, callers, collection: Collection
) -> None:
    admin, runtime = callers["admin"].caller, archive.runtime
    judged(archive, admin, 150, HERE)
    fitted = calibrating.calibrate(runtime, admin, collection.id)
    assert fitted.better
    assert fitted.decisions == 150
    assert fitted.figures["log_loss"] < fitted.figures["current_log_loss"]
    before = decision_rules.rule_for(runtime, collection.id, Thresholds(), SHIPPED)
    assert before.calibration == SHIPPED  # fitted is not applied

    preview = decision_rules.preview(
        runtime, admin, collection.id, Wanted(calibration_id=fitted.id)
    )
    assert preview.changed[(Outcome.ROUTED, Outcome.REVIEW)] > 0
    assert decision_rules.list_rules(runtime, admin) == []

    wanted = Wanted(calibration_id=fitted.id, reason="月次の見直し")
    rule = decision_rules.set_rule(runtime, admin, collection.id, wanted)
    now = decision_rules.rule_for(runtime, collection.id, Thresholds(), SHIPPED)
    assert now.id == rule.id
    assert now.calibration.form(0.65) < SHIPPED.form(0.65)
    with runtime.database.transaction() as connection:
        entries = audit.newest(
            connection, [collection.id], with_global=False, object_id=rule.id, limit=5
        )
    assert [(each.action, each.reason) for each in entries] == [("rule.set", "月次の見直し")]
    assert entries[0].details["calibration"] == str(fitted.id)

    decision_rules.set_rule(runtime, admin, collection.id, Wanted(shipped=True))
    back = decision_rules.rule_for(runtime, collection.id, Thresholds(), SHIPPED)
    assert back.calibration == SHIPPED
    again = decision_rules.set_rule(runtime, admin, collection.id, wanted)
    assert again.calibration_id == fitted.id


def test_a_calibration_that_is_no_better_cannot_be_put_in_force(
    archive: Archive, callers, collection: Collection
) -> None:
    admin = callers["admin"].caller
    judged(archive, admin, 80, SHIPPED)
    fitted = calibrating.calibrate(archive.runtime, admin, collection.id)
    assert not fitted.better
    with pytest.raises(ConflictError):
        decision_rules.set_rule(
            archive.runtime, admin, collection.id, Wanted(calibration_id=fitted.id)
        )


def test_the_outlook_is_told_by_checked_pages(
    archive: Archive, callers, collection: Collection
) -> None:
    admin, runtime = callers["admin"].caller, archive.runtime
    for number in range(20):
        match = archive.page(0.97)
        if number:
            checks.confirm(runtime, admin, match.page_id)
        else:
            review.decide(runtime, admin, match.page_id, None)
    for _ in range(5):
        archive.page(0.97, drawn=False)
    standing = decision_rules.standing(runtime, admin, collection.id)
    at = next(each for each in standing.outlooks if each.threshold == 0.9)
    assert standing.drawn == 20
    assert at.judged == 20
    assert at.error == pytest.approx(0.05)
    with pytest.raises(ForbiddenError):
        decision_rules.standing(runtime, callers["operator"].caller, collection.id)


def test_a_page_is_checked_once_and_a_decision_counts_as_a_check(archive: Archive, callers) -> None:
    reviewer, runtime = callers["reviewer"].caller, archive.runtime
    first, second = archive.page(0.97), archive.page(0.97)
    opened = [page.id for page in checks.list_open(runtime, reviewer)]
    assert opened == [second.page_id, first.page_id]
    checks.confirm(runtime, reviewer, first.page_id)
    with pytest.raises(ConflictError):
        checks.confirm(runtime, reviewer, first.page_id)
    review.decide(runtime, reviewer, second.page_id, None)
    assert checks.list_open(runtime, reviewer) == []
    with pytest.raises(ForbiddenError):
        checks.confirm(runtime, callers["operator"].caller, first.page_id)


def test_impossible_thresholds_are_refused(callers, runtime: Runtime, collection) -> None:
    admin = callers["admin"].caller
    for wrong in ({"routed": 1.5}, {"speed": 0.5}, {"known": 0.95}):
        with pytest.raises(InvalidInputError):
            decision_rules.set_rule(runtime, admin, collection.id, Wanted(thresholds=wrong))
    with pytest.raises(NotFoundError):
        decision_rules.set_rule(runtime, admin, collection.id, Wanted(calibration_id=UUID(int=7)))
    stranger = callers["stranger"].caller
    with pytest.raises(NotFoundError):
        decision_rules.set_rule(runtime, stranger, collection.id, Wanted(check_share=0.5))
