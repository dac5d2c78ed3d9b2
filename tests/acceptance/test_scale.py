"""How search grows: many made-up pages, searched by words and layout. Runs with `make bench`."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import pytest

from eval.search.scale import evaluate_scale

T = TypeVar("T")

_log = logging.getLogger(__name__)
OUT = Path("out")


def logged(items: Iterable[T], description: str) -> Iterable[T]:
    _log.info(description)
    return items


@pytest.mark.bench
@pytest.mark.timeout(8 * 3600)
@pytest.mark.parametrize("pages", [10_000, 100_000, 1_000_000])
def test_search_stays_fast_and_finds_what_is_nearest(pages: int) -> None:
    found = evaluate_scale(pages=pages, asked=200, seed=0, track=logged)
    OUT.mkdir(exist_ok=True)
    report = json.dumps(found, indent=2)
    (OUT / f"scale-{pages}.json").write_text(report, encoding="utf-8")
    _log.info("%s", report)
    assert found["vector_recall10"] >= 0.98
    assert found["words_recall1"] >= 0.98
    if pages <= 100_000:
        assert found["words_and_layout_p95_ms"] <= 100
    assert found["vector_p95_ms"] <= 60
