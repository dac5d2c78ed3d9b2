"""Build a template from copies the way the product does, without its database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from chohyo.discovery import blank_form
from chohyo.discovery.blank_form import BlankForm
from chohyo.discovery.fields import BlankPage, propose_fields
from chohyo.discovery.straight import straightened
from chohyo.discovery.trial import Copy, retyped, try_fields
from chohyo.domain.geometry import Transform
from chohyo.domain.templates import FieldSpec
from chohyo.domain.values import Reading
from chohyo.matching.features import PageFeatures, extract_features
from chohyo.matching.registration import register
from chohyo.models.ocr import TextLine, TextRecognizer
from chohyo.pages.images import decode_colour, decode_grey
from chohyo.pages.limits import Limits
from chohyo.pages.parsing import render_pages

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class LaidCopy:
    """A copy's image, and how it lies on the template; `place` is its number in what was given."""

    place: int
    image: Image
    transform: Transform


@dataclass(slots=True)
class Built:
    """A template as proposed; `seconds` by step, opening files and registration left out."""

    copies: list[LaidCopy]
    blank: BlankForm
    lines: Sequence[TextLine]
    fields: list[FieldSpec]
    readings: dict[str, list[Reading]]
    seconds: dict[str, float] = field(default_factory=dict)


class NotLyingError(ValueError):
    """Fewer than two of the copies lie on each other."""


def build(paths: Sequence[Path], recognizer: TextRecognizer) -> Built:
    """Rebuild the blank form of copies, propose its fields and try them on the copies.

    Raises:
        RejectedFileError: a file cannot be read.
        NotLyingError: no page of several lies on another.
    """
    return build_from(lay_copies(paths), recognizer)


def build_from(laid: list[LaidCopy], recognizer: TextRecognizer) -> Built:
    """Build a template from copies that lie on one of them."""
    seconds: dict[str, float] = {}
    before = perf_counter()
    height, width = max((c.image.shape[:2] for c in laid), key=lambda s: s[0] * s[1])
    images, size = [copy.image for copy in laid], (width, height)
    moves = straightened(images, [copy.transform for copy in laid], size)
    blank = blank_form.rebuild(images, moves, size)
    laid = [replace(copy, transform=move) for copy, move in zip(laid, moves, strict=True)]
    seconds["blank"] = perf_counter() - before
    before = perf_counter()
    lines = recognizer.read_page(blank.image)
    seconds["print"] = perf_counter() - before
    before = perf_counter()
    fields = propose_fields([BlankPage(blank, lines)])
    seconds["fields"] = perf_counter() - before
    before = perf_counter()
    copies = [Copy(c.image, c.transform) for c in laid]
    readings = try_fields(copies, blank.image, fields, recognizer)
    seconds["trial"] = perf_counter() - before
    return Built(laid, blank, lines, retyped(fields, readings), readings, seconds)


def lay_copies(paths: Sequence[Path]) -> list[LaidCopy]:
    """Open copies, and lay them onto the one on which most of them lie."""
    pages = [next(iter(render_pages(path, path.name, Limits()))) for path in paths]
    features = [extract_features(decode_grey(page.model)) for page in pages]
    best: list[tuple[int, Transform]] = []
    for reference in range(len(pages)):
        laid = _laid_on(features, reference)
        if len(laid) > len(best):
            best = laid
        if len(best) == len(pages):
            break
    if len(best) < min(2, len(pages)):
        raise NotLyingError
    return [LaidCopy(i, decode_colour(pages[i].evidence), laid) for i, laid in best]


def _laid_on(features: Sequence[PageFeatures], reference: int) -> list[tuple[int, Transform]]:
    laid = []
    for place, page in enumerate(features):
        if place == reference:
            laid.append((place, Transform.identity()))
        elif found := register(page, features[reference]):
            laid.append((place, found.transform))
    return laid
