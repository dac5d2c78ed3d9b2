"""Measure drift: pages until it is seen, and alarms where the print stays the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.geometry import Box
from chohyo.domain.ids import new_id
from chohyo.pages.images import decode_grey
from eval.corpus import CorpusPage, by_kin, by_layout, read_corpus
from eval.drift.changes import CHANGES, changed_form
from eval.drift.stream import Watched
from eval.forms import FORM_TYPES, FormType
from eval.forms.filling import blank_of, fill_page
from eval.metrics.intervals import Figure, mean_of, measure
from eval.progress import Track
from eval.results import Json, figures_as_json

_MIX = {"light": 2.0, "scan": 5.0, "photo": 1.0, "fax": 1.0}
_DPI = 110
_OLD_SEEDS, _NEW_SEEDS, _EXEMPLAR_SEEDS = 1_000, 5_000, 9_000
_MIXED = "-mixed"  # of a change: each page of changed print follows one of the old
_FEWEST_OLD = 6  # copies of an edition of a corpus that others are watched from

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Stream:
    """Pages of one form: old ones, then such as are printed differently in the ways named.

    Under a name with `_MIXED` old pages go on to arrive between them.
    """

    name: str
    watched: Callable[[], Watched]
    old: Sequence[Image]
    changed: Sequence[tuple[str, Sequence[Image]]]


@dataclass(frozen=True, slots=True)
class Seen:
    """After how many pages drift was seen, old ones among them included; None when in none."""

    stream: str
    change: str
    after: int | None
    pages: int


def evaluate_drift(
    corpus: Path | None,
    *,
    only: Sequence[str],
    copies: int,
    old: int,
    new: int,
    seed: int,
    track: Track,
) -> Json:
    """Watch streams of our own forms, or of a corpus whose families have several editions.

    Args:
        corpus: folder of a corpus; our own forms with None.
        only: form types of our own to draw; all of them when empty.
        copies: exemplars that a form is known by.
        old: pages of unchanged print, in which no drift is to be seen.
        new: most pages of changed print.
        seed: decides every draw.
        track: shows progress.
    """
    names = list(only) or sorted(FORM_TYPES)
    rules = (copies, old, new, seed)
    streams: list[Callable[[], Stream | None]] = []
    if corpus is None:
        streams += [partial(_drawn, FORM_TYPES[name], *rules) for name in names]
    else:
        families = by_kin(read_corpus(corpus))
        streams += [partial(_of_corpus, families[kin], *rules) for kin in sorted(families)]
    seen: list[Seen] = []
    alarms: list[bool] = []
    for make in track(streams, "Watching forms"):
        stream = make()
        if stream is not None:
            quiet, found = _watch(stream)
            alarms += quiet
            seen += found
    return {
        "evaluation": "drift", "corpus": str(corpus.resolve()) if corpus else "own forms",
        "seed": seed, "copies": copies, "old_pages": len(alarms),
        "changes": len(seen),
        **figures_as_json(_figures(seen, alarms, seed)),
        "streams": [
            {"form": s.stream, "change": s.change, "after": s.after, "of": s.pages} for s in seen
        ],
    }  # fmt: skip


def _figures(seen: Sequence[Seen], alarms: Sequence[bool], seed: int) -> dict[str, Figure]:
    kinds = [each.change for each in seen]
    figures = {}
    if seen:
        found = [each.after is not None for each in seen]
        figures["drift_seen"] = measure(mean_of(found), kinds, seed)
        within = [each.after if each.after is not None else each.pages + 1 for each in seen]
        figures["pages_until_seen"] = measure(mean_of(within), kinds, seed)
    if alarms:
        rate = [1000.0 * alarm for alarm in alarms]
        figures["false_alarms_per_1000"] = measure(mean_of(rate), ["old"] * len(alarms), seed)
    return figures


def _watch(stream: Stream) -> tuple[list[bool], list[Seen]]:
    """Return for each old page whether drift was seen at it, and what was seen of each change."""
    watched = stream.watched()
    quiet = [watched.see(page, new_id()) is not None for page in stream.old]
    found = []
    for change, pages in stream.changed:
        branch = watched.branch()
        after = next(
            (n for n, page in enumerate(pages, 1) if branch.see(page, new_id()) is not None), None
        )
        found.append(Seen(stream.name, change, after, len(pages)))
    return quiet, found


def _drawn(form: FormType, copies: int, old: int, new: int, seed: int) -> Stream:
    edition = form.editions[-1]
    sheet = form.sheet(edition)
    fields = [
        Box(
            each.area.x0 / sheet.width, each.area.y0 / sheet.height,
            each.area.x1 / sheet.width, each.area.y1 / sheet.height,
        )
        for each in sheet.blanks
    ]  # fmt: skip

    def pages(of: FormType, start: int, count: int) -> list[Image]:
        seeds = range(start + 100 * seed, start + 100 * seed + count)
        return [fill_page(of, edition, 1, each, mix=_MIX, dpi=_DPI).image for each in seeds]

    changed = {name: changed_form(form, edition, name, seed) for name in CHANGES}
    late = pages(form, _OLD_SEEDS + old, new)  # old pages that still arrive beside the new ones
    blank = blank_of(form, edition, 1, _DPI)
    exemplars = pages(form, _EXEMPLAR_SEEDS, copies)
    found: list[tuple[str, Sequence[Image]]] = []
    for name, other in changed.items():
        if other is not None:
            drawn = pages(other, _NEW_SEEDS, new)
            found += [(name, drawn), (name + _MIXED, _alternating(late, drawn))]
    return Stream(
        form.id,
        lambda: Watched.learn(blank, exemplars, fields),
        pages(form, _OLD_SEEDS, old),
        found,
    )


def _alternating(old: Sequence[Image], new: Sequence[Image]) -> list[Image]:
    return [page for pair in zip(old, new, strict=True) for page in pair]


def _of_corpus(
    pages: Sequence[CorpusPage], copies: int, old: int, new: int, seed: int
) -> Stream | None:
    """Watch the edition with most copies; the family's other editions are what it drifts to.

    The blank form is not known: a copy stands for it, and no field is known either.
    """
    layouts = by_layout(pages)
    first = max(sorted(layouts), key=lambda each: len(layouts[each]))
    if len(layouts[first]) < _FEWEST_OLD:
        return None
    drawn = list(layouts[first])
    Random(seed).shuffle(drawn)
    images = [decode_grey(page.path.read_bytes()) for page in drawn[: copies + old]]
    others = [
        ("edition", [decode_grey(page.path.read_bytes()) for page in layouts[other][:new]])
        for other in sorted(layouts)
        if other != first and len(layouts[other]) >= copies
    ]
    return Stream(
        first,
        lambda: Watched.learn(images[0], images[:copies], ()),
        images[copies:],
        others,
    )
