"""Pages are decided by the rule that a person has set, and say by which."""

from __future__ import annotations

from pathlib import Path

from chohyo.domain.matches import Match, Outcome
from chohyo.services import checks, decision_rules, documents
from chohyo.services.decision_rules import Wanted
from tests.integration.agent.conftest import Bench, scan


def test_a_stricter_rule_sends_pages_to_people_and_a_milder_one_takes_them_back(
    discovered: Bench, tmp_path: Path
) -> None:
    for each in discovered.waiting():
        discovered.approve(each)
    discovered.work()
    strict = _set(discovered, routed=1.0)
    page = _sent(discovered, scan(tmp_path, "receipt", 10))
    assert (page.outcome, page.rule_id) == (Outcome.REVIEW, strict)
    preview = decision_rules.preview(
        discovered.runtime, discovered.admin, discovered.collection.id,
        Wanted(thresholds={"routed": 0.9}),
    )  # fmt: skip
    assert preview.changed == {(Outcome.REVIEW, Outcome.ROUTED): 1}

    mild = _set(discovered, routed=0.9, check_share=1.0)
    discovered.work()
    again = _decision(discovered, page)
    assert (again.outcome, again.rule_id) == (Outcome.ROUTED, mild)
    assert again.probability == page.probability
    drawn = checks.list_open(discovered.runtime, discovered.admin)
    assert [each.id for each in drawn] == [page.page_id]


def _set(bench: Bench, *, check_share: float = 0.0, **thresholds: float):
    wanted = Wanted(thresholds=thresholds, check_share=check_share)
    return decision_rules.set_rule(bench.runtime, bench.admin, bench.collection.id, wanted).id


def _sent(bench: Bench, path: Path) -> Match:
    document = bench.add(path).document
    bench.work()
    (match,) = documents.get_document(bench.runtime, bench.admin, document.id).matches.values()
    return match


def _decision(bench: Bench, before: Match) -> Match:
    with bench.runtime.database.transaction() as connection:
        return documents.matches.in_force(connection, [before.page_id])[before.page_id]
