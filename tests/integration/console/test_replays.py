from __future__ import annotations

from datetime import UTC, datetime

from console_seeds import Seeds
from console_visitor import Visit

from chohyo.domain.documents import PageState
from chohyo.domain.matches import Outcome
from chohyo.domain.proposals import ProposalKind
from chohyo.domain.replays import Replay, ReplayedPage
from chohyo.services import replaying
from chohyo.services.runtime import Runtime
from chohyo.storage import proposals, replays


def test_a_proposed_version_shows_which_routed_pages_would_change(
    visit: Visit, seeds: Seeds, runtime: Runtime
) -> None:
    version = seeds.version()
    page = seeds.page(seeds.document(), PageState.ROUTED)
    match = seeds.match(page, Outcome.ROUTED, version)
    proposal = seeds.proposal([seeds.page(seeds.document(), PageState.UNKNOWN)])
    with runtime.database.transaction() as connection:
        proposals.relate(connection, proposal.id, ProposalKind.NEW_VERSION, version.family_id)
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
        made_of = replaying.made_of(current)
        now = datetime.now(UTC)
        replays.put(connection, Replay(proposal.id, made_of, 250, 100, now, (changed,)))
    shown = reviewer.get(f"{path}/replay").text
    assert "the newest 100 of 250 routed pages" in shown
    assert "1 page would change" in shown
    assert f"/pages/{page.id}" in shown
    assert "proposed version" in shown
