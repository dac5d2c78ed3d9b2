"""What is asked in the measurement, and which pages answer it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from random import Random

import cv2
import numpy as np

from chohyo.domain.geometry import Box
from chohyo.pages.images import decode_colour, encode_jpeg
from chohyo.search.folding import fold, squeezed
from eval.corpus import CorpusPage
from eval.degradation import degrade
from eval.search.noise import misread
from eval.search.truth import PageTruth

NOISES = (0, 5, 15, 25)
_PHRASE = 14  # characters of a text whose noise is measured
_LONGEST = 40
_REGION = (0.25, 0.60)  # share of the page on a screenshot
_SCALES = (0.5, 1.3)
_QUALITIES = (45, 90)
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_INKED = 0.004
_ISSUED = re.compile(r"orca/(?P<issuer>\d\d[a-z]+)-(?P<kind>[A-Z]+)")


@dataclass(frozen=True, slots=True)
class Asked:
    """A query about the page `source`, answered by any of `answers` (files of the corpus)."""

    source: CorpusPage
    answers: frozenset[str]
    text: str = ""
    image: bytes | None = None
    like: bool = False
    box: Box | None = None


def value_queries(
    pages: Sequence[CorpusPage], truth: Mapping[str, PageTruth], lot: Random
) -> list[Asked]:
    """Ask for a value of each page, half of them in the other width; all that hold it answer."""
    holders: dict[str, set[str]] = {}
    for file, known in truth.items():
        for value in known.folded_values:
            holders.setdefault(value, set()).add(file)
    asked = []
    for page in pages:
        values = truth[page.file].values
        if values:
            value = lot.choice(values)[:_LONGEST]
            answers = _holding(squeezed(fold(value)), holders)
            text = value.translate(_FULL_WIDTH) if lot.random() < 0.5 else value
            asked.append(Asked(page, answers, text))
    return asked


def noise_queries(
    pages: Sequence[CorpusPage], truth: Mapping[str, PageTruth], share: float, lot: Random
) -> list[Asked]:
    """Ask for what stands in neighbouring fields of each page, misread; the page itself answers."""
    asked = []
    for page in pages:
        values = truth[page.file].values
        if not values:
            continue
        first = lot.randrange(len(values))
        phrase = ""
        for value in (*values[first:], *values[:first]):
            phrase = f"{phrase} {value}".strip()
            if len(squeezed(phrase)) >= _PHRASE:
                break
        text = misread(phrase[:_LONGEST], share, lot)
        if len(squeezed(fold(text))) >= _PHRASE // 2:
            asked.append(Asked(page, frozenset({page.file}), text))
    return asked


def label_queries(
    pages: Sequence[CorpusPage], truth: Mapping[str, PageTruth], lot: Random
) -> list[Asked]:
    """Ask for words of a label of each page; pages that print the label answer."""
    printing: dict[str, set[str]] = {}
    for file, known in truth.items():
        for label in known.labels:
            printing.setdefault(label, set()).add(file)
    asked = []
    for page in pages:
        labels = truth[page.file].labels
        if labels:
            label = lot.choice(labels)
            asked.append(Asked(page, frozenset(printing[label]), label[:_LONGEST]))
    return asked


def paraphrase_queries(pages: Sequence[CorpusPage], language: str) -> list[Asked]:
    """Ask for our own form types in other words than theirs; first pages of that type answer."""
    text = (files("eval.search") / "paraphrases.toml").read_text("utf-8")
    asked = []
    for form, by_language in tomllib.loads(text).items():
        of_form = [page for page in pages if page.kin_id == f"own/{form}#p1"]
        answers = frozenset(page.file for page in of_form)
        asked += [Asked(of_form[0], answers, each) for each in by_language[language] if of_form]
    return asked


def screenshot_queries(pages: Sequence[CorpusPage], lot: Random) -> list[Asked]:
    """Ask by a piece of each page, in another size and as JPEG; a blank piece is drawn again."""
    asked = []
    for page in pages:
        image = decode_colour(page.path.read_bytes())
        box = _inked_box(image, lot)
        if box is None:
            continue
        height, width = image.shape[:2]
        piece = image[
            int(box.y0 * height) : int(box.y1 * height), int(box.x0 * width) : int(box.x1 * width)
        ]
        scale = lot.uniform(*_SCALES)
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        sized = cv2.resize(piece, None, fx=scale, fy=scale, interpolation=way)
        data = encode_jpeg(np.asarray(sized, np.uint8), quality=lot.randint(*_QUALITIES))
        asked.append(Asked(page, frozenset({page.file}), image=data, box=box))
    return asked


def photo_queries(pages: Sequence[CorpusPage], lot: Random) -> list[Asked]:
    """Ask by a photo of each page."""
    asked = []
    for page in pages:
        image = decode_colour(page.path.read_bytes())
        rng = np.random.default_rng(lot.randrange(1 << 32))
        photo = degrade(image, "photo", rng).image
        asked.append(Asked(page, frozenset({page.file}), image=encode_jpeg(photo, quality=80)))
    return asked


def family_queries(pages: Sequence[CorpusPage], filed: Sequence[CorpusPage]) -> list[Asked]:
    """Ask for more like each page that has kin among those filed: pages of its family answer."""
    families: dict[str, set[str]] = {}
    for page in filed:
        families.setdefault(page.kin_id, set()).add(page.file)
    return [
        Asked(page, frozenset(families[page.kin_id] - {page.file}), like=True)
        for page in pages
        if len(families[page.kin_id]) > 1
    ]


def edition_queries(pages: Sequence[CorpusPage], filed: Sequence[CorpusPage]) -> list[Asked]:
    """Ask for more like each page of which another edition is filed: pages of that one answer."""
    asked = []
    for page in pages:
        others = {
            p.file for p in filed if p.kin_id == page.kin_id and p.layout_id != page.layout_id
        }
        if others:
            asked.append(Asked(page, frozenset(others), like=True))
    return asked


def issuer_queries(pages: Sequence[CorpusPage], filed: Sequence[CorpusPage]) -> list[Asked]:
    """Ask for more like each page whose kind of form another issuer has too: that one's answer.

    Issuer and kind are in the names of prefectures' forms: `orca/38ehime-SKT3800` is Ehime's SKT.
    """
    known = {page.file: _ISSUED.match(page.kin_id) for page in filed}
    asked = []
    for page in pages:
        own = _ISSUED.match(page.kin_id)
        if own is None:
            continue
        others = {
            file
            for file, each in known.items()
            if each and each["kind"] == own["kind"] and each["issuer"] != own["issuer"]
        }
        if others:
            asked.append(Asked(page, frozenset(others), like=True))
    return asked


def _holding(value: str, holders: Mapping[str, set[str]]) -> frozenset[str]:
    return frozenset(file for held, files in holders.items() if value in held for file in files)


def _inked_box(image: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], lot: Random) -> Box | None:
    for _ in range(20):
        share, shape = lot.uniform(*_REGION), lot.uniform(0.7, 1.4)
        height = min(1.0, (share * shape) ** 0.5)
        width = min(1.0, share / height)
        x, y = lot.uniform(0, 1 - width), lot.uniform(0, 1 - height)
        box = Box(x, y, x + width, y + height)
        rows, columns = image.shape[:2]
        piece = image[int(y * rows) : int(box.y1 * rows), int(x * columns) : int(box.x1 * columns)]
        grey = cv2.cvtColor(piece, cv2.COLOR_BGR2GRAY)
        if float((grey < int(np.median(grey)) - 60).mean()) > _INKED:
            return box
    return None
