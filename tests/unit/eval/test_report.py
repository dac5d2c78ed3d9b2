"""The report: tables, bars and pictures of mistakes."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest

from chohyo.domain.geometry import Transform
from chohyo.errors import InvalidInputError
from eval.report.bars import Bar, draw_bars
from eval.report.page import write_report
from eval.report.pictures import draw_mistake


def write_page(path: Path, *words: tuple[str, int]) -> Path:
    page = np.full((1000, 700), 255, np.uint8)
    for text, y in words:
        cv2.putText(page, text, (60, y), cv2.FONT_HERSHEY_SIMPLEX, 1.5, 0, 4)
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), page)
    return path


def result(folder: Path, **mistake) -> dict[str, object]:
    worst = {
        "problem": "left-alone", "file": "pages/a.png", "kind": "fax", "truth": "a@1",
        "found": "alone", "other": "pages/b.png", "other_is": "a copy of it",
        "likeness": {
            "cosine": 0.5, "agreement": 0.7, "transform": [1, 0, 0, 0, 1, 0, 0, 0, 1],
        },
    }  # fmt: skip
    return {
        "evaluation": "discovery", "corpus": str(folder), "seed": 0, "limit": None, "pages": 2,
        "layout_ari": 0.912, "seconds_per_page": 1.5,
        "intervals": {
            "layout_ari": {"low": 0.87, "high": 0.95},
            "seconds_per_page": {"low": None, "high": None},
        },
        "by_kind": {
            "layout_ari": {"fax": {"value": 0.8, "low": 0.7, "high": 0.9, "pages": 2}},
            "seconds_per_page": {},
        },
        "failed": {"count": 1, "reasons": {"file-damaged": 1}, "files": ["pages/c.png"]},
        "mistakes": {"counts": {"left-alone": 1}, "worst": [{**worst, **mistake}]},
    }  # fmt: skip


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    write_page(tmp_path / "corpus" / "pages" / "a.png", ("PRINT", 300), ("ONLY A", 600))
    write_page(tmp_path / "corpus" / "pages" / "b.png", ("PRINT", 300), ("ONLY B", 800))
    return tmp_path / "corpus"


def test_the_report_sets_other_ways_of_grouping_beside_this_one(corpus, tmp_path):
    names = ("layout_ari", "kin_ari", "pair_precision", "pair_recall", "unassigned_share")
    spans = {name: {"low": 0.4, "high": 0.6} for name in names}
    figures = {**dict.fromkeys(names, 0.5), "intervals": spans}
    ours = {**result(corpus), **dict.fromkeys(names, 0.9), "intervals": spans}

    text = write_report(
        [{**ours, "baselines": {"hdbscan": {"pages": 2, **figures}}}], tmp_path / "out"
    ).read_text("utf-8")

    assert "| hdbscan | 2 | 0.500 (0.400–0.600) |" in text
    assert "| this | 2 | 0.900 (0.400–0.600) |" in text


def test_the_report_has_figures_kinds_failures_and_mistakes(corpus, tmp_path):
    text = write_report([result(corpus)], tmp_path / "out").read_text("utf-8")
    assert "| layout_ari | 0.912 | 0.870 | 0.950 |" in text
    assert "| layout_ari | 0.800 (0.700–0.900), 2 p. |" in text
    assert "| file-damaged | 1 |" in text
    assert "It is a@1; found: alone." in text


def test_several_seeds_stand_side_by_side_and_each_mistake_shows_its_own_corpus(corpus, tmp_path):
    mine = {"corpus": str(corpus), "seed": 3}
    both = {
        **result(corpus, **mine), "corpus": "own forms", "seeds": [2, 3],
        "by_seed": [{"seed": 2, "layout_ari": 0.9}, {"seed": 3, "layout_ari": 0.924}],
    }  # fmt: skip
    text = write_report([both], tmp_path / "out").read_text("utf-8")
    assert "| Figure | Seed 2 | Seed 3 |" in text
    assert "| layout_ari | 0.900 | 0.924 |" in text
    assert "| seconds_per_page | – | – |" in text
    assert (tmp_path / "out" / "1-mistake-01.jpg").is_file()


def test_a_result_without_pages_that_failed_is_shown(corpus, tmp_path):
    drift = {k: v for k, v in result(corpus).items() if k not in ("failed", "mistakes")}
    text = write_report([{**drift, "evaluation": "drift"}], tmp_path / "out").read_text("utf-8")
    assert text.startswith("# Evaluation\n\n## Drift")
    assert "### By kind of change" in text
    assert "degradation" not in text


def test_everything_the_report_shows_lies_beside_it(corpus, tmp_path):
    page = write_report([result(corpus)], tmp_path / "out")
    shown = [part.split(")")[0] for part in page.read_text("utf-8").split("](")[1:]]
    assert len(shown) == 2
    assert all((page.parent / name).is_file() for name in shown)


def test_a_corpus_that_is_gone_costs_the_pictures_alone(corpus, tmp_path):
    moved = result(tmp_path / "gone")
    text = write_report([moved], tmp_path / "out").read_text("utf-8")
    assert "(no picture)" in text
    assert "0.912" in text


def test_a_file_that_is_no_result_is_refused(tmp_path):
    with pytest.raises(InvalidInputError, match="result 1"):
        write_report([{"pages": 3}], tmp_path / "out")


def test_print_of_one_page_alone_is_coloured(corpus, tmp_path):
    out = tmp_path / "mistake.jpg"
    draw_mistake(corpus / "pages" / "a.png", corpus / "pages" / "b.png", Transform.identity(), out)
    picture = cv2.imread(str(out)).astype(int)
    overlay = picture[:, 2 * picture.shape[1] // 3 + 20 :]
    blue, red = (overlay[..., c] - overlay[..., 2 - c] > 120 for c in (0, 2))
    assert red[540:620].any() and not red[700:].any()
    assert blue[740:820].any() and not blue[:640].any()
    assert not (red | blue)[200:320].any()


def test_a_mistake_without_another_page_shows_the_page_alone(corpus, tmp_path):
    draw_mistake(corpus / "pages" / "a.png", None, None, tmp_path / "alone.jpg")
    assert cv2.imread(str(tmp_path / "alone.jpg")).shape == (1000, 700, 3)


def test_bars_are_as_long_as_their_values():
    bars = ElementTree.fromstring(draw_bars("A < B", [Bar("half", 0.5, 0.4, 0.6)]))
    rects = bars.findall("{http://www.w3.org/2000/svg}rect")
    background, bar = rects[1], rects[2]
    assert float(bar.get("width")) == pytest.approx(float(background.get("width")) / 2)
    texts = [each.text for each in bars.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["A < B", "half", "0.500"]


def test_a_mistake_in_a_field_is_shown_as_a_piece_of_the_page(corpus, tmp_path):
    mistake = {"box": [0.05, 0.25, 0.6, 0.32], "other": None, "likeness": None}
    write_report([result(corpus, **mistake)], tmp_path / "out")
    picture = cv2.imread(str(tmp_path / "out" / "1-mistake-01.jpg"))
    assert picture.shape[0] < 200
    assert picture.min() < 100
