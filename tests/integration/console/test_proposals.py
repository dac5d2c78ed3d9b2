from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from typing import Any

import cv2
import numpy as np
import pytest
from console_seeds import SPECS, Seeds
from console_visitor import Visit
from httpx import Response
from pydantic import TypeAdapter

from chohyo.domain.documents import PageState
from chohyo.domain.edition_advice import CitedPrint, EditionAdvice, Relation, Statement
from chohyo.domain.geometry import Box
from chohyo.domain.proposals import Proposal, ProposalKind, ProposalState, ProposedPage
from chohyo.domain.templates import FieldSpec, FieldType
from chohyo.pages.images import encode_png
from chohyo.services import advising, carrying, publishing
from chohyo.services.runtime import Runtime
from chohyo.storage import proposals


@pytest.fixture
def proposal(seeds: Seeds) -> Proposal:
    document = seeds.document(page_count=2)
    return seeds.proposal([seeds.page(document, PageState.UNKNOWN, number=n) for n in (1, 2)])


def _told(answer: Response) -> dict[str, Any]:
    """Return what an answer tells the page's script of the change."""
    found = re.search(r'data-saved="([^"]+)"', answer.text)
    assert found is not None
    return json.loads(unescape(found.group(1)))


def _fields(runtime: Runtime, proposal: Proposal) -> tuple[FieldSpec, ...]:
    draft = _stored(runtime, proposal).draft
    assert draft is not None
    return draft.fields


def _stored(runtime: Runtime, proposal: Proposal) -> Proposal:
    with runtime.database.transaction() as connection:
        found = proposals.get(connection, proposal.id)
    assert found is not None
    return found


def test_a_proposal_shows_its_blank_form_with_every_field_boxed(
    visit: Visit, proposal: Proposal
) -> None:
    page = visit("reviewer").get(f"/proposals/{proposal.id}").text
    assert f"/proposals/{proposal.id}/pages/1/blank" in page
    assert page.count('<g class="region') == len(SPECS)
    # 30 % of 1,000 across; 20 % of 1,000 × 842 / 595 down.
    assert '<rect x="300.0" y="283.0" width="600.0" height="70.8"/>' in page


