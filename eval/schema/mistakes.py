"""The forms whose proposed fields agree least with the truth, with the boxes to draw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from chohyo.domain.geometry import Box, Transform
from eval.results import Json
from eval.schema.figures import Judged

_WORST = 12


def mistakes_of(judged: Sequence[tuple[Judged, Json]]) -> Json:
    """Return counts of what is wrong, and the worst forms, given from the worst on.

    Boxes are four corners each, in fractions of the page that is shown.
    """
    every = [each for each, _ in judged]
    return {
        "counts": {
            "proposed-but-not-true": sum(len(each.overlap.surplus) for each in every),
            "true-but-not-proposed": sum(len(each.overlap.missed) for each in every),
        },
        "worst": [_form(each, shown) for each, shown in judged[:_WORST] if shown],
    }


def _form(each: Judged, shown: Mapping[str, object]) -> Json:
    rows = shown["transform"]
    assert isinstance(rows, list)
    onto_page = Transform(tuple(rows))
    return {
        "problem": "fields",
        "file": shown["file"],
        "kind": shown["kind"],
        "truth": f"{each.layout_id} with {len(each.true)} fields",
        "found": f"{len(each.fields)} fields, F1 {each.f1:.3f}",
        "other": None,
        "other_is": "",
        "likeness": None,
        "boxes": {
            "matched": _corners((place.box for place, _ in each.overlap.pairs), onto_page),
            "surplus": _corners((place.box for place in each.overlap.surplus), onto_page),
            "missed": _corners((true.box for true in each.overlap.missed), onto_page),
        },
    }


def _corners(boxes: Iterable[Box], onto_page: Transform) -> list[list[list[float]]]:
    return [[[round(x, 4), round(y, 4)] for x, y in onto_page.quad(box)] for box in boxes]
