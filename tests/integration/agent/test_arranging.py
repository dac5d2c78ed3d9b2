"""People rearrange what discovery grouped: it stays so, and it can be undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from chohyo.domain.arrangements import ArrangementKind
from chohyo.domain.documents import PageState
from chohyo.domain.proposals import Proposal, ProposalKind, ProposalState
from chohyo.errors import ConflictError, NotFoundError
from chohyo.services import arranging, documents, lineage, templates, undoing
from chohyo.services import audit as audits
from chohyo.services import proposals as deciding
from chohyo.storage import proposals, values
from tests.integration.agent.conftest import Bench, scan


def found(bench: Bench, proposal: Proposal) -> Proposal:
    with bench.runtime.database.transaction() as connection:
        return proposals.get(connection, proposal.id)


def page_ids(proposal: Proposal) -> list:
    return [member.page_id for member in proposal.members]


def test_a_split_group_stays_split_and_can_be_joined_again(discovered: Bench):
    bench = discovered
    group = bench.waiting()[0]
    leaving = page_ids(group)[:2]

    shown = arranging.preview(bench.runtime, bench.admin, leaving, None, to_new=True)
    assert [(e.before, e.after, e.ends) for e in shown.effects] == [(4, 2, False)]
    assert (shown.to_pool, shown.new_groups) == (0, 1)
    assert len(bench.waiting()) == 2  # showing it moves nothing

    made = arranging.move(bench.runtime, bench.admin, leaving, None, to_new=True)
    bench.work()
    assert made.kind is ArrangementKind.GROUP_SPLIT
    (new_id,) = {move.target_id for move in made.pages}
    split = {p.id: p for p in bench.waiting()}
    assert sorted(page_ids(split[new_id])) == sorted(leaving)
    assert [page.copies for page in split[new_id].draft.pages] == [2]
    assert len(split[group.id].members) == 2

    bench.discover()
    again = {p.id: p for p in bench.waiting()}
    assert {i: p.fingerprint for i, p in again.items()} == {
        i: p.fingerprint for i, p in split.items()
    }
    assert {i: p.draft for i, p in again.items()} == {i: p.draft for i, p in split.items()}

    undoing.undo(bench.runtime, bench.admin, made.id)
    bench.work()
    assert sorted(page_ids(found(bench, group))) == sorted(page_ids(group))
    assert found(bench, split[new_id]).state is ProposalState.SUPERSEDED
    with pytest.raises(ConflictError):
        undoing.undo(bench.runtime, bench.admin, made.id)
    assert audits.verify_chain(bench.runtime).intact


def test_a_wrong_merge_is_undone_with_every_page_lying_where_it_lay(discovered: Bench):
    bench = discovered
    one, other = bench.waiting()
    made = arranging.merge(bench.runtime, bench.admin, one.id, other.id)
    bench.work()
    assert made.kind is ArrangementKind.GROUPS_MERGED
    assert [p.id for p in bench.waiting()] == [other.id]
    assert len(found(bench, other).members) == 8
    with pytest.raises(ConflictError):
        deciding.approve(bench.runtime, bench.admin, one.id)

    undoing.undo(bench.runtime, bench.admin, made.id)
    bench.work()
    back = {p.id: p for p in bench.waiting()}
    assert sorted(page_ids(back[one.id])) == sorted(page_ids(one))
    assert all(m.transform is not None for p in back.values() for m in p.members)
    assert [page.copies for page in back[one.id].draft.pages] == [4]
    # Drafted anew from the same copies, a box at the edge of notice may come or go.
    before, after = ([f.box for f in p.draft.fields] for p in (one, back[one.id]))
    kept = [box for box in before if any(box.iou(other) > 0.5 for other in after)]
    assert len(kept) >= 0.9 * max(len(before), len(after))


def test_a_page_taken_out_stays_out_while_new_copies_come_in(discovered: Bench, tmp_path: Path):
    bench = discovered
    group = next(p for p in bench.waiting() if _holds(bench, p, "receipt"))
    out = page_ids(group)[0]
    arranging.move(bench.runtime, bench.admin, [out], None)
    bench.work()
    bench.add(scan(tmp_path, "receipt", 9))
    bench.work()
    bench.discover()

    grown = found(bench, group)
    assert len(grown.members) == 4
    assert out not in page_ids(grown)
    assert all(member.transform is not None for member in grown.members)
    assert grown.state is ProposalState.WAITING


def test_pages_split_off_a_published_version_come_back_when_that_is_undone(discovered: Bench):
    bench = discovered
    group = bench.waiting()[0]
    bench.approve(group)
    bench.work()
    version_id = found(bench, group).version_id
    blank = templates.get_version(bench.runtime, bench.admin, version_id).pages[0].blank_blob
    leaving = page_ids(group)[:2]
    read = _values(bench, leaving[0])
    assert read

    made, proposal_id = lineage.split_version(bench.runtime, bench.admin, version_id, leaving)
    bench.work()
    (offered,) = [p for p in bench.waiting() if p.id == proposal_id]
    assert offered.kind is ProposalKind.NEW_VERSION
    assert sorted(page_ids(offered)) == sorted(leaving)
    assert _state(bench, leaving[0]) is PageState.UNKNOWN
    assert _values(bench, leaving[0]) == []
    version = templates.get_version(bench.runtime, bench.admin, version_id)
    assert version.pages[0].blank_blob != blank
    with pytest.raises(ConflictError):
        lineage.split_version(bench.runtime, bench.admin, version_id, leaving)

    undoing.undo(bench.runtime, bench.admin, made.id)
    bench.work()
    assert found(bench, offered).state is ProposalState.SUPERSEDED
    assert _state(bench, leaving[0]) is PageState.READ
    assert [v.field_id for v in _values(bench, leaving[0])] == [v.field_id for v in read]


def test_families_are_merged_and_parted_again(discovered: Bench):
    bench = discovered
    for proposal in bench.waiting():
        bench.approve(proposal)
    bench.work()
    one, other = (v.family for v in templates.list_families(bench.runtime, bench.admin))

    made = lineage.merge_families(bench.runtime, bench.admin, other.id, one.id)
    (left,) = templates.list_families(bench.runtime, bench.admin)
    assert left.family == one
    assert len(left.versions) == 2
    assert len({version.label for version in left.versions}) == 2
    page = next(p for p in documents.list_pages(bench.runtime, bench.admin, [PageState.READ]) if p)
    view = documents.get_document(bench.runtime, bench.admin, page.document_id)
    assert {match.family_id for match in view.matches.values()} == {one.id}

    undoing.undo(bench.runtime, bench.admin, made.id)
    back = templates.list_families(bench.runtime, bench.admin)
    assert [(v.family.id, len(v.versions)) for v in back] == [(one.id, 1), (other.id, 1)]

    version = back[1].versions[0]
    lineage.move_version(bench.runtime, bench.admin, version.id, one.id)
    parted = lineage.move_version(bench.runtime, bench.admin, version.id, None, "別の様式")
    names = {v.family.name for v in templates.list_families(bench.runtime, bench.admin)}
    assert "別の様式" in names
    with pytest.raises(ConflictError):  # moved on since
        undoing.undo(bench.runtime, bench.admin, made.id)
    undoing.undo(bench.runtime, bench.admin, parted.id)
    assert len(templates.list_families(bench.runtime, bench.admin)) == 1


def test_a_page_of_no_open_group_cannot_be_moved(discovered: Bench):
    bench = discovered
    (stranger,) = [
        page
        for page in documents.list_pages(bench.runtime, bench.admin, [PageState.UNKNOWN])
        if all(page.id not in page_ids(p) for p in bench.waiting())
    ]
    with pytest.raises(NotFoundError):
        arranging.move(bench.runtime, bench.admin, [stranger.id], bench.waiting()[0].id)


def _holds(bench: Bench, proposal: Proposal, type_id: str) -> bool:
    view = deciding.get_proposal(bench.runtime, bench.admin, proposal.id)
    with bench.runtime.database.transaction() as connection:
        names = connection.execute(
            "SELECT filename FROM document WHERE id = ANY(%s)",
            [[page.document_id for page in view.pages.values()]],
        ).fetchall()
    return all(row["filename"].startswith(type_id) for row in names)


def _values(bench: Bench, page_id):
    with bench.runtime.database.transaction() as connection:
        return values.of_page(connection, page_id)


def _state(bench: Bench, page_id) -> PageState:
    with bench.runtime.database.transaction() as connection:
        row = connection.execute("SELECT state FROM page WHERE id = %s", [page_id]).fetchone()
    return PageState(row["state"])
