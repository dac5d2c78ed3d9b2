"""Pages routed to a version show other print: the agent says so, and proposes a version."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from chohyo.domain.drifts import DriftState
from chohyo.domain.matches import Match, Outcome
from chohyo.domain.proposals import ProposalKind
from chohyo.errors import ConflictError
from chohyo.services import drifting
from chohyo.storage import matches
from eval.drift.changes import changed_form
from eval.forms import form_type
from eval.forms.filling import fill_page
from tests.integration.agent.conftest import Bench, scan


def annotated(folder: Path, seed: int) -> Path:
    """Draw a scan of a receipt that has a line of small print more, at the foot of the page."""
    return changed_scan(folder, seed, "small-print")


def changed_scan(folder: Path, seed: int, change: str) -> Path:
    """Draw a scan of a receipt whose print is changed in the way named."""
    form = form_type("receipt")
    edition = form.editions[-1]
    changed = changed_form(form, edition, change, 4)
    assert changed is not None
    page = fill_page(changed, edition, 1, seed, mix={"light": 1.0}, dpi=150)
    path = folder / f"{change}-{seed}.png"
    cv2.imwrite(str(path), page.image)
    return path


def _matches(bench: Bench, drift_id) -> list[Match]:
    view = drifting.get_drift(bench.runtime, bench.admin, drift_id)
    with bench.runtime.database.transaction() as connection:
        return list(matches.in_force(connection, view.drift.page_ids).values())


def test_print_that_several_pages_add_alike_becomes_a_new_version(
    discovered: Bench, tmp_path: Path
) -> None:
    for each in discovered.waiting():
        discovered.approve(each)
    discovered.work()
    for seed in (40, 41):
        discovered.add(scan(tmp_path, "receipt", seed))
    for seed in range(50, 55):
        discovered.add(annotated(tmp_path, seed))
    discovered.work()

    (drift,) = drifting.list_drifts(discovered.runtime, discovered.admin)
    assert drift.state is DriftState.PROPOSED
    assert 3 <= len(drift.page_ids) <= 5
    before = _matches(discovered, drift.id)
    assert {each.outcome for each in before} == {Outcome.ROUTED}  # they stay where they were
    (old_version,) = {each.version_id for each in before}
    (proposal,) = discovered.waiting()
    assert proposal.id == drift.proposal_id
    assert proposal.kind is ProposalKind.NEW_VERSION
    assert {m.page_id for m in proposal.members} == set(drift.page_ids)

    discovered.approve(proposal)
    discovered.work()
    after = _matches(discovered, drift.id)
    (new_version,) = {each.version_id for each in after}
    assert new_version != old_version
    assert {each.family_id for each in after} == {each.family_id for each in before}

    drifting.dismiss(discovered.runtime, discovered.admin, drift.id)
    with pytest.raises(ConflictError):
        drifting.dismiss(discovered.runtime, discovered.admin, drift.id)


def test_one_digit_that_no_page_shows_clearly_is_seen_in_the_latest_pages(
    discovered: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drifting, "EVERY", 1)
    monkeypatch.setattr(drifting, "suspects", lambda sightings: ())
    for each in discovered.waiting():
        discovered.approve(each)
    discovered.work()
    for seed in (40, 41):
        discovered.add(scan(tmp_path, "receipt", seed))
    for seed in range(50, 57):
        discovered.add(changed_scan(tmp_path, seed, "date"))
    discovered.work()

    (drift,) = drifting.list_drifts(discovered.runtime, discovered.admin)
    assert drift.state is DriftState.PROPOSED
    assert len(drift.page_ids) >= 5
    (proposal,) = discovered.waiting()
    assert proposal.kind is ProposalKind.NEW_VERSION
