"""The evaluation of proposed schemas on a few of our own forms."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import pytest

from eval.forms import write_corpus
from eval.report.page import write_report
from eval.results import Json
from eval.schema.run import evaluate_schema

T = TypeVar("T")


def quietly(items: Iterable[T], description: str) -> Iterable[T]:
    return items


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Draw three copies of a receipt; all of another form but one page are cut short."""
    folder = tmp_path_factory.mktemp("corpus")
    write_corpus(folder, seeds=3, mix={"light": 1.0}, only=["receipt", "order"])
    for page in sorted((folder / "pages").glob("own_order*"))[:-1]:
        page.write_bytes(page.read_bytes()[:2000])
    return folder


@pytest.fixture(scope="module")
def result(corpus: Path) -> Json:
    return evaluate_schema(corpus, copies=3, fax=False, limit=2, seed=1, track=quietly)


def test_a_form_built_from_its_copies_has_most_of_its_fields(result):
    assert result["templates"] == 2
    assert result["field_precision_by_centre"] > 0.6
    assert set(result["by_kind"]["field_f1"]) == {"ja, light"}
    assert result["seconds_per_template"] > 0


def test_a_form_whose_copies_cannot_be_read_is_named(result):
    assert list(result["failed"]["reasons"].values()) == ["file-damaged"]
    assert result["field_recall"] < result["field_precision"]


def test_the_report_shows_the_worst_forms_with_their_boxes(result, tmp_path):
    page = write_report([result], tmp_path)
    assert "field_f1" in page.read_text("utf-8")
    assert (tmp_path / "1-mistake-01.jpg").stat().st_size > 10_000
