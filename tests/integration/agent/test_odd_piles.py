"""Piles and templates that give the agent little to go by: nothing is lost on the way."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import cv2

from chohyo.domain.documents import DocumentState, PageState
from chohyo.domain.matches import Match, Outcome
from chohyo.domain.proposals import Proposal, ProposalKind
from chohyo.services import arranging, discovery, documents, lineage, review, undoing, values
from chohyo.services import audit as audits
from chohyo.storage import proposals
from eval.forms.strangers import stranger
from tests.integration.agent.conftest import Bench, scan


def _page_ids(proposal: Proposal) -> list[UUID]:
    return sorted(member.page_id for member in proposal.members)


def _sent(bench: Bench, path: Path) -> Match:
    return _match(bench, bench.add(path).document.id)


def _match(bench: Bench, document_id: UUID) -> Match:
    bench.work()
    view = documents.get_document(bench.runtime, bench.admin, document_id)
    assert view.document.state is DocumentState.DONE
    (match,) = view.matches.values()
    return match


def _states(bench: Bench) -> dict[UUID, tuple[str, str | None]]:
    """Return the state and the version of every page there is."""
    with bench.runtime.database.transaction() as connection:
        rows = connection.execute(
            "SELECT p.id, p.state, m.version_id FROM page p"
            " LEFT JOIN match m ON m.page_id = p.id AND NOT m.superseded"
        ).fetchall()
    return {row["id"]: (row["state"], row["version_id"]) for row in rows}


def _kind(bench: Bench, proposal: Proposal) -> str:
    page = values.get_page(bench.runtime, bench.admin, proposal.members[0].page_id)
    return page.document.filename.split("-")[0]


def _of(bench: Bench, type_id: str) -> Proposal:
    return next(p for p in bench.waiting() if _kind(bench, p) == type_id)


def _published(bench: Bench, proposal: Proposal) -> UUID:
    bench.approve(proposal)
    bench.work()
    with bench.runtime.database.transaction() as connection:
        found = proposals.get(connection, proposal.id)
    assert found is not None
    assert found.version_id is not None
    return found.version_id


def test_a_lone_exemplar_names_the_form_and_routes_once_a_person_has_added_another(
    discovered: Bench, tmp_path: Path
) -> None:
    group = _of(discovered, "receipt")
    made = arranging.move(
        discovered.runtime, discovered.admin, _page_ids(group)[:1], None, to_new=True
    )
    discovered.work()
    (new_id,) = {move.target_id for move in made.pages}
    (alone,) = [p for p in discovered.waiting() if p.id == new_id]
    assert len(alone.members) == 1
    version_id = _published(discovered, alone)

    first = _sent(discovered, scan(tmp_path, "receipt", 31))
    assert (first.outcome, first.reason) == (Outcome.REVIEW, "lone-exemplar")
    best = first.candidates[0]
    assert best.version_id == version_id
    review.decide(discovered.runtime, discovered.admin, first.page_id, best.template_page_id)
    discovered.work()
    assert _states(discovered)[first.page_id] == (PageState.READ.value, version_id)

    second = _sent(discovered, scan(tmp_path, "receipt", 32))
    assert (second.outcome, second.version_id) == (Outcome.ROUTED, version_id)


def test_editions_of_the_same_print_leave_the_choice_to_a_person_and_forget_nothing(
    discovered: Bench, tmp_path: Path
) -> None:
    group = _of(discovered, "receipt")
    pages = _page_ids(group)
    first_id = _published(discovered, group)
    _, proposal_id = lineage.split_version(
        discovered.runtime, discovered.admin, first_id, pages[:2]
    )
    discovered.work()
    (twin,) = [p for p in discovered.waiting() if p.id == proposal_id]
    assert twin.kind is ProposalKind.NEW_VERSION
    twin_id = _published(discovered, twin)

    match = _sent(discovered, scan(tmp_path, "receipt", 33))
    assert (match.outcome, match.reason) == (Outcome.REVIEW, "edition-unclear")
    assert {c.version_id for c in match.candidates[:2]} == {first_id, twin_id}
    chosen = next(c for c in match.candidates if c.version_id == twin_id)
    review.decide(discovered.runtime, discovered.admin, match.page_id, chosen.template_page_id)
    discovered.work()
    assert _states(discovered)[match.page_id] == (PageState.READ.value, twin_id)
    review.decide(discovered.runtime, discovered.admin, match.page_id, None)
    discovered.work()
    assert _states(discovered)[match.page_id][1] is None


def test_a_pool_of_strangers_gives_no_proposal_and_stays_as_it_is(
    discovered: Bench, tmp_path: Path
) -> None:
    for seed in range(5):
        path = tmp_path / f"letter-{seed}.png"
        cv2.imwrite(str(path), stranger(seed))
        discovered.add(path)
    for number, type_id in enumerate(("certificate", "invoice", "order")):
        discovered.add(scan(tmp_path, type_id, 60 + number))
    discovered.work()
    before = _states(discovered)
    known = {p.id: _page_ids(p) for p in discovered.waiting()}
    for _ in range(2):
        run = discovery.start_run(discovered.runtime, discovered.admin, discovered.collection.id)
        discovered.work()
        assert discovery.get_run(discovered.runtime, discovered.admin, run.id).state.value == "done"
        assert {p.id: _page_ids(p) for p in discovered.waiting()} == known
        assert _states(discovered) == before
    assert {state for state, _ in before.values()} == {PageState.UNKNOWN.value}


def test_a_mixed_group_that_was_approved_is_parted_and_put_together_again(
    discovered: Bench, tmp_path: Path
) -> None:
    receipts, expenses = _of(discovered, "receipt"), _of(discovered, "expenses")
    strays, own = _page_ids(receipts), _page_ids(expenses)
    arranging.merge(discovered.runtime, discovered.admin, receipts.id, expenses.id)
    discovered.work()
    mixed_id = _published(discovered, _of(discovered, "expenses"))
    approved = _states(discovered)
    assert {approved[page_id][1] for page_id in own} == {mixed_id}
    assert not {state for state, _ in approved.values()} & {PageState.FAILED.value}

    # Pages that lie on no form of the group were not routed to it, and wait as they did.
    loose = [page_id for page_id in strays if approved[page_id][1] != mixed_id]
    assert all(approved[p] == (PageState.UNKNOWN.value, None) for p in loose), approved
    leaving = [page_id for page_id in strays if page_id not in loose] or own[:2]
    made, proposal_id = lineage.split_version(
        discovered.runtime, discovered.admin, mixed_id, leaving
    )
    discovered.work()
    parted = _states(discovered)
    assert all(parted[page_id] == (PageState.UNKNOWN.value, None) for page_id in leaving)
    kept = set(approved) - set(leaving)
    assert {p: parted[p] for p in kept} == {p: approved[p] for p in kept}
    assert proposal_id in {p.id for p in discovered.waiting()}
    undoing.undo(discovered.runtime, discovered.admin, made.id)
    discovered.work()
    assert _states(discovered) == approved
    assert audits.verify_chain(discovered.runtime).intact
