"""Write a corpus folder: degraded pages, and `labels.jsonl` with the truth, one row a page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from eval.forms.catalogue import FORM_TYPES, form_type
from eval.forms.editions import layout_edition
from eval.forms.files import Format, pdf_of, write_page
from eval.forms.filling import DPI, FilledPage, fill_page
from eval.forms.form import FormType
from eval.forms.truth import as_row

# Most office scanners are set to grey.
_COLOR_SHARE = 0.35


@dataclass(frozen=True, slots=True)
class CorpusSummary:
    """What was written."""

    pages: int
    instances: int
    families: int
    layouts: int
    documents: int


def write_corpus(
    out: Path,
    *,
    seeds: int,
    copies_seed: int = 0,
    mix: Mapping[str, float] | None = None,
    only: Sequence[str] | None = None,
    formats: Format = "png",
    documents: bool = False,
    dpi: int = DPI,
) -> CorpusSummary:
    """Write `seeds` copies of every edition of the form types (`only` those named).

    `documents` also writes each instance of several pages as one PDF under `documents/`. The same
    arguments give the same bytes.

    Raises:
        KeyError: `only` names an unknown form type.
    """
    forms = [form_type(name) for name in only] if only is not None else list(FORM_TYPES.values())
    (out / "pages").mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, object]] = []
    written = 0
    for instance in _instances(forms, range(copies_seed, copies_seed + seeds), mix, dpi):
        for page in instance:
            row = _row(page, formats)
            write_page(out / str(row["file"]), page.image, dpi)
            rows.append(row)
        if documents and len(instance) > 1:
            written += 1
            _write_document(out / "documents", instance)
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (out / "labels.jsonl").write_text(lines, encoding="utf-8")
    return CorpusSummary(
        pages=len(rows),
        instances=len({(row["family"], row["version"], row["seed"]) for row in rows}),
        families=len({row["family_id"] for row in rows}),
        layouts=len({row["layout_id"] for row in rows}),
        documents=written,
    )


def _instances(
    forms: Sequence[FormType], seeds: range, mix: Mapping[str, float] | None, dpi: int
) -> Iterator[list[FilledPage]]:
    for form in forms:
        for edition in form.editions:
            for seed in seeds:
                color = Random(f"color/{form.id}@{edition}/{seed}").random() < _COLOR_SHARE
                yield [
                    fill_page(form, edition, page, seed, mix=mix, dpi=dpi, color=color)
                    for page in range(1, len(form.pages) + 1)
                ]


def _write_document(folder: Path, instance: Sequence[FilledPage]) -> None:
    folder.mkdir(exist_ok=True)
    first = instance[0]
    name = f"own_{first.form.id}@{first.edition}.s{first.seed}.pdf"
    (folder / name).write_bytes(pdf_of([page.image for page in instance], first.dpi))


def _row(page: FilledPage, suffix: str) -> dict[str, object]:
    """Return a page as a row of `labels.jsonl`."""
    form, edition, number = page.form, page.edition, page.page
    doc = f"own_{form.id}@{edition}_p{number}.s{page.seed}"
    height, width = page.image.shape[:2]
    family = f"own/{form.id}#p{number}"
    layout = layout_edition(form, edition, number)
    return {
        "file": f"pages/{doc}.{suffix}",
        "doc": doc,
        "seed": page.seed,
        "source": "own",
        "family": form.id,
        "version": edition,
        "page": number,
        "title": form.title,
        "family_id": family,
        "kin_id": family,
        "template_id": f"own/{form.id}@{edition}#p{number}",
        "layout_id": f"own/{form.id}@{layout}#p{number}",
        "lang": form.lang,
        "dpi": page.dpi,
        "width": width,
        "height": height,
        "ink": page.ink,
        "scan": dict(page.scan),
        "fields": [as_row(field) for field in page.fields],
    }
