from __future__ import annotations

import pytest
from console_seeds import Seeds
from console_visitor import Visit

from chohyo.domain.documents import PageState
from chohyo.domain.matches import Outcome
from chohyo.domain.proposals import Proposal, ProposalKind
from chohyo.domain.replays import ReplayedPage, ReplayState
from chohyo.domain.templates import TemplateVersion
from chohyo.services import replaying
from chohyo.services.runtime import Runtime
from chohyo.storage import proposals, replays, work
from chohyo.storage.work import WorkKind


def test_a_proposed_version_shows_which_routed_pages_would_change(
    visit: Visit, seeds: Seeds, runtime: Runtime
) -> None:
    version = seeds.version()
    page = seeds.page(seeds.document(), PageState.ROUTED)
    match = seeds.match(page, Outcome.ROUTED, version)
    proposal = _new_version(seeds, runtime, version)
    reviewer = visit("reviewer")
    path = f"/proposals/{proposal.id}"
    assert f'hx-get="{path}/replay"' in reviewer.get(path).text
    assert "are being tried" in reviewer.get(f"{path}/replay").text
    with runtime.database.transaction() as connection:
        current = proposals.get(connection, proposal.id)
        assert current is not None
        changed = ReplayedPage(
            page.id, match.id, version.id, Outcome.ROUTED, True, None, "clear", 0.7, 0.96
        )
        name = replaying.made_of(current)
        begun = replays.begin(connection, proposal.id, version.family_id, name)
        assert replays.advance(connection, begun, [page.id], [changed], ReplayState.RUNNING)
    shown = reviewer.get(f"{path}/replay").text
    assert "the newest 1 of 1 routed pages" in shown
    assert "stay where they are" in shown
    assert "1 page would change" in shown
    assert f"/pages/{page.id}" in shown
    assert "proposed version" in shown
    assert f'hx-get="{path}/replay"' in shown
    replaying.stop(runtime, proposal.id)
    stopped = reviewer.get(f"{path}/replay").text
    assert "could not go on" in stopped
    assert f'hx-get="{path}/replay"' not in stopped
    reviewer.post(f"{path}/replay")
    assert "are being tried" in reviewer.get(f"{path}/replay").text


def test_a_replay_goes_over_all_routed_pages_some_at_a_time(
    seeds: Seeds, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "AT_ONCE", 2)
    version = seeds.version()
    pages = [seeds.page(seeds.document(), PageState.ROUTED) for _ in range(5)]
    for page in pages:
        seeds.match(page, Outcome.ROUTED, version)
    proposal = _new_version(seeds, runtime, version)
    looked_at = []
    while (batch := replaying.to_replay(runtime, proposal.id)) is not None:
        assert _asked_for(runtime) <= 1
        looked_at += batch.looked_at
        replaying.store(runtime, batch, [])
    assert looked_at == sorted((page.id for page in pages), reverse=True)
    assert _asked_for(runtime) == 1
    with runtime.database.transaction() as connection:
        found = replays.get(connection, proposal.id)
    assert found is not None
    assert (found.routed, found.replayed, found.state) == (5, 5, ReplayState.DONE)


def test_what_a_replay_finds_that_was_begun_anew_meanwhile_does_not_count(
    visit: Visit, seeds: Seeds, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "AT_ONCE", 1)
    version = seeds.version()
    for _ in range(2):
        seeds.match(seeds.page(seeds.document(), PageState.ROUTED), Outcome.ROUTED, version)
    proposal = _new_version(seeds, runtime, version)
    first = replaying.to_replay(runtime, proposal.id)
    assert first is not None
    replaying.store(runtime, first, [])
    second = replaying.to_replay(runtime, proposal.id)
    assert second is not None
    visit("reviewer").post(f"/proposals/{proposal.id}/replay")
    again = replaying.to_replay(runtime, proposal.id)
    assert again is not None
    assert again.looked_at == first.looked_at
    replaying.store(runtime, second, [])
    with runtime.database.transaction() as connection:
        found = replays.get(connection, proposal.id)
    assert found is not None
    assert (found.replayed, found.state) == (0, ReplayState.RUNNING)


def _new_version(seeds: Seeds, runtime: Runtime, version: TemplateVersion) -> Proposal:
    proposal = seeds.proposal([seeds.page(seeds.document(), PageState.UNKNOWN)])
    with runtime.database.transaction() as connection:
        proposals.relate(connection, proposal.id, ProposalKind.NEW_VERSION, version.family_id)
    return proposal


def _asked_for(runtime: Runtime) -> int:
    with runtime.database.transaction() as connection:
        return work.pending(connection).get(WorkKind.REPLAY, 0)
