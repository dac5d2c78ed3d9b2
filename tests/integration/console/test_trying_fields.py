"""Edited fields read on member pages: what is bounded, and what is not guessed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from console_seeds import SPECS, Seeds

from chohyo.domain.documents import PageState
from chohyo.domain.geometry import Box, Transform
from chohyo.domain.proposals import MemberPage, Proposal
from chohyo.errors import TooBusyError
from chohyo.models.ocr import RapidTextRecognizer
from chohyo.services import audit as audits
from chohyo.services import trying
from chohyo.services.proposals import FieldsSwap, PlacedField, swap_fields
from chohyo.services.runtime import Runtime
from chohyo.storage import proposals, values

RECOGNIZER = RapidTextRecognizer()


@pytest.fixture
def proposal(seeds: Seeds) -> Proposal:
    document = seeds.document(page_count=4)
    return seeds.proposal([seeds.page(document, PageState.UNKNOWN, number=n) for n in range(1, 5)])


def test_a_moved_box_reads_what_stands_there_now_on_three_pages(
    runtime: Runtime, callers, proposal: Proposal
) -> None:
    caller = callers["reviewer"].caller
    elsewhere = replace(SPECS[2], name="other", box=SPECS[1].box)
    swap = FieldsSwap(("total", "issued_on"), (PlacedField(1, elsewhere),))
    swap_fields(runtime, caller, proposal.id, swap)
    found = trying.try_fields(runtime, caller, proposal.id, ["other"], RECOGNIZER)
    (tried,) = found.fields
    assert [each.reading.raw for each in tried.pages if each.reading] == ["令和6年4月1日"] * 3
    assert not any(each.reading.valid for each in tried.pages if each.reading)  # is no amount
    with runtime.database.transaction() as connection:
        assert not any(values.of_page(connection, m.page_id) for m in proposal.members)
    told = [entry.action for entry in audits.list_entries(runtime, caller)]
    assert "document.unmasked" in told  # nobody knows what is personal on these pages


def test_pages_that_are_not_reached_in_time_are_counted(
    runtime: Runtime, callers, proposal: Proposal
) -> None:
    caller = callers["reviewer"].caller
    found = trying.try_fields(runtime, caller, proposal.id, ["total"], RECOGNIZER, seconds=0)
    assert (found.left, found.fields[0].pages) == (3, ())


def test_only_so_many_fields_are_read_at_once(
    runtime: Runtime, callers, proposal: Proposal
) -> None:
    caller = callers["reviewer"].caller
    many = tuple(
        PlacedField(n, replace(SPECS[2], name=f"f{n}", box=Box(0.3, 0.32, 0.9, 0.37)))
        for n in range(trying.MOST_FIELDS + 2)
    )
    swap_fields(runtime, caller, proposal.id, FieldsSwap((), many))
    names = [each.spec.name for each in many]
    found = trying.try_fields(runtime, caller, proposal.id, names, RECOGNIZER, seconds=0)
    assert (len(found.fields), found.fields_left) == (trying.MOST_FIELDS, 2)


def test_while_others_read_one_is_told_to_wait(
    runtime: Runtime, callers, proposal: Proposal, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = trying.threading.BoundedSemaphore(1)
    taken.acquire()
    monkeypatch.setattr(trying, "_AT_ONCE", taken)
    with pytest.raises(TooBusyError):
        trying.try_fields(
            runtime, callers["reviewer"].caller, proposal.id, ["total"], RECOGNIZER, seconds=0
        )


def test_a_page_that_does_not_lie_on_the_form_is_not_guessed(
    runtime: Runtime, callers, seeds: Seeds
) -> None:
    page = seeds.page(seeds.document(), PageState.UNKNOWN)
    proposal = seeds.proposal([page])
    askew = Transform((1.0, 0.0, 0.05, 0.0, 1.0, 0.05, 0.0, 0.0, 1.0))
    with runtime.database.transaction() as connection:
        proposals.put_members(connection, proposal.id, [MemberPage(page.id, 1, askew)])
    found = trying.try_fields(
        runtime, callers["reviewer"].caller, proposal.id, ["total"], RECOGNIZER
    )
    assert [each.reading for each in found.fields[0].pages] == [None]
