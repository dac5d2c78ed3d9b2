"""Piles of our own forms."""

from __future__ import annotations

from pathlib import Path

from eval.degradation import GENTLE_MIX
from eval.forms.catalogue import form_type
from eval.forms.files import pdf_of, write_page
from eval.forms.filling import DPI, fill_page


def draw(folder: Path, type_id: str, seeds: range) -> list[Path]:
    """Write filled copies of a form type: an image each, or a PDF when it has several pages."""
    form = form_type(type_id)
    edition, paths = form.editions[-1], []
    folder.mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        images = [
            fill_page(form, edition, number, seed, mix=GENTLE_MIX).image
            for number in range(1, len(form.pages) + 1)
        ]
        if len(images) > 1:
            path = folder / f"{type_id}-{seed}.pdf"
            path.write_bytes(pdf_of(images, DPI))
        else:
            path = folder / f"{type_id}-{seed}.png"
            write_page(path, images[0], DPI)
        paths.append(path)
    return paths
