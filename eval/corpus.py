"""Read a corpus folder: page files, and `labels.jsonl` with the truth about each."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from chohyo.errors import InvalidInputError

_LABELS = "labels.jsonl"


@dataclass(frozen=True, slots=True)
class CorpusPage:
    """A page and the truth about it.

    `layout_id` is shared by pages whose print is identical (strict), `kin_id` by pages that are
    editions of one form page (loose). `kind` says how the page was degraded. `file` is relative to
    the corpus, `path` is not.
    """

    file: str
    path: Path
    layout_id: str
    kin_id: str
    kind: str


def read_corpus(folder: Path) -> list[CorpusPage]:
    """Return the pages of a corpus, ordered by file name.

    Raises:
        InvalidInputError: the folder has no labels, or a row lacks something.
    """
    labels = folder / _LABELS
    if not labels.is_file():
        raise InvalidInputError(field="corpus", reason=f"{labels} is not there")
    lines = labels.read_text("utf-8").splitlines()
    pages = [_page(folder, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    return sorted(pages, key=lambda page: page.file)


def sample_pages(pages: Sequence[CorpusPage], limit: int | None, seed: int) -> list[CorpusPage]:
    """Return at most `limit` pages: whole kin families, drawn by lot; the rest passed over.

    A family is never cut, so a limit below the smallest family gives that family.
    """
    if limit is None or limit >= len(pages):
        return list(pages)
    families = by_kin(pages)
    drawn = sorted(families)
    Random(seed).shuffle(drawn)
    chosen: list[CorpusPage] = []
    for kin_id in drawn:
        if len(chosen) + len(families[kin_id]) <= limit:
            chosen += families[kin_id]
    smallest = min(drawn, key=lambda kin_id: (len(families[kin_id]), kin_id))
    return sorted(chosen or families[smallest], key=lambda page: page.file)


def by_kin(pages: Sequence[CorpusPage]) -> dict[str, list[CorpusPage]]:
    """Return the pages by kin family."""
    families: defaultdict[str, list[CorpusPage]] = defaultdict(list)
    for page in pages:
        families[page.kin_id].append(page)
    return dict(families)


def by_layout(pages: Sequence[CorpusPage]) -> dict[str, list[CorpusPage]]:
    """Return the pages by layout."""
    layouts: defaultdict[str, list[CorpusPage]] = defaultdict(list)
    for page in pages:
        layouts[page.layout_id].append(page)
    return dict(layouts)


def _page(folder: Path, number: int, line: str) -> CorpusPage:
    try:
        row: Mapping[str, Any] = json.loads(line)
        return CorpusPage(
            file=str(row["file"]),
            path=folder / str(row["file"]),
            layout_id=str(row["layout_id"]),
            kin_id=str(row["kin_id"]),
            kind=str(row["scan"]["kind"]),
        )
    except (json.JSONDecodeError, TypeError) as error:
        raise InvalidInputError(field=_LABELS, reason=f"line {number} is no label") from error
    except KeyError as error:
        raise InvalidInputError(field=_LABELS, reason=f"line {number} lacks {error}") from error