def test_the_blank_form_is_a_picture_only_this_browser_keeps(
    visit: Visit, proposal: Proposal
) -> None:
    reviewer = visit("reviewer")
    path = f"/proposals/{proposal.id}/pages/1/blank"
    picture = reviewer.get(path)
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers["cache-control"].startswith("private")
    again = reviewer.client.get(path, headers={"If-None-Match": picture.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_field_is_edited_in_place(visit: Visit, runtime: Runtime, proposal: Proposal) -> None:
    answer = visit("reviewer").post(
        f"/proposals/{proposal.id}/fields",
        number="2", was="issued_on", name="requested_on", label="申請年月日",
        type="text", required="true",
    )  # fmt: skip
    assert 'name="was" value="requested_on"' in answer.text
    draft = _stored(runtime, proposal).draft
    assert draft is not None
    changed = replace(
        SPECS[1], name="requested_on", label="申請年月日", type=FieldType.TEXT, required=True
    )
    assert draft.fields == (SPECS[0], changed, SPECS[2])


def test_a_name_that_is_taken_is_refused_beside_the_table(visit: Visit, proposal: Proposal) -> None:
    reviewer = visit("reviewer")
    answer = reviewer.client.post(
        f"/proposals/{proposal.id}/fields",
        data={"number": "2", "was": "issued_on", "name": "total", "type": "date"},
        headers={"HX-Request": "true", "X-CSRF-Token": reviewer.csrf_token},
    )
    assert (answer.status_code, answer.headers["hx-retarget"]) == (422, "#notices")
    assert 'class="notice error"' in answer.text
    assert "<html" not in answer.text


def test_a_field_is_left_out(visit: Visit, runtime: Runtime, proposal: Proposal) -> None:
    answer = visit("reviewer").post(f"/proposals/{proposal.id}/fields/remove", was="total")
    assert answer.text.count('<g class="region') == len(SPECS) - 1
    draft = _stored(runtime, proposal).draft
    assert draft is not None
    assert draft.fields == SPECS[:2]


def test_a_box_is_moved_and_put_back(visit: Visit, runtime: Runtime, proposal: Proposal) -> None:
    reviewer, path = visit("reviewer"), f"/proposals/{proposal.id}/fields"
    place = {"x0": "0.1", "y0": "0.2", "x1": "0.3", "y1": "0.4"}
    answer = reviewer.post(f"{path}/box", number="3", was="total", **place)
    told = _told(answer)
    moved = _stored(runtime, proposal).draft
    assert moved is not None
    assert moved.fields[2] == replace(SPECS[2], box=Box(0.1, 0.2, 0.3, 0.4)).placed()
    reviewer.post(f"{path}/undo", swap=told["swap"], revision=told["revision"])
    back = _stored(runtime, proposal).draft
    assert back is not None
    assert back.fields == SPECS


@pytest.mark.parametrize("x1", ["0.1", "1.5", "nan", "x"])
def test_a_box_off_the_page_or_without_a_size_is_refused(
    visit: Visit, runtime: Runtime, proposal: Proposal, x1: str
) -> None:
    place = {"x0": "0.1", "y0": "0.2", "x1": x1, "y1": "0.4"}
    answer = visit("reviewer").post(
        f"/proposals/{proposal.id}/fields/box", number="3", was="total", **place
    )
    assert answer.status_code == 422
    assert _stored(runtime, proposal).draft == proposal.draft


def test_a_field_left_out_comes_back_in_its_place(
    visit: Visit, runtime: Runtime, proposal: Proposal
) -> None:
    reviewer, path = visit("reviewer"), f"/proposals/{proposal.id}/fields"
    answer = reviewer.post(f"{path}/remove", was="issued_on")
    reviewer.post(f"{path}/undo", swap=_told(answer)["swap"])
    draft = _stored(runtime, proposal).draft
    assert draft is not None
    assert draft.fields == SPECS


def test_fields_are_merged_split_and_brought_back_one_by_one(
    visit: Visit, runtime: Runtime, proposal: Proposal
) -> None:
    reviewer, path = visit("reviewer"), f"/proposals/{proposal.id}/fields"
    steps = [
        reviewer.post(f"{path}/merge", was=["issued_on", "total"]),
        reviewer.post(f"{path}/cut", was="issued_on", axis="x", at="0.5"),
        reviewer.post(f"{path}/divide", was="issued_on_2", pieces="3"),
    ]
    assert [answer.status_code for answer in steps] == [200] * 3
    after = _fields(runtime, proposal)
    assert [spec.name for spec in after] == [
        "applicant_name", "issued_on_1", "issued_on_2_1", "issued_on_2_2", "issued_on_2_3",
    ]  # fmt: skip
    assert after[1].box == Box(0.3, 0.26, 0.5, 0.37)
    redoing = [
        _told(reviewer.post(f"{path}/undo", swap=_told(answer)["swap"]))["swap"]
        for answer in reversed(steps)
    ]
    assert _fields(runtime, proposal) == SPECS
    for swap in reversed(redoing):
        reviewer.post(f"{path}/undo", swap=swap, way="redo")
    assert _fields(runtime, proposal) == after


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("merge", {"was": "total"}),
        ("merge", {"was": ["total", "nobody"]}),
        ("merge", {"was": ["total", "issued_on"], "how": "x"}),
        ("cut", {"was": "total", "axis": "x", "at": "0.95"}),
        ("cut", {"was": "total", "axis": "z", "at": "0.5"}),
        ("divide", {"was": "total"}),
        ("divide", {"was": "total", "pieces": "101"}),
        ("divide", {"was": "total", "pieces": "²"}),
        ("undo", {"swap": '{"out": ["total"], "into": [{"at": 0, "spec": {"name": "x"}}]}'}),
        ("undo", {"swap": '{"out": ["nobody"], "into": []}'}),
    ],
)
def test_a_change_that_makes_no_sense_is_refused_and_changes_nothing(
    visit: Visit, runtime: Runtime, proposal: Proposal, action: str, fields: dict[str, Any]
) -> None:
    answer = visit("reviewer").post(f"/proposals/{proposal.id}/fields/{action}", **fields)
    assert answer.status_code in {404, 422}
    assert _fields(runtime, proposal) == SPECS


def test_what_an_undo_brings_back_is_checked_and_escaped(
    visit: Visit, runtime: Runtime, proposal: Proposal
) -> None:
    reviewer, path = visit("reviewer"), f"/proposals/{proposal.id}/fields"
    hostile = replace(SPECS[2], label='"><script>alert(1)</script>')
    swap = {"out": ["total"], "into": [{"at": 2, "spec": TypeAdapter(FieldSpec).dump_python(
        hostile, mode="json")}]}  # fmt: skip
    answer = reviewer.post(f"{path}/undo", swap=json.dumps(swap))
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    for label in ("x" * 501, "a\x00b"):
        swap["into"][0]["spec"]["label"] = label
        assert reviewer.post(f"{path}/undo", swap=json.dumps(swap)).status_code == 422


