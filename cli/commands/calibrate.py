"""`chohyo calibrate`: fit the decision to what people decided, and show what thresholds mean."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from chohyo.domain.decision_rules import DecisionRule, StoredCalibration
from chohyo.services import calibrating, decision_rules
from chohyo.services.decision_rules import Standing, Wanted
from cli.desk import Desk, open_desk
from cli.directory import collection_named
from cli.options import AsJson, CollectionName, DataDir


def calibrate(
    apply: Annotated[
        bool, typer.Option("--apply", help="Put the calibration in force if it is better.")
    ] = False,
    back: Annotated[
        bool, typer.Option("--back", help="Go back to the calibration that ships.")
    ] = False,
    outlook: Annotated[
        bool, typer.Option("--outlook", help="Only show what each threshold means here.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why; it is kept in the audit.")] = "",
    collection: CollectionName = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Fit the decision's probabilities to the pages that people confirmed or corrected.

    What is fitted is kept with its cross-validated figures, and in force only with --apply.
    """
    with open_desk(data_dir, as_json=as_json) as desk:
        where = collection_named(desk, collection)
        if outlook:
            _show(desk, decision_rules.standing(desk.runtime, desk.caller, where))
        elif back:
            wanted = Wanted(shipped=True, reason=reason)
            _told(desk, decision_rules.set_rule(desk.runtime, desk.caller, where, wanted))
        else:
            _fit(desk, where, apply, reason)


def _fit(desk: Desk, collection_id: UUID, apply: bool, reason: str) -> None:
    found = calibrating.calibrate(desk.runtime, desk.caller, collection_id)
    rule = None
    if apply and found.better:
        wanted = Wanted(calibration_id=found.id, reason=reason)
        rule = decision_rules.set_rule(desk.runtime, desk.caller, collection_id, wanted)
    desk.terminal.result({"calibration": found, "better": found.better, "rule": rule})
    _figures(desk, found)
    if rule is not None:
        desk.terminal.say("In force from now on: {id}", id=rule.id)
    elif not found.better:
        desk.terminal.say("It is not better than the one in force, which stays.")
    else:
        desk.terminal.say("It is better. Put it in force with --apply, or in the console.")


def _figures(desk: Desk, found: StoredCalibration) -> None:
    figures = found.figures
    desk.terminal.say("Fitted to {n} decisions, cross-validated:", n=found.decisions)
    desk.terminal.table(
        ["Figure", "Fitted", "In force"],
        [
            [desk.terminal.text("Log loss"), figures["log_loss"], figures["current_log_loss"]],
            [
                desk.terminal.text("Calibration error"),
                figures["calibration_error"],
                figures["current_calibration_error"],
            ],
        ],
    )


def _told(desk: Desk, rule: DecisionRule) -> None:
    desk.terminal.result(rule)
    desk.terminal.say("In force from now on: {id}", id=rule.id)


def _show(desk: Desk, standing: Standing) -> None:
    desk.terminal.result(standing)
    rows = [
        [
            each.threshold,
            f"{each.routed:.1%}",
            f"{each.review:.1%}",
            f"{each.unknown:.1%}",
            f"{each.error:.2%}" if each.error is not None else None,
            f"{each.low:.2%}–{each.high:.2%}",
            each.judged,
            f"{each.predicted:.2%}",
        ]
        for each in standing.outlooks
    ]
    columns = [
        "Threshold", "Routed", "Needs review", "Unknown form", "Error", "Interval", "Judged pages",
        "Error the calibration expects",
    ]  # fmt: skip
    desk.terminal.table(columns, rows)
