"""Before a version is published, routed pages are tried on it, and nothing is changed by that."""

from __future__ import annotations

from pathlib import Path

import pytest

from chohyo.domain.matches import Match
from chohyo.domain.proposals import ProposalKind
from chohyo.domain.replays import ReplayState
from chohyo.services import documents, replaying
from tests.integration.agent.conftest import Bench, scan
from tests.integration.agent.test_drift import annotated


def _sent(bench: Bench, path: Path) -> Match:
    document = bench.add(path).document
    bench.work()
    return _match(bench, document.id)


def _match(bench: Bench, document_id) -> Match:
    view = documents.get_document(bench.runtime, bench.admin, document_id)
    (match,) = view.matches.values()
    return match


def test_routed_pages_of_the_new_print_are_named_and_move_after_approval(
    discovered: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "AT_ONCE", 2)
    for each in discovered.waiting():
        discovered.approve(each)
    discovered.work()
    old = _sent(discovered, scan(tmp_path, "receipt", 40))
    early = [discovered.add(annotated(tmp_path, seed)).document for seed in range(50, 56)]
    discovered.work()
    (proposal,) = discovered.waiting()
    assert proposal.kind is ProposalKind.NEW_VERSION
    members = {member.page_id for member in proposal.members}
    others = [m for m in (_match(discovered, d.id) for d in early) if m.page_id not in members]

    replay = replaying.get_replay(discovered.runtime, discovered.admin, proposal.id)
    assert replay is not None
    assert replay.routed == replay.replayed > 2
    assert replay.state is ReplayState.DONE
    named = {each.page_id: each for each in replay.changed}
    assert old.page_id not in named
    assert {each.page_id for each in others} <= named.keys()
    assert all(each.to_proposed for each in named.values())
    before = {m.page_id: m.version_id for m in others}
    assert all(_match(discovered, d.id).version_id == old.version_id for d in early)

    discovered.approve(proposal)
    discovered.work()
    after = [_match(discovered, d.id) for d in early]
    assert old.version_id not in {each.version_id for each in after}
    assert len({each.version_id for each in after}) == 1
    assert before.keys() <= {each.page_id for each in after}