def test_changed_fields_are_read_on_member_pages_with_their_crops(
    visit: Visit, proposal: Proposal
) -> None:
    page = visit("reviewer").get(f"/proposals/{proposal.id}/trial?name=total&name=issued_on")
    assert page.status_code == 200
    assert page.text.count("12,800") == 2  # once on each of the two members
    assert page.text.count("/regions/crop?box=") == 4
    assert "山田" not in page.text
    crop = unescape(re.search(r'src="([^"]+crop[^"]+)"', page.text)[1])  # type: ignore[index]
    assert visit("reviewer").get(crop).headers["content-type"] == "image/png"


def test_a_viewer_learns_nothing_from_reading_fields(visit: Visit, proposal: Proposal) -> None:
    path = f"/proposals/{proposal.id}/trial?name=total"
    assert visit("viewer").get(path).status_code == 403
    assert visit("stranger").get(path).status_code == 404
    assert visit("operator").get(f"/proposals/{proposal.id}/trial?name=x").status_code == 404


def test_of_two_who_edit_at_the_same_time_the_later_one_is_told(
    visit: Visit, runtime: Runtime, proposal: Proposal
) -> None:
    one, other, path = visit("reviewer"), visit("admin"), f"/proposals/{proposal.id}"
    found = re.search(r'id="revision" value="(\w+)"', other.get(path).text)
    assert found is not None
    one.post(f"{path}/fields/remove", was="total")
    seen = {"revision": found.group(1)}
    late = [
        other.post(f"{path}/fields/remove", was="issued_on", **seen),
        other.post(f"{path}/name", name="x", version_label="y", **seen),
        other.post(f"{path}/approve", **seen),
    ]
    assert [answer.status_code for answer in late] == [409] * 3
    assert "changed by somebody else" in late[0].text
    draft = _stored(runtime, proposal).draft
    assert draft is not None
    assert (draft.name, draft.fields) == (proposal.draft.name, SPECS[:2])


def test_a_proposal_is_renamed_and_approved(
    visit: Visit, runtime: Runtime, proposal: Proposal
) -> None:
    reviewer = visit("reviewer")
    path = f"/proposals/{proposal.id}"
    assert "旅費精算書" in reviewer.post(f"{path}/name", name="旅費精算書", version_label="R6").text
    page = reviewer.post(f"{path}/approve").text
    assert "Approved, being published" in page
    assert f"{path}/approve" not in page
    assert _stored(runtime, proposal).state is ProposalState.APPROVED


def test_a_rejection_keeps_its_reason(visit: Visit, runtime: Runtime, proposal: Proposal) -> None:
    page = visit("reviewer").post(f"/proposals/{proposal.id}/reject", reason="<b>not a form</b>")
    assert "&lt;b&gt;not a form&lt;/b&gt;" in page.text
    assert _stored(runtime, proposal).reason == "<b>not a form</b>"


def test_a_decision_that_came_too_late_says_so(visit: Visit, proposal: Proposal) -> None:
    reviewer = visit("reviewer")
    reviewer.post(f"/proposals/{proposal.id}/approve")
    late = reviewer.post(f"/proposals/{proposal.id}/reject", reason="late")
    assert late.status_code == 409
    assert "already approved" in late.text
    assert 'href="/proposals"' in late.text


def test_who_may_not_decide_sees_no_buttons_and_is_refused(
    visit: Visit, proposal: Proposal
) -> None:
    operator = visit("operator")
    path = f"/proposals/{proposal.id}"
    page = operator.get(path).text
    assert f"{path}/approve" not in page
    assert f"{path}/fields" not in page
    assert operator.post(f"{path}/approve").status_code == 403


def test_a_stranger_learns_nothing_of_a_proposal(visit: Visit, proposal: Proposal) -> None:
    stranger = visit("stranger")
    assert stranger.get(f"/proposals/{proposal.id}").status_code == 404
    assert stranger.get(f"/proposals/{proposal.id}/pages/1/blank").status_code == 404
    assert str(proposal.id) not in stranger.get("/proposals").text


def test_the_list_shows_proposals_by_state(visit: Visit, proposal: Proposal) -> None:
    reviewer = visit("reviewer")
    assert str(proposal.id) in reviewer.get("/proposals").text
    assert str(proposal.id) not in reviewer.get("/proposals?state=rejected").text
    reviewer.post(f"/proposals/{proposal.id}/reject", reason="no form")
    assert str(proposal.id) in reviewer.get("/proposals?state=rejected").text


