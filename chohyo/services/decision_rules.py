"""The rule by which a collection's pages are decided: show it, try another, set it, go back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from uuid import UUID

from chohyo.domain.access import Caller, Role
from chohyo.domain.decision_rules import (
    CHECK_SHARE,
    DecisionRule,
    MachineDecision,
    StoredCalibration,
    Thresholds,
)
from chohyo.domain.ids import new_id
from chohyo.domain.matches import Outcome
from chohyo.errors import ConflictError, InvalidInputError, NotFoundError
from chohyo.matching.calibration import Calibration, calibration_of
from chohyo.matching.outlook import Again, Outlook, decide_again, outlook, transitions
from chohyo.matching.reweighing import MadeWith
from chohyo.services.publishing import reroute_in
from chohyo.services.runtime import Runtime, change, require
from chohyo.storage import audit
from chohyo.storage import decision_rules as stored
from chohyo.storage.database import Connection

MOST_DECISIONS = 2_000  # the newest pages; more say little more, and loading them takes seconds
_MOST_RULES = 1_000
_EXAMPLES = 30


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """What a page is decided by; without a `rule` it is what ships."""

    rule: DecisionRule | None
    thresholds: Thresholds
    calibration: Calibration

    @property
    def id(self) -> UUID | None:
        """Return the id that a decision keeps."""
        return self.rule.id if self.rule else None

    @property
    def check_share(self) -> float:
        """Return the share of routed pages that are drawn to be checked."""
        return self.rule.check_share if self.rule else CHECK_SHARE


@dataclass(frozen=True, slots=True)
class Wanted:
    """A rule that somebody wants: None leaves a thing as it is.

    `shipped` goes back to the calibration that ships, `calibration_id` puts a fitted one in force.
    """

    calibration_id: UUID | None = None
    shipped: bool = False
    thresholds: Mapping[str, float] | None = None
    check_share: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would change about the newest decisions; nothing is changed by looking.

    `changed` counts them by outcome before and after, `examples` are some of them.
    """

    decisions: int
    changed: Mapping[tuple[Outcome, Outcome], int]
    examples: tuple[Again, ...]
    outlook: Outlook | None


@dataclass(frozen=True, slots=True)
class Standing:
    """The rule in force, and what each threshold would mean on the newest decisions."""

    in_force: RuleInForce
    outlooks: tuple[Outlook, ...]
    judged: int
    drawn: int


def rule_for(
    runtime: Runtime, collection_id: UUID, thresholds: Thresholds, calibration: Calibration
) -> RuleInForce:
    """Return what a collection's pages are decided by; the arguments are what ships."""
    with runtime.database.transaction() as connection:
        return _in_force(connection, collection_id, thresholds, calibration)


def standing(runtime: Runtime, caller: Caller, collection_id: UUID) -> Standing:
    """Return the rule in force with its outlook over thresholds."""
    require(caller, collection_id, Role.REVIEWER, kind="collection", object_id=collection_id)
    with runtime.database.transaction() as connection:
        rule = _in_force(connection, collection_id)
        decisions = stored.decisions(connection, collection_id, MOST_DECISIONS)
        made_with = calibrations_by_rule(connection, collection_id)
    found = outlook(decisions, rule.thresholds, rule.calibration, made_with) if decisions else []
    return Standing(
        rule,
        tuple(found),
        judged=sum(each.judged for each in decisions),
        drawn=sum(each.drawn and each.judged for each in decisions),
    )


def list_rules(runtime: Runtime, caller: Caller, limit: int = 50) -> list[DecisionRule]:
    """Return the rules of the collections the caller reviews, newest first."""
    with runtime.database.transaction() as connection:
        return stored.rules(connection, caller.collections(Role.REVIEWER), limit)


def preview(runtime: Runtime, caller: Caller, collection_id: UUID, wanted: Wanted) -> Preview:
    """Return what a rule would change about the newest decisions.

    Raises:
        InvalidInputError: a threshold is unknown or no probability.
        NotFoundError: there is no such calibration in the collection.
    """
    require(caller, collection_id, Role.ADMIN, kind="collection", object_id=collection_id)
    with runtime.database.transaction() as connection:
        rule = _wanted(connection, caller, collection_id, wanted)
        decisions = stored.decisions(connection, collection_id, MOST_DECISIONS)
        made_with = calibrations_by_rule(connection, collection_id)
        calibration = _calibration(connection, rule.calibration_id)
    again = decide_again(decisions, rule.thresholds, calibration, made_with)
    changing = [each for each in again if each.changes]
    steps = [rule.thresholds.routed]
    found = outlook(decisions, rule.thresholds, calibration, made_with, steps)
    return Preview(
        len(decisions),
        transitions(again),
        tuple(changing[-_EXAMPLES:]),
        found[0] if decisions else None,
    )


