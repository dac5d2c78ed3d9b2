"""Scan batches: what is put into them, and what their truth says."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pymupdf
import pytest

from eval.batches.dealing import deal
from eval.batches.files import write_batches
from eval.batches.mishaps import MISHAPS, put_through
from eval.corpus import CorpusPage, by_document, read_corpus
from eval.forms import write_corpus


def copy(name: str, pages: int) -> tuple[CorpusPage, ...]:
    return tuple(
        CorpusPage(f"{name}.{n}.png", Path(), f"f#{n}", f"f#{n}", "scan", "f@1", name, n)
        for n in range(1, pages + 1)
    )


def befallen(kind: str, pages: int = 3):
    class Always:
        """Lets everything happen, at the first place."""

        def random(self) -> float:
            return 0.0

    return put_through(copy("a", pages), 1.0, [kind], Always())  # type: ignore[arg-type, list-item]


def numbers(put) -> list[int | None]:
    return [sheet.truth.page if sheet.truth else None for sheet in put.sheets]


def test_a_missing_page_is_gone_and_named():
    put = befallen("missing")
    assert len(numbers(put)) == 2
    assert sorted([*numbers(put), *put.missing]) == [1, 2, 3]


def test_the_only_page_of_a_form_is_never_missing():
    assert numbers(befallen("missing", 1)) == [1]


def test_a_doubled_page_follows_itself_and_is_marked():
    put = befallen("doubled")
    (at,) = [i for i, sheet in enumerate(put.sheets) if sheet.doubled]
    assert put.sheets[at].truth == put.sheets[at - 1].truth
    assert len(put.sheets) == 4


def test_swapped_pages_are_neighbours_in_each_others_place():
    put = befallen("swapped")
    assert put.swapped
    assert numbers(put) in ([2, 1, 3], [1, 3, 2])


def test_a_page_upside_down_is_turned_by_half():
    assert sorted(sheet.rotation for sheet in befallen("upside-down").sheets) == [0, 0, 180]


def test_a_blank_page_lies_behind_a_page():
    pages = numbers(befallen("blank"))
    assert pages[0] == 1
    assert pages.count(None) == 1


def test_every_copy_is_dealt_once_and_the_same_seed_deals_the_same():
    copies = [copy(f"c{n}", 1 + n % 3) for n in range(11)]
    first, again, other = (deal(copies, 3, share=0.5, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    dealt = Counter(put.document for batch in first for put in batch.puts)
    assert dealt == Counter(f"c{n}" for n in range(11))


def test_without_mishaps_the_pages_are_those_of_the_copies_in_order():
    (batch,) = deal([copy("a", 2), copy("b", 3)], 1, share=1.0, kinds=())
    assert all(numbers(put) == list(range(1, len(put.sheets) + 1)) for put in batch.puts)


def test_leaving_out_one_kind_of_mishap_changes_nothing_else():
    copies = [copy(f"c{n}", 3) for n in range(20)]
    everything = deal(copies, 1, share=0.4, seed=3)[0]
    fewer = deal(copies, 1, share=0.4, kinds=[k for k in MISHAPS if k != "upside-down"], seed=3)[0]
    flat = [[(s.truth, s.doubled) for s in put.sheets] for put in everything.puts]
    assert flat == [[(s.truth, s.doubled) for s in put.sheets] for put in fewer.puts]
    assert all(not sheet.rotation for _, sheet in fewer.sheets)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write two batches of a form of three pages and one of one page."""
    folder = tmp_path_factory.mktemp("corpus")
    write_corpus(folder, seeds=1, only=["tenancy", "receipt"], dpi=60)
    copies = by_document(read_corpus(folder))
    write_batches(folder, deal(copies, 2, share=0.6, seed=5))
    return folder


def test_the_truth_of_a_batch_names_every_page_and_every_form(written: Path):
    rows = [json.loads(line) for line in (written / "batches.jsonl").read_text().splitlines()]
    forms = [instance["form"] for row in rows for instance in row["instances"]]
    assert sorted(forms) == ["receipt@2019", "receipt@2023", "tenancy@2021", "tenancy@2025"]
    for row in rows:
        with pymupdf.open(written / row["file"]) as pdf:
            assert pdf.page_count == len(row["pages"])
        assert [page["page_no"] for page in row["pages"]] == [
            number for number, _ in enumerate(row["pages"], 1)
        ]
        for instance in row["instances"]:
            held = [row["pages"][number - 1] for number in instance["pages"]]
            assert {page["instance"] for page in held} == {instance["id"]}
            assert not {page["page"] for page in held} & set(instance["missing"])
        assert all((page["source"] is None) == page["blank"] for page in row["pages"])
