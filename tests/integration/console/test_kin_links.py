"""The reviewer sees why two proposals are taken for editions of one form."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from console_seeds import Seeds
from console_visitor import ORIGIN, Visit
from fastapi import FastAPI
from fastapi.testclient import TestClient

from chohyo.domain.documents import PageState
from chohyo.domain.edition_advice import CitedPrint, EditionAdvice, Relation, Statement
from chohyo.domain.geometry import Box, Transform
from chohyo.domain.kinship import KinPages, Kinship, KinSide, Tie
from chohyo.domain.proposals import MemberPage, Proposal, ProposedPage
from chohyo.pages.images import encode_png
from chohyo.services import advising
from chohyo.services.runtime import Runtime
from chohyo.storage import documents, kinships, proposals

WORD, MOVED, GONE = Box(0.1, 0.2, 0.3, 0.22), Box(0.1, 0.25, 0.3, 0.27), Box(0.5, 0.8, 0.6, 0.82)
FOUND = Kinship(
    Tie.WORDS,
    0.625,
    KinSide("年次有給休暇<届>", "1", (WORD,), (GONE,)),
    KinSide("年次有給休暇 届", "", (MOVED,)),
)


def _proposal(seeds: Seeds, name: str, kin_key: str = "kin") -> Proposal:
    page = seeds.page(seeds.document(page_count=1), PageState.UNKNOWN, number=1)
    return seeds.proposal([page], replace(seeds.draft(name), version_label=name), kin_key)


def _tie(runtime: Runtime, one: Proposal, other: Proposal) -> None:
    pages = one.members[0].page_id, other.members[0].page_id
    with runtime.database.transaction() as connection:
        kinships.put(connection, [KinPages(*pages, FOUND)])


@pytest.fixture
def editions(seeds: Seeds, runtime: Runtime) -> tuple[Proposal, Proposal]:
    """Return two proposals that words and a title tie."""
    pair = _proposal(seeds, "旧版"), _proposal(seeds, "新版")
    _tie(runtime, *pair)
    return pair


def test_titles_page_numbers_and_words_are_shown_with_their_places_on_both_forms(
    visit: Visit, editions: tuple[Proposal, Proposal]
) -> None:
    one, other = editions
    part = visit("reviewer").get(f"/proposals/{one.id}/difference").text
    assert "Why this is an edition of the same form" in part
    assert f'<a href="/proposals/{other.id}">新版' in part
    assert "62.5%" in part
    assert "年次有給休暇&lt;届&gt;" in part
    assert "年次有給休暇 届" in part
    assert "not read" in part  # the other's page number
    # 20 % and 25 % of 1,000 × 842 / 595 down.
    assert '<rect class="anchor found" x="100.0" y="283.0"' in part
    assert '<rect class="anchor found" x="100.0" y="353.8"' in part
    assert part.count('class="anchor missing"') == 1


def test_editions_that_were_gathered_together_are_shown_with_what_divided_them(
    visit: Visit, runtime: Runtime, editions: tuple[Proposal, Proposal]
) -> None:
    one, other = editions
    found = Kinship(Tie.DIVIDED, 0.9, KinSide(alone=(GONE,)), KinSide(alone=(GONE,)))
    with runtime.database.transaction() as connection:
        pages = one.members[0].page_id, other.members[0].page_id
        kinships.put(connection, [KinPages(*pages, found)])
    part = visit("reviewer").get(f"/proposals/{one.id}/difference").text
    assert "gathered as one print, 90.0% of which agrees" in part
    assert part.count('class="anchor missing"') == 2
    assert "Printed page number" not in part


def test_the_other_edition_tells_the_same_from_its_side(
    visit: Visit, editions: tuple[Proposal, Proposal]
) -> None:
    one, other = editions
    part = visit("reviewer").get(f"/proposals/{other.id}/difference").text
    assert f'<a href="/proposals/{one.id}">旧版' in part
    assert part.index("年次有給休暇 届") < part.index("年次有給休暇&lt;届&gt;")


def test_japanese_readers_are_told_in_japanese(
    visit: Visit, editions: tuple[Proposal, Proposal]
) -> None:
    reviewer = visit("reviewer")
    reviewer.post("/language", locale="ja")
    part = reviewer.get(f"/proposals/{editions[0].id}/difference").text
    assert "同じ帳票の別の版と判断した根拠" in part
    assert "表題が同じで、それぞれの文字の62.5%が位置を変えてもう一方にもあります。" in part


def test_places_lie_on_the_blank_form_wherever_the_page_lay(
    visit: Visit, runtime: Runtime, editions: tuple[Proposal, Proposal]
) -> None:
    one = editions[0]
    lower = Transform((1, 0, 0, 0, 1, 0.1, 0, 0, 1))
    with runtime.database.transaction() as connection:
        moved = [MemberPage(member.page_id, 1, lower) for member in one.members]
        proposals.put_members(connection, one.id, moved)
    part = visit("reviewer").get(f"/proposals/{one.id}/difference").text
    assert '<rect class="anchor found" x="100.0" y="424.5"' in part  # 30 % down


def test_the_api_gives_the_evidence_and_titles_only_to_those_who_see_personal_data(
    console: FastAPI, callers: dict[str, object], editions: tuple[Proposal, Proposal]
) -> None:
    one, other = editions

    def asked(role: str) -> dict[str, object]:
        client = TestClient(console, ORIGIN, headers=callers[role].headers)  # type: ignore[attr-defined]
        (link,) = client.get(f"/v1/proposals/{one.id}/difference").json()["kinship"]
        return link

    link = asked("reviewer")
    assert (link["other_proposal_id"], link["tie"], link["share"]) == (
        str(other.id), "words", 0.625,
    )  # fmt: skip
    assert (link["page_no"], link["other_page_no"]) == (1, 1)
    assert link["here"] == {
        "title": "年次有給休暇<届>", "page_mark": "1",
        "alike": [pytest.approx([0.1, 0.2, 0.3, 0.22])],
        "alone": [pytest.approx([0.5, 0.8, 0.6, 0.82])],
    }  # fmt: skip
    assert link["there"]["page_mark"] is None
    assert asked("viewer")["here"]["title"] is None


def test_the_api_gives_the_differing_places_of_two_editions(
    console: FastAPI, callers: dict[str, object], seeds: Seeds
) -> None:
    drawn = []
    for year in ("2023", "2024"):
        sheet = np.full((1400, 1000), 255, np.uint8)
        for line in range(20):
            cv2.putText(
                sheet, f"Item {line} {line * 7919 % 997}", (70, 146 + 60 * line), 0, 0.9, 0, 2
            )
            cv2.line(sheet, (60, 160 + 60 * line), (940, 160 + 60 * line), 0, 2)
        cv2.putText(sheet, f"Tax year {year}", (600, 60), 0, 1.0, 0, 2)
        blank = seeds.runtime.blobs.put(encode_png(sheet))
        page = seeds.page(seeds.document(page_count=1), PageState.UNKNOWN, number=1)
        drawing = (ProposedPage(1, 1000, 1400, 3, blank, blank),)
        drawn.append(seeds.proposal([page], replace(seeds.draft(year), pages=drawing), "years"))
    one, other = drawn
    place = CitedPrint(1, Box(0.7, 0.02, 0.9, 0.05), None)
    said = EditionAdvice(other.id, Relation.EDITION, (Statement("2024.", (place,)),), "tiny@1", 0)
    advising.store_edition_advice(seeds.runtime, one, said)
    client = TestClient(console, ORIGIN, headers=callers["viewer"].headers)  # type: ignore[attr-defined]
    shown = client.get(f"/v1/proposals/{one.id}/difference").json()
    (page,) = shown["pages"]
    ((x0, y0, x1, y1),) = page["here"]
    assert 0.7 < x0 < x1 < 0.95
    assert y1 < 0.07
    assert page["there"] == [pytest.approx([x0, y0, x1, y1], abs=0.01)]
    (statement,) = shown["advice"]["statements"]
    assert statement["cited"] == [{"page_no": 1, "here": [0.7, 0.02, 0.9, 0.05], "there": None}]


def test_a_link_that_people_undid_or_a_forgotten_page_had_is_not_shown(
    visit: Visit, seeds: Seeds, runtime: Runtime, editions: tuple[Proposal, Proposal]
) -> None:
    one, _ = editions
    apart = _proposal(seeds, "別の帳票", "other")
    _tie(runtime, apart, one)
    reviewer = visit("reviewer")
    assert "別の帳票" not in reviewer.get(f"/proposals/{one.id}/difference").text
    assert "Why this" not in reviewer.get(f"/proposals/{apart.id}/difference").text
    with runtime.database.transaction() as connection:
        rows = connection.execute(
            "SELECT document_id FROM page WHERE id = %s", (editions[1].members[0].page_id,)
        ).fetchall()
        connection.execute("DELETE FROM document WHERE id = %s", (rows[0]["document_id"],))
        assert documents.get(connection, rows[0]["document_id"]) is None
        left = connection.execute("SELECT count(*) AS n FROM kinship").fetchone()
    assert left is not None
    assert left["n"] == 1  # that of the two which are still there
    assert "Why this" not in reviewer.get(f"/proposals/{one.id}/difference").text
