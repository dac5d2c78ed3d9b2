"""Read a corpus folder: page files, and `labels.jsonl` with the truth about each."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from scipy.cluster.hierarchy import DisjointSet

from chohyo.errors import InvalidInputError

_LABELS = "labels.jsonl"


@dataclass(frozen=True, slots=True)
class CorpusPage:
    """A page and the truth about it.

    `layout_id` is shared by pages whose print is identical (strict), `kin_id` by pages that are
    editions of one form page (loose). `kind` says how the page was degraded. `file` is relative to
    the corpus, `path` is not. `form` names the edition, `document` the filled copy of it of which
    this is page `page`; a corpus that does not tell has documents of one page.
    """

    file: str
    path: Path
    layout_id: str
    kin_id: str
    kind: str
    form: str = ""
    document: str = ""
    page: int = 1
    template_id: str = ""

    def __post_init__(self) -> None:
        """Take a page without a copy to belong to for a copy of its own."""
        for name, default in (
            ("form", self.layout_id),
            ("document", self.file),
            ("template_id", self.layout_id),
        ):
            if not getattr(self, name):
                object.__setattr__(self, name, default)


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
    """Return at most `limit` pages: whole forms, drawn by lot; the rest passed over.

    A form is never cut, so a limit below the smallest form gives that form.
    """
    if limit is None or limit >= len(pages):
        return list(pages)
    drawn = by_whole_form(pages)
    Random(seed).shuffle(drawn)
    chosen: list[CorpusPage] = []
    for form in drawn:
        if len(chosen) + len(form) <= limit:
            chosen += form
    smallest = min(drawn, key=lambda form: (len(form), form[0].kin_id))
    return sorted(chosen or smallest, key=lambda page: page.file)


def by_whole_form(pages: Sequence[CorpusPage]) -> list[list[CorpusPage]]:
    """Return the pages of each form: of all kin families that share a filled copy."""
    joined = DisjointSet(page.kin_id for page in pages)
    for copy in by_document(pages):
        for page in copy[1:]:
            joined.merge(copy[0].kin_id, page.kin_id)
    families = by_kin(pages)
    forms = [sorted(kin_ids) for kin_ids in joined.subsets()]
    return [[page for kin_id in form for page in families[kin_id]] for form in sorted(forms)]


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


def by_document(pages: Sequence[CorpusPage]) -> list[tuple[CorpusPage, ...]]:
    """Return the pages of each filled copy in page order, the copies by name."""
    documents: defaultdict[str, list[CorpusPage]] = defaultdict(list)
    for page in pages:
        documents[page.document].append(page)
    return [
        tuple(sorted(documents[name], key=lambda page: page.page)) for name in sorted(documents)
    ]


def _page(folder: Path, number: int, line: str) -> CorpusPage:
    try:
        row: Mapping[str, Any] = json.loads(line)
        form, document = _copy_of(row)
        return CorpusPage(
            file=str(row["file"]),
            path=folder / str(row["file"]),
            layout_id=str(row["layout_id"]),
            kin_id=str(row["kin_id"]),
            kind=str(row["scan"]["kind"]),
            form=form,
            document=document,
            page=int(row.get("page", 1)),
            template_id=str(row.get("template_id", "")),
        )
    except (ValueError, TypeError) as error:
        raise InvalidInputError(field=_LABELS, reason=f"line {number} is no label") from error
    except KeyError as error:
        raise InvalidInputError(field=_LABELS, reason=f"line {number} lacks {error}") from error


def _copy_of(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return the names of the edition and of the filled copy that a page belongs to."""
    if any(name not in row for name in ("family", "version", "page", "seed")):
        return "", ""
    form = f"{row['family']}@{row['version']}"
    return form, f"{form}.s{row['seed']}"
