"""What makes discovery take two groups for editions of one form is kept for the reviewer."""

from __future__ import annotations

from pathlib import Path

from chohyo.domain.kinship import Tie
from chohyo.services import kinships
from tests.integration.agent.conftest import Bench, scan


def test_two_editions_in_a_pile_are_proposed_with_what_ties_them(
    discovered: Bench, tmp_path: Path
) -> None:
    bench, known = discovered, {each.id for each in discovered.waiting()}
    for edition in (0, -1):
        for seed in (1, 2):
            bench.add(scan(tmp_path, "travel-expense", seed, edition))
    bench.work()
    bench.discover()

    one, other = [each for each in bench.waiting() if each.id not in known]
    assert one.kin_key == other.kin_key
    (link,) = kinships.kin_links(bench.runtime, bench.admin, one.id)
    (back,) = kinships.kin_links(bench.runtime, bench.admin, other.id)
    assert (link.other.id, back.other.id) == (other.id, one.id)
    assert link.kinship.tie is Tie.DIVIDED
    assert link.kinship.share > 0.65
    assert link.kinship.here.alike
    assert link.kinship.here.alone
    assert link.kinship.turned() == back.kinship