def set_rule(runtime: Runtime, caller: Caller, collection_id: UUID, wanted: Wanted) -> DecisionRule:
    """Put a rule in force; pages that wait are decided by it, routed ones stay where they are.

    Raises:
        InvalidInputError: a threshold is unknown or no probability, or nothing is wanted.
        ConflictError: the calibration was not better than the one it was compared with.
        NotFoundError: there is no such calibration in the collection.
    """
    require(caller, collection_id, Role.ADMIN, kind="collection", object_id=collection_id)
    with change(runtime) as doing:
        rule = _wanted(doing.connection, caller, collection_id, wanted)
        stored.insert(doing.connection, rule)
        rerouted = reroute_in(doing, collection_id)
        audit.append(
            doing.connection, caller.actor, "rule.set", "decision_rule", rule.id,
            collection_id=collection_id,
            details={
                "calibration": str(rule.calibration_id) if rule.calibration_id else None,
                "check_share": rule.check_share,
                "documents": rerouted,
                **{each.name: getattr(rule.thresholds, each.name) for each in fields(Thresholds)},
            },
            reason=rule.reason or None,
        )  # fmt: skip
    return rule


def calibrations_by_rule(connection: Connection, collection_id: UUID) -> MadeWith:
    """Return the calibration of each rule that ever was in force, None for what ships."""
    found: dict[UUID | None, Calibration] = {None: Calibration()}
    for rule in stored.rules(connection, [collection_id], _MOST_RULES):
        found[rule.id] = _calibration(connection, rule.calibration_id)
    return found


def decisions_of(connection: Connection, collection_id: UUID) -> list[MachineDecision]:
    """Return the newest decisions of a collection."""
    return stored.decisions(connection, collection_id, MOST_DECISIONS)


def _in_force(
    connection: Connection,
    collection_id: UUID,
    thresholds: Thresholds | None = None,
    calibration: Calibration | None = None,
) -> RuleInForce:
    rule = stored.in_force(connection, collection_id)
    if rule is None:
        return RuleInForce(None, thresholds or Thresholds(), calibration or Calibration())
    return RuleInForce(rule, rule.thresholds, _calibration(connection, rule.calibration_id))


def _calibration(connection: Connection, calibration_id: UUID | None) -> Calibration:
    found = stored.calibration(connection, calibration_id) if calibration_id else None
    return calibration_of(found.coefficients) if found else Calibration()


def _wanted(
    connection: Connection, caller: Caller, collection_id: UUID, wanted: Wanted
) -> DecisionRule:
    current = _in_force(connection, collection_id)
    chosen = current.rule.calibration_id if current.rule else None
    if wanted.shipped:
        chosen = None
    elif wanted.calibration_id is not None:
        chosen = _chosen(connection, collection_id, wanted.calibration_id).id
    share = wanted.check_share if wanted.check_share is not None else current.check_share
    if not 0 <= share <= 1:
        raise InvalidInputError(field="check_share", reason="must be from 0 to 1")
    return DecisionRule(
        id=new_id(),
        collection_id=collection_id,
        calibration_id=chosen,
        thresholds=_thresholds(current.thresholds, wanted.thresholds or {}),
        check_share=share,
        made_by=caller.principal.id,
        reason=wanted.reason.strip(),
        created_at=datetime.now(UTC),
    )


def _chosen(connection: Connection, collection_id: UUID, calibration_id: UUID) -> StoredCalibration:
    found = stored.calibration(connection, calibration_id)
    if found is None or found.collection_id != collection_id:
        raise NotFoundError(kind="calibration", id=str(calibration_id))
    if not found.better:
        raise ConflictError(kind="calibration", state="found no better than the one in force")
    return found


def _thresholds(current: Thresholds, wanted: Mapping[str, float]) -> Thresholds:
    values = {each.name: getattr(current, each.name) for each in fields(Thresholds)}
    for name, value in wanted.items():
        if name not in values:
            raise InvalidInputError(field=name, reason="is no threshold")
        if not 0 <= value <= 1:
            raise InvalidInputError(field=name, reason="must be from 0 to 1")
        values[name] = value
    found = Thresholds(**values)
    if found.known > found.routed:
        raise InvalidInputError(field="known", reason="must not be above the threshold for routing")
    return found
