"""Onboard a template from copies, as the agent does, and take its true boxes from the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Box, Transform
from chohyo.domain.templates import FieldOption, FieldSpec, FieldType
from chohyo.matching.features import LONG_SIDE, PageFeatures, extract_features
from chohyo.matching.registration import register
from chohyo.models.ocr import TextRecognizer
from chohyo.pages.images import decode_colour, decode_grey, shrunk
from chohyo.pages.limits import Limits
from chohyo.pages.parsing import render_pages
from eval.extraction.truth import FilledPage, TrueField
from eval.schema.building import LaidCopy, build_from

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Scan:
    """A filled page as the product sees it."""

    truth: FilledPage
    image: Image
    features: PageFeatures


@dataclass(frozen=True, slots=True)
class Template:
    """What reading needs of a template page.

    `true_fields` lie where the truth of the copies puts them; their names are those of the truth.
    """

    blank: Image
    features: PageFeatures
    true_fields: tuple[FieldSpec, ...]
    proposed_fields: tuple[FieldSpec, ...]


def scan(truth: FilledPage) -> Scan:
    """Render a file's first page, in a process of its own as the product does.

    Raises:
        RejectedFileError: the file cannot be read.
    """
    page = next(iter(render_pages(truth.page.path, truth.page.path.name, Limits())))
    features = extract_features(decode_grey(page.model))
    return Scan(truth, decode_colour(page.evidence), features)


def onboard(copies: Sequence[Scan], recognizer: TextRecognizer) -> Template:
    """Build a template of copies as the product does, and map the true fields onto its form."""
    used, transforms = _laid(copies)
    laid = [
        LaidCopy(place, each.image, move)
        for place, (each, move) in enumerate(zip(used, transforms, strict=True))
    ]
    built = build_from(laid, recognizer)
    moves = [copy.transform for copy in built.copies]
    true = _true_fields([each.truth for each in used], moves)
    features = extract_features(shrunk(built.blank.image, LONG_SIDE))
    return Template(built.blank.image, features, true, tuple(built.fields))


def _laid(copies: Sequence[Scan]) -> tuple[list[Scan], list[Transform]]:
    """Lay the copies onto the one on which most of them lie; the others are left out."""
    best: list[tuple[Scan, Transform]] = []
    for reference in copies:
        laid = [(reference, Transform.identity())]
        for each in copies:
            found = register(each.features, reference.features) if each is not reference else None
            if found is not None:
                laid.append((each, found.transform))
        best = max(best, laid, key=len)
        if len(best) == len(copies):
            break
    return [each for each, _ in best], [move for _, move in best]


def _true_fields(
    pages: Sequence[FilledPage], transforms: Sequence[Transform]
) -> tuple[FieldSpec, ...]:
    """Map the truth's quads through the registration of the copies; take the median corner."""
    corners: dict[str, list[list[tuple[float, float]]]] = {}
    for page, move in zip(pages, transforms, strict=True):
        for field in page.fields:
            corners.setdefault(field.name, []).append([move.point(x, y) for x, y in field.quad])
    return tuple(
        _spec(field, np.median(np.array(corners[field.name]), axis=0), order)
        for order, field in enumerate(pages[0].fields, 1)
    )


def _spec(field: TrueField, corners: NDArray[np.float64], order: int) -> FieldSpec:
    left, right = corners[[0, 3], 0].mean(), corners[[1, 2], 0].mean()
    top, bottom = corners[[0, 1], 1].mean(), corners[[2, 3], 1].mean()
    box = Box(*(float(min(1.0, max(0.0, v))) for v in (left, top, right, bottom)))
    options = (FieldOption("yes", box),) if field.kind == "circle" else ()
    return FieldSpec(field.name, "", _type(field), 1, box, order, options=options)


def _type(field: TrueField) -> FieldType:
    if field.kind == "circle":
        return FieldType.CHOICE
    if field.is_mark:
        return FieldType.CHECKBOX
    return field.semantic or FieldType.TEXT
