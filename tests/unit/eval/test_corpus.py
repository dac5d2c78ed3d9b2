"""Corpus folders and the demonstration pile."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import cv2
import pymupdf

from eval.forms import sample_pile, write_corpus
from eval.forms.pile import pile_items

KEYS = {
    "file", "doc", "seed", "lang", "dpi", "width", "height", "scan", "family_id", "kin_id",
    "template_id", "layout_id", "family", "version", "page", "ink", "fields",
}  # fmt: skip
FIELD_KEYS = {"name", "label", "type", "bbox", "quad", "text_bbox", "value", "semantic_type"}


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_labels_follow_the_layout_of_corpus_folders(tmp_path: Path) -> None:
    summary = write_corpus(tmp_path, seeds=1, only=["receipt"], dpi=75, mix={"light": 1.0})
    rows = [json.loads(line) for line in (tmp_path / "labels.jsonl").read_text().splitlines()]
    assert summary.pages == len(rows) == 2
    assert summary.families == 1
    assert summary.layouts == 2
    for row in rows:
        assert row.keys() >= KEYS
        image = cv2.imread(str(tmp_path / row["file"]))
        assert image.shape[:2] == (row["height"], row["width"])
        assert row["scan"]["kind"] == "light"
        for field in row["fields"]:
            assert field.keys() >= FIELD_KEYS
            assert field["type"] in {"text", "check", "radio", "circle"}
            assert (field["text_bbox"] is None) == (not field["value"])


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_corpus(tmp_path / name, seeds=1, only=["intake"], formats="pdf", dpi=75)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_a_form_of_two_pages_becomes_one_pdf_on_request(tmp_path: Path) -> None:
    summary = write_corpus(
        tmp_path, seeds=1, only=["membership"], formats="jpg", documents=True, dpi=75
    )
    written = sorted((tmp_path / "documents").iterdir())
    assert summary.documents == len(written) == 2
    assert [pymupdf.open(path).page_count for path in written] == [2, 2]


def test_later_copies_are_other_copies(tmp_path: Path) -> None:
    write_corpus(tmp_path / "a", seeds=1, only=["order"], dpi=75)
    write_corpus(tmp_path / "b", seeds=1, copies_seed=1, only=["order"], dpi=75)
    assert not digests(tmp_path / "a").keys() & (digests(tmp_path / "b").keys() - {"labels.jsonl"})


def test_the_pile_holds_twelve_types_and_a_few_strangers(tmp_path: Path) -> None:
    paths = sample_pile(tmp_path, copies=1, dpi=60)
    items = pile_items(copies=1)
    assert [path.name for path in paths] == [item.filename for item in items]
    assert len({item.type_id for item in items} - {""}) == 12
    assert 2 <= sum(item.type_id == "" for item in items) <= 5
    for path, item in zip(paths, items, strict=True):
        assert (path.suffix == ".pdf") == (item.pages > 1)
        assert path.stat().st_size > 10_000


def test_the_names_of_the_pile_tell_nothing_about_the_types() -> None:
    items = pile_items()
    assert [item.filename.split(".")[0] for item in items[:2]] == ["scan_001", "scan_002"]
    assert len({item.type_id for item in items[:5]}) > 2
