"""Write scan batches as PDF, with `batches.jsonl`: what each page is, and the forms to be found."""

# PyMuPDF claims to be typed, and most of it is not.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pymupdf
from PIL import Image

from eval.batches.dealing import ScanBatch
from eval.batches.mishaps import Put, Sheet
from eval.degradation import Pixels, degrade

_DPI = 150
_A4 = (1240, 1754)
_QUALITY = 92


def write_batches(folder: Path, batches: Iterable[ScanBatch]) -> list[Path]:
    """Write each batch below `folder/batches`, and the truth beside it; return the files."""
    (folder / "batches").mkdir(parents=True, exist_ok=True)
    paths, lines = [], []
    for batch in batches:
        path = folder / "batches" / f"{batch.name}.pdf"
        path.write_bytes(scanned([sheet for _, sheet in batch.sheets]))
        paths.append(path)
        lines.append(json.dumps(_truth(batch), ensure_ascii=False) + "\n")
    (folder / "batches.jsonl").write_text("".join(lines), encoding="utf-8")
    return paths


def scanned(sheets: Sequence[Sheet]) -> bytes:
    """Return pages of a corpus behind each other as one PDF, as a scanner makes it."""
    document = pymupdf.open()
    size = _A4
    for number, sheet in enumerate(sheets):
        if sheet.truth is None:
            data = _jpeg(_empty(size, number))
        else:
            data, size = _page(sheet.truth.path, sheet, number)
        width, height = (pixels * 72 / _DPI for pixels in size)
        page = document.new_page(width=width, height=height)
        page.insert_image(page.rect, stream=data)
    written = bytes(document.tobytes(no_new_id=True))
    document.close()
    return written


def is_readable(path: Path) -> bool:
    """Say whether a page's file is whole."""
    if path.suffix == ".pdf":
        try:
            with pymupdf.open(path) as document:
                return len(document) > 0
        except pymupdf.FileDataError:
            return False
    try:
        with Image.open(path) as image:
            image.load()
    except OSError:
        return False
    return True


def _page(path: Path, sheet: Sheet, number: int) -> tuple[bytes, tuple[int, int]]:
    """Return a page as an encoded image, and its width and height in pixels."""
    data = path.read_bytes()
    if path.suffix == ".pdf":
        with pymupdf.open(stream=data, filetype="pdf") as one:
            data = bytes(one[0].get_pixmap(dpi=_DPI).tobytes("png"))
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    pixels = np.asarray(image, np.uint8)
    if sheet.doubled:  # the second scan of a page lies a little differently
        pixels = degrade(pixels, "light", np.random.default_rng(number)).image
    if sheet.rotation:
        pixels = np.ascontiguousarray(np.rot90(pixels, -sheet.rotation // 90))
    height, width = pixels.shape[:2]
    as_it_is = not (sheet.doubled or sheet.rotation)
    return data if as_it_is else _jpeg(pixels), (width, height)


def _empty(size: tuple[int, int], number: int) -> Pixels:
    """Return an empty sheet of paper as a scanner sees it: not quite white, with dust."""
    paper = np.full((size[1], size[0]), 250, np.uint8)
    return degrade(paper, "scan", np.random.default_rng(number)).image


def _jpeg(image: Pixels) -> bytes:
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return bytes(np.asarray(data, np.uint8).tobytes())


def _truth(batch: ScanBatch) -> dict[str, object]:
    """Return a batch as a row of `batches.jsonl`; pages count from 1."""
    places: dict[str, list[int]] = {put.document: [] for put in batch.puts}
    rows = []
    for number, (put, sheet) in enumerate(batch.sheets, start=1):
        if sheet.truth is not None:
            places[put.document].append(number)
        rows.append(_page_truth(number, put, sheet))
    return {
        "file": f"batches/{batch.name}.pdf",
        "pages": rows,
        "instances": [
            {
                "id": put.document,
                "form": put.form,
                "pages": places[put.document],
                "missing": list(put.missing),
                "swapped": put.swapped,
            }
            for put in batch.puts
        ],
    }


def _page_truth(number: int, put: Put, sheet: Sheet) -> dict[str, object]:
    truth = sheet.truth
    return {
        "page_no": number,
        "source": truth.file if truth else None,
        "template_id": truth.template_id if truth else None,
        "layout_id": truth.layout_id if truth else None,
        "instance": put.document if truth else None,
        "page": truth.page if truth else None,
        "rotation": sheet.rotation,
        "blank": truth is None,
        "doubled": sheet.doubled,
    }
