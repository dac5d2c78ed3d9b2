"""Reading a corpus folder, sampling it, and dividing it for routing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chohyo.errors import InvalidInputError
from eval.corpus import CorpusPage, by_document, read_corpus, sample_pages
from eval.routing.plan import plan_routing


def row(file: str, layout: str = "a@1", kin: str = "a") -> dict[str, object]:
    return {"file": file, "layout_id": layout, "kin_id": kin, "scan": {"kind": "fax"}}


def write_labels(folder: Path, *rows: object) -> Path:
    lines = [each if isinstance(each, str) else json.dumps(each) for each in rows]
    (folder / "labels.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def family(kin: str, editions: int, copies: int) -> list[CorpusPage]:
    return [
        CorpusPage(f"{kin}@{e}.{c}.png", Path(), f"{kin}@{e}", kin, "scan")
        for e in range(editions)
        for c in range(copies)
    ]


def test_pages_come_in_the_order_of_their_files(tmp_path):
    pages = read_corpus(write_labels(tmp_path, row("pages/2.png"), row("pages/1.png")))
    assert [page.file for page in pages] == ["pages/1.png", "pages/2.png"]
    assert pages[0].path == tmp_path / "pages" / "1.png"
    assert pages[0].kind == "fax"


def test_a_folder_without_labels_is_refused(tmp_path):
    with pytest.raises(InvalidInputError, match=r"labels\.jsonl is not there"):
        read_corpus(tmp_path)


@pytest.mark.parametrize("bad", ["{", "[]", json.dumps({"file": "x.png"})])
def test_a_row_that_is_no_label_is_named(tmp_path, bad):
    with pytest.raises(InvalidInputError, match="line 2"):
        read_corpus(write_labels(tmp_path, row("1.png"), bad))


def test_a_sample_keeps_families_whole():
    pages = family("a", 2, 4) + family("b", 1, 5) + family("c", 3, 2)
    sizes = {"a": 8, "b": 5, "c": 6}
    for seed in range(10):
        chosen = sample_pages(pages, 13, seed)
        kept = {page.kin_id for page in chosen}
        assert len(chosen) == sum(sizes[kin] for kin in kept) <= 13


def test_a_sample_is_drawn_by_its_seed():
    pages = [page for number in range(20) for page in family(str(number), 1, 2)]
    assert sample_pages(pages, 10, 1) == sample_pages(pages, 10, 1)
    assert sample_pages(pages, 10, 1) != sample_pages(pages, 10, 2)


def test_a_limit_below_every_family_gives_the_smallest():
    pages = family("a", 2, 4) + family("b", 1, 5)
    assert {page.kin_id for page in sample_pages(pages, 1, 0)} == {"b"}


def planned(pages, **options):
    return plan_routing(pages, **{"copies": 3, "unknown_share": 0.2, "seed": 0, **options})


MANY = [page for number in range(10) for page in family(f"f{number}", 2, 5)]


def test_exemplars_are_never_scored():
    plan = planned(MANY)
    onboarded = {page.file for chosen in plan.exemplars.values() for page in chosen}
    assert len(onboarded) == 8 * 2 * 3
    assert onboarded.isdisjoint(page.file for page in plan.scored)
    assert len(onboarded) + len(plan.scored) == len(MANY)


def test_whole_families_are_withheld_and_all_their_pages_scored():
    plan = planned(MANY)
    assert len(plan.withheld) == 2
    assert not any(layout.split("@")[0] in plan.withheld for layout in plan.exemplars)
    assert sum(page.kin_id in plan.withheld for page in plan.scored) == 2 * 10


def test_a_layout_with_few_copies_keeps_one_to_score():
    plan = planned(family("a", 1, 3), unknown_share=0)
    assert len(plan.exemplars["a@0"]) == 2
    assert len(plan.scored) == 1


def test_the_only_copy_of_a_layout_is_onboarded_and_not_scored():
    plan = planned(family("a", 1, 1) + family("b", 1, 4), unknown_share=0)
    assert len(plan.exemplars["a@0"]) == 1
    assert {page.kin_id for page in plan.scored} == {"b"}


def test_any_wanted_share_withholds_a_family_and_never_all():
    assert len(planned(family("a", 1, 4) + family("b", 1, 4), unknown_share=0.01).withheld) == 1
    assert len(planned(family("a", 1, 4) + family("b", 1, 4), unknown_share=1.0).withheld) == 1


def copies_of(form: str, pages: int, copies: int, layout: str = "") -> list[CorpusPage]:
    return [
        CorpusPage(
            f"{form}.{c}.{n}.png", Path(), f"{layout or form}#{n}", f"{form[0]}#{n}", "scan",
            form, f"{form}.{c}", n,
        )
        for c in range(copies)
        for n in range(1, pages + 1)
    ]  # fmt: skip


def test_a_document_is_onboarded_or_scored_as_a_whole():
    plan = planned(copies_of("a@1", 3, 5) + copies_of("a@2", 3, 5), unknown_share=0)
    assert [len(chosen) for chosen in plan.onboarded.values()] == [3, 3]
    assert all(len(copy) == 3 for copy in plan.documents)
    assert len(plan.documents) == 4


def test_families_that_are_filled_together_are_withheld_together():
    plan = planned(copies_of("a@1", 2, 4) + copies_of("b@1", 2, 4), unknown_share=0.2)
    assert plan.withheld in ({"a#1", "a#2"}, {"b#1", "b#2"})


def test_editions_with_the_same_print_are_onboarded_once():
    plan = planned(copies_of("a@1", 2, 4) + copies_of("a@2", 2, 4, "a@1"), unknown_share=0)
    assert [len(chosen) for chosen in plan.onboarded.values()] == [3]
    assert len(plan.documents) == 5


def test_the_plan_is_drawn_by_its_seed():
    assert planned(MANY, seed=5) == planned(MANY, seed=5)
    assert planned(MANY, seed=5) != planned(MANY, seed=6)


def test_a_sample_keeps_the_pages_of_a_filled_copy_together():
    pages = [
        CorpusPage(f"{kin}.{c}.png", Path(), kin, kin, "scan", f"{kin[0]}@1", f"{kin[0]}.{c}", n)
        for c in range(3)
        for n, kin in enumerate(("a1", "a2", "b1"), 1)
    ]
    for seed in range(6):
        kept = {page.kin_id for page in sample_pages(pages, 8, seed)}
        assert kept in ({"a1", "a2"}, {"b1"})


def test_the_pages_of_a_filled_copy_come_in_page_order(tmp_path):
    rows = [
        {**row(f"{n}.png", f"a@1#p{n}", f"a#p{n}"), "family": "a", "version": "1", "seed": 0,
         "page": n} for n in (2, 1)
    ]  # fmt: skip
    (copy,) = by_document(read_corpus(write_labels(tmp_path, *rows)))
    assert [page.page for page in copy] == [1, 2]
    assert copy[0].form == "a@1"


def test_an_unseen_edition_has_siblings_onboarded_and_is_neither_onboarded_nor_scored():
    plan, before = planned(MANY, unseen_share=0.2), planned(MANY)
    unseen = {page.layout_id for copy in plan.unseen for page in copy}
    assert len(unseen) == 3
    assert len({layout.split("@")[0] for layout in unseen}) == 3
    assert unseen.isdisjoint(plan.exemplars)
    assert unseen.isdisjoint(page.layout_id for page in plan.scored)
    assert {layout.split("@")[0] for layout in unseen} <= {
        layout.split("@")[0] for layout in plan.exemplars
    }
    assert all(before.exemplars[layout] == chosen for layout, chosen in plan.exemplars.items())