def _edition(seeds: Seeds, year: str, kin_key: str) -> Proposal:
    """Add a proposal whose blank form bears the year."""
    sheet = np.full((1400, 1000), 255, np.uint8)
    for line in range(20):
        y = 160 + 60 * line
        cv2.line(sheet, (60, y), (940, y), 0, 2)
        cv2.putText(sheet, f"Item {line} {line * 7919 % 997}", (70, y - 14), 0, 0.9, 0, 2)
        cv2.putText(sheet, f"amount {line * 104729 % 89}", (500, y - 14), 0, 0.9, 0, 2)
    cv2.putText(sheet, f"Tax year {year}", (600, 60), 0, 1.0, 0, 2)
    blank = seeds.runtime.blobs.put(encode_png(sheet))
    draft = replace(
        seeds.draft("Return"), version_label=year,
        pages=(ProposedPage(1, 1000, 1400, 3, blank, blank),),
    )  # fmt: skip
    document = seeds.document(page_count=1)
    page = seeds.page(document, PageState.UNKNOWN, number=1)
    return seeds.proposal([page], draft, kin_key)


def test_what_a_chat_model_says_of_both_stands_beside_the_difference(
    visit: Visit, seeds: Seeds
) -> None:
    first, second = _edition(seeds, "2023", "kin"), _edition(seeds, "2024", "kin")
    place = CitedPrint(1, Box(0.7, 0.02, 0.9, 0.05), Box(0.7, 0.02, 0.9, 0.05))
    said = (Statement("<b>2024</b> stands where 2023 stood.", (place,)),)
    advice = EditionAdvice(second.id, Relation.EDITION, said, "tiny@1", 2)
    advising.store_edition_advice(seeds.runtime, first, advice)
    part = visit("reviewer").get(f"/proposals/{first.id}/difference").text
    assert "&lt;b&gt;2024&lt;/b&gt; stands where 2023 stood." in part
    assert "Editions of one form" in part
    assert "tiny@1" in part
    assert "2 claims without support were dropped." in part
    # Said of another pair, it is not shown.
    advising.store_edition_advice(seeds.runtime, first, replace(advice, other_id=first.id))
    assert "tiny@1" not in visit("reviewer").get(f"/proposals/{first.id}/difference").text


def test_a_proposal_is_compared_with_the_other_edition_on_both_blank_forms(
    visit: Visit, seeds: Seeds
) -> None:
    first, second = _edition(seeds, "2023", "kin"), _edition(seeds, "2024", "kin")
    reviewer = visit("reviewer")
    assert (
        f'hx-get="/proposals/{first.id}/difference"' in reviewer.get(f"/proposals/{first.id}").text
    )
    part = reviewer.get(f"/proposals/{first.id}/difference").text
    assert "chat model" not in part
    assert f"/proposals/{first.id}/pages/1/blank" in part
    assert f"/proposals/{second.id}/pages/1/blank" in part
    assert part.count('<g class="region differs') == 2  # one place, on both
    box = re.search(r'<rect x="([\d.]+)" y="([\d.]+)"', part)
    assert box is not None
    assert 700 < float(box[1]) < 900
    assert float(box[2]) < 70


def test_an_edition_that_waits_starts_from_the_one_that_was_published(
    visit: Visit, seeds: Seeds, runtime: Runtime
) -> None:
    first, second = _edition(seeds, "2023", "kin"), _edition(seeds, "2024", "kin")
    assert first.draft is not None
    renamed = [replace(first.draft.fields[0], name="by_a_person"), *first.draft.fields[1:]]
    reviewer = visit("reviewer")
    with runtime.database.transaction() as connection:
        proposals.set_draft(connection, first.id, replace(first.draft, fields=tuple(renamed)))
        proposals.set_state(connection, first.id, ProposalState.APPROVED)
    publishing.publish(runtime, first.id)
    carrying.carry_into_kin(runtime, first.id)
    carried = _stored(runtime, second)
    assert carried.kind is ProposalKind.NEW_VERSION
    assert carried.draft is not None
    assert carried.draft.fields[0].name == "by_a_person"
    assert not carried.draft.edited
    moved = replace(carried.draft.fields[1], name="quite_another", label="別の見出し")
    drawn = replace(carried.draft, fields=(carried.draft.fields[0], moved))
    with runtime.database.transaction() as connection:
        proposals.set_draft(connection, second.id, drawn)
    part = reviewer.get(f"/proposals/{second.id}/difference").text
    assert "quite_another" in part
    assert "Added" in part
    assert "Removed" in part


def test_a_proposal_without_another_edition_is_compared_with_nothing(
    visit: Visit, seeds: Seeds
) -> None:
    alone = _edition(seeds, "2023", "")
    _edition(seeds, "2024", "other")
    assert "<figure" not in visit("viewer").get(f"/proposals/{alone.id}/difference").text
