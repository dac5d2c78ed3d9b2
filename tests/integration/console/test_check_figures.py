"""What the check measured stands beside each field, with links to the pages at fault."""

from __future__ import annotations

from dataclasses import replace

import pytest
from console_seeds import SPECS, Seeds
from console_visitor import Visit

from chohyo.domain.documents import PageState
from chohyo.domain.figures import FieldFigures
from chohyo.domain.geometry import Box
from chohyo.domain.proposals import Proposal
from chohyo.domain.values import Reading, ValueSource
from chohyo.services import forgetting
from chohyo.services.runtime import Runtime
from chohyo.storage import proposals


def _reading(*, valid: bool, confidence: float) -> Reading:
    return Reading("7", 7, confidence, False, valid, SPECS[2].box, ValueSource.OCR)


@pytest.fixture
def proposal(seeds: Seeds) -> Proposal:
    """Return a proposal with a field that broke its type on the second page."""
    members = [seeds.page(seeds.document(), PageState.UNKNOWN) for _ in range(3)]
    read = [
        (page.id, _reading(valid=n != 1, confidence=0.9 if n else 0.3))
        for n, page in enumerate(members)
    ]
    inside = replace(SPECS[1], name="inside", box=Box(0.4, 0.33, 0.5, 0.36))
    draft = replace(
        seeds.draft(), fields=(*SPECS, inside), findings=(), edited=True,
        figures=(FieldFigures.of("total", read),),
    )  # fmt: skip
    return seeds.proposal(members, draft)


def test_each_field_shows_its_figures_and_the_pages_at_fault(
    visit: Visit, proposal: Proposal
) -> None:
    for role in ("reviewer", "operator"):
        page = visit(role).get(f"/proposals/{proposal.id}").text
        assert "1 of 3 values do not fit the type" in page
        assert "1 of 3 values can hardly be read" in page
        faulty = page[page.index('class="faults faulty"') :]
        assert f'href="/pages/{proposal.members[0].page_id}">Page 1<' in faulty
        assert f'href="/pages/{proposal.members[1].page_id}">Page 2<' in faulty
        assert "Page 3<" not in faulty[: faulty.index("</tr>")]
        assert "67%" in page  # of its values fit
        assert "Overlaps inside" in page
        assert "Overlaps total" in page
        assert page.count('class="faults faulty"') == 2


def test_figures_go_with_the_box_they_were_measured_in(
    visit: Visit, runtime: Runtime, proposal: Proposal
) -> None:
    reviewer = visit("reviewer")
    place = {"x0": "0.3", "y0": "0.5", "x1": "0.9", "y1": "0.6"}
    path = f"/proposals/{proposal.id}/fields"
    reviewer.post(path, number="3", was="total", name="sum", type="amount", label="合計")
    assert "1 of 3 values do not fit" in reviewer.get(f"/proposals/{proposal.id}").text
    reviewer.post(f"{path}/box", number="3", was="sum", **place)
    page = reviewer.get(f"/proposals/{proposal.id}").text
    assert "1 of 3 values do not fit" not in page
    assert "Overlaps" not in page


def test_a_forgotten_page_is_no_longer_at_fault(
    runtime: Runtime, callers, proposal: Proposal
) -> None:
    with runtime.database.transaction() as connection:
        row = connection.execute(
            "SELECT document_id FROM page WHERE id = %s", [proposal.members[0].page_id]
        ).fetchone()
    assert row is not None
    forgetting.forget(runtime, callers["admin"].caller, row["document_id"])
    with runtime.database.transaction() as connection:
        found = proposals.get(connection, proposal.id)
    assert found is not None
    assert found.draft is not None
    assert found.draft.figures[0].at_fault == (proposal.members[1].page_id,)
