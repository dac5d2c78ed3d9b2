"""Documents are cut into form instances by the page order of their templates."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid5

import pytest

from chohyo.domain.instances import InstanceCut, Option, PlacedPage, cut_instances

_SPACE = UUID(int=0)


def named(name: object) -> UUID:
    return uuid5(_SPACE, str(name))


def option(form: str, number: int, pages: int, doubt: float = 0.0) -> Option:
    return Option(named(form), named(f"{form}{number}"), number, pages, doubt)


def document(*pages: str | None, sizes: dict[str, int] | None = None) -> list[PlacedPage]:
    """Lay out pages written like "A2"; None is a page of no known form."""
    sizes = {"A": 2, "B": 1, "C": 3, **(sizes or {})}
    return [
        PlacedPage(
            named(no), no, no, 0, (option(page[0], int(page[1:]), sizes[page[0]]),)
        )
        for no, page in enumerate(pages, start=1)
        if page is not None
    ]  # fmt: skip


def scans(cut: InstanceCut) -> list[int]:
    """Return where the pages of an instance lie in the document, in the order of the form."""
    number_of = {named(no): no for no in range(1, 60)}
    return [number_of[page_id] for page_id in (*cut.page_ids, *cut.doubled)]


def cuts(*pages: str | None, same: Sequence[tuple[int, int]] = ()) -> list[list[int]]:
    repeats = {frozenset((named(a), named(b))) for a, b in same}
    return [scans(cut) for cut in cut_instances(document(*pages), repeats)]


def codes(cut: InstanceCut) -> list[str]:
    return [finding.code for finding in cut.findings]


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        (("A1", "A2", "A1", "A2"), [[1, 2], [3, 4]]),
        (("B1", "B1", "B1"), [[1], [2], [3]]),
        (("A1", "A2", "B1", "C1", "C2", "C3"), [[1, 2], [3], [4, 5, 6]]),
        (("A1", "A1", "A2"), [[1], [2, 3]]),
        (("A2", "A1", "A2"), [[1], [2, 3]]),
        (("A2", "A1"), [[2, 1]]),
        (("A1", "A2", "A2", "A1"), [[1, 2], [4, 3]]),
        (("C1", "C3", "C1", "C2", "C3"), [[1, 2], [3, 4, 5]]),
        (("C1", "C3", "C2", "B1"), [[1, 3, 2], [4]]),
        (("C3", "C1"), [[2, 1]]),
        (("A1", None, "A2"), [[1, 3]]),
        (("A1", None, "A1", "A2"), [[1], [3, 4]]),
        (("A1", "B1", "A2"), [[1], [2], [3]]),
        ((), []),
    ],
)
def test_the_cheapest_explanation_of_the_pages_is_taken(pages, expected):
    assert cuts(*pages) == expected


def test_a_page_scanned_twice_stays_with_its_form():
    assert cuts("A1", "A1", "A2", same=[(1, 2)]) == [[1, 3, 2]]
    assert cuts("B1", "B1", same=[(1, 2)]) == [[1, 2]]
    assert cuts("A1", "A2", "A1", "A2", same=[(1, 3), (2, 4)]) == [[1, 2, 3, 4]]


def test_every_page_is_in_one_instance_at_most():
    pages = document("C2", "C1", "A2", "A1", "A1", "C3", "C3", "B1", "C1", "A2")
    held = [no for cut in cut_instances(pages) for no in scans(cut)]
    assert sorted(held) == list(range(1, 11))


def test_what_is_amiss_is_reported_page_by_page():
    pages = document("C3", "C3", "C1")
    turned = PlacedPage(
        pages[2].page_id, pages[2].page_no, pages[2].place, 180, pages[2].options
    )  # fmt: skip
    (cut,) = cut_instances([*pages[:2], turned], {frozenset((named(1), named(2)))})

    assert cut.missing_pages == (2,)
    assert [(f.code, f.params) for f in cut.findings] == [
        ("page-missing", {"page": 2}),
        ("page-doubled", {"page": 3, "scan": 2}),
        ("pages-swapped", {"order": "3, 1"}),
        ("page-turned", {"page": 1, "scan": 3, "degrees": 180}),
    ]


def test_a_form_without_mishaps_has_no_findings():
    (cut,) = cut_instances(document("A1", "A2"))
    assert (cut.findings, cut.missing_pages, cut.doubled, cut.changed) == ((), (), (), {})


def test_pages_of_no_known_form_between_those_of_one_are_reported():
    (cut,) = cut_instances(document("A1", None, None, "A2"))
    assert codes(cut) == ["strangers-between"]
    assert cuts("A1", None, None, None, "A2") == [[1], [5]]


def page_of(
    number: int, *options: Option, settled: bool = True, still_open: bool = True
) -> PlacedPage:
    return PlacedPage(named(number), number, number, 0, options, settled, still_open)


def test_an_edition_that_one_page_leaves_open_is_settled_by_another_page_of_the_form():
    first = page_of(1, option("A", 1, 2))
    second = page_of(2, option("Z", 2, 2), option("A", 2, 2, 0.1), settled=False)
    (cut,) = cut_instances([first, second])

    assert scans(cut) == [1, 2]
    assert cut.changed == {named(2): option("A", 2, 2, 0.1)}


def test_an_unlikely_edition_is_not_taken_to_complete_a_form():
    first = page_of(1, option("A", 1, 2))
    second = page_of(2, option("Z", 2, 2), option("A", 2, 2, 6.0))
    assert [scans(cut) for cut in cut_instances([first, second])] == [[1], [2]]


def test_a_page_that_nothing_settles_is_a_form_that_waits():
    alone = page_of(1, option("A", 1, 2), option("Z", 1, 2, 0.1), settled=False)
    (cut,) = cut_instances([alone])

    assert (cut.version_id, cut.awaiting, cut.changed) == (named("A"), (named(1),), {})
    assert codes(cut) == ["page-missing", "page-awaits-review"]


def test_a_page_that_a_person_has_to_look_at_lies_in_its_form_and_is_not_decided_by_it():
    first = page_of(1, option("A", 1, 2))
    second = page_of(2, option("A", 2, 2), settled=False, still_open=False)
    (cut,) = cut_instances([first, second])

    assert (scans(cut), cut.missing_pages) == ([1, 2], ())
    assert (cut.awaiting, cut.changed) == ((named(2),), {})
    assert [(f.code, f.params) for f in cut.findings] == [
        ("page-awaits-review", {"page": 2, "scan": 2})
    ]


def test_of_two_scans_of_a_page_the_one_that_is_decided_is_the_page():
    waiting = page_of(1, option("A", 1, 1), settled=False, still_open=False)
    second = page_of(2, option("A", 1, 1))
    (cut,) = cut_instances([waiting, second], {frozenset((named(1), named(2)))})

    assert (cut.page_ids, cut.doubled, cut.awaiting) == ((named(2),), (named(1),), (named(1),))


def test_pages_that_wait_are_cut_like_others():
    waiting = [
        page_of(no, option("A", place, 2), settled=False, still_open=False)
        for no, place in enumerate((1, 2, 1, 2), start=1)
    ]
    found = cut_instances(waiting)

    assert [scans(cut) for cut in found] == [[1, 2], [3, 4]]
    assert [len(cut.awaiting) for cut in found] == [2, 2]


def test_a_page_that_waits_overrules_no_decision():
    first = page_of(1, option("A", 1, 2), option("Z", 1, 2, 0.5))
    second = page_of(
        2, option("Z", 2, 2), option("A", 2, 2, 0.9), settled=False, still_open=False
    )  # fmt: skip
    (cut,) = cut_instances([first, second])

    assert (cut.version_id, cut.changed) == (named("A"), {})


def test_a_long_batch_of_one_form_is_cut_quickly():
    pages = document(*(["A1", "A2"] * 250), sizes={})
    assert len(cut_instances(pages)) == 250
