"""The demonstration pile: a folder of scans that nobody has described."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random

from eval.degradation import GENTLE_MIX, Pixels
from eval.forms.catalogue import form_type
from eval.forms.files import pdf_of, write_page
from eval.forms.filling import DPI, fill_page
from eval.forms.strangers import stranger

_TYPES = (
    "leave",
    "enrolment",
    "invoice",
    "receipt",
    "certificate",
    "attendance",
    "direct-debit",
    "membership",
    "travel-expense",
    "vehicle",
    "intake",
    "purchase-order",
)
_STRANGERS = 4


@dataclass(frozen=True, slots=True)
class PileItem:
    """What one file of the pile holds; a stranger has an empty type."""

    filename: str
    type_id: str
    edition: str
    seed: int
    pages: int


def pile_items(copies: int = 5, seed: int = 7) -> list[PileItem]:
    """Return what the pile holds, in the order of its file names, which tell nothing."""
    rng = Random(f"pile/{seed}")
    wanted = [(type_id, seed * 1000 + copy) for type_id in _TYPES for copy in range(copies)]
    wanted += [("", seed * 1000 + copy) for copy in range(_STRANGERS)]
    rng.shuffle(wanted)
    return [_item(rng, number, *what) for number, what in enumerate(wanted, start=1)]


def _item(rng: Random, number: int, type_id: str, seed: int) -> PileItem:
    form = form_type(type_id) if type_id else None
    pages = len(form.pages) if form else 1
    suffix = "pdf" if pages > 1 else rng.choice(["jpg", "jpg", "jpg", "png"])
    edition = form.editions[-1] if form else ""
    return PileItem(f"scan_{number:03d}.{suffix}", type_id, edition, seed, pages)


def sample_pile(out: Path, *, copies: int = 5, seed: int = 7, dpi: int = DPI) -> list[Path]:
    """Write twelve form types, `copies` of each, and a few strangers; return the files in order.

    One-page forms are JPEG or PNG, two-page forms one PDF an instance; half are in colour.
    """
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    for item in sorted(pile_items(copies, seed), key=lambda i: (i.type_id, i.seed)):
        images = _images(item, dpi)
        path = out / item.filename
        if item.pages > 1:
            path.write_bytes(pdf_of(images, dpi))
        else:
            write_page(path, images[0], dpi)
        paths.append(path)
    return sorted(paths)


def _images(item: PileItem, dpi: int) -> list[Pixels]:
    color = item.seed % 2 == 0
    if not item.type_id:
        return [stranger(item.seed, dpi=dpi, color=color)]
    form = form_type(item.type_id)
    return [
        fill_page(form, item.edition, page, item.seed, mix=GENTLE_MIX, dpi=dpi, color=color).image
        for page in range(1, item.pages + 1)
    ]
