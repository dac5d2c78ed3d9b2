"""Measure the proposed schema: build each form from a few copies, and compare with its truth."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from chohyo.domain.geometry import Transform
from chohyo.errors import ChohyoError
from chohyo.models.ocr import RapidTextRecognizer, TextRecognizer
from eval.corpus import CorpusPage, by_layout, read_corpus
from eval.progress import Track
from eval.results import Json, figures_as_json
from eval.schema.building import NotLyingError, build
from eval.schema.figures import Judged, schema_figures
from eval.schema.mistakes import mistakes_of
from eval.schema.truth import PageRow, read_rows, true_fields
from eval.schema.values import normalized_right

_log = logging.getLogger(__name__)

# From the mildest to the worst.
DEGRADATIONS = ("clean", "light", "scan", "photo", "fax")


def evaluate_schema(
    corpus: Path, *, copies: int, fax: bool, limit: int | None, seed: int, track: Track
) -> Json:
    """Propose a schema for forms of a corpus, and return the figures as JSON.

    Args:
        corpus: folder of the corpus.
        copies: pages of each form to build it from; a form with fewer is built from those.
        fax: also take pages degraded like faxes.
        limit: most forms to build, of one family each as long as there are; all with None.
        seed: decides every draw.
        track: shows progress.
    """
    pages = [page for page in read_corpus(corpus) if fax or page.kind != "fax"]
    rows = read_rows(corpus)
    recognizer = RapidTextRecognizer()
    layouts = _drawn(by_layout(pages), limit, seed)
    judged, mistakes = [], []
    for layout_id in track(list(layouts), "Building forms"):
        chosen = sorted(layouts[layout_id], key=lambda page: page.file)
        Random(f"{seed}/{layout_id}").shuffle(chosen)
        each, mistake = _judge(layout_id, chosen[:copies], rows, recognizer)
        judged.append(each)
        mistakes.append(mistake)
    order = sorted(range(len(judged)), key=lambda i: (judged[i].f1, judged[i].layout_id))
    failed = [each for each in judged if each.failure]
    return {
        "evaluation": "schema", "corpus": str(corpus.resolve()), "seed": seed, "limit": limit,
        "copies": copies, "with_fax": fax,
        "templates": len(judged), "pages": sum(each.copies for each in judged),
        "fields": sum(len(each.true) for each in judged),
        **figures_as_json(schema_figures(judged, seed)),
        "failed": {
            "count": len(failed),
            "reasons": {each.layout_id: each.failure for each in failed},
            "files": [],
        },
        "mistakes": mistakes_of([(judged[i], mistakes[i]) for i in order]),
    }  # fmt: skip


def _drawn(
    layouts: Mapping[str, list[CorpusPage]], limit: int | None, seed: int
) -> dict[str, list[CorpusPage]]:
    """Draw forms by lot, another family each time until every family has one."""
    order = sorted(layouts)
    Random(seed).shuffle(order)
    turn: dict[str, int] = {}
    rank = {}
    for layout_id in order:
        kin = layouts[layout_id][0].kin_id
        rank[layout_id] = turn[kin] = turn.get(kin, -1) + 1
    order.sort(key=lambda layout_id: rank[layout_id])
    return {layout_id: layouts[layout_id] for layout_id in order[:limit]}


def _judge(
    layout_id: str,
    pages: Sequence[CorpusPage],
    rows: Mapping[str, PageRow],
    recognizer: TextRecognizer,
) -> tuple[Judged, Json]:
    worst = max((page.kind for page in pages), key=DEGRADATIONS.index)
    kind = f"{rows[pages[0].file].lang}, {worst}"
    try:
        built = build([page.path for page in pages], recognizer)
    except (ChohyoError, NotLyingError) as error:
        reason = error.code if isinstance(error, ChohyoError) else "copies-do-not-lie"
        missed = true_fields([(rows[pages[0].file], Transform.identity())])
        return Judged(layout_id, kind, len(pages), (), missed, failure=reason), {}
    laid = [(pages[copy.place], copy.transform) for copy in built.copies]
    true = true_fields([(rows[page.file], move) for page, move in laid])
    judged = Judged(
        layout_id, kind, len(laid), built.fields, true, seconds=sum(built.seconds.values())
    )
    copied = [rows[page.file] for page, _ in laid]
    values = normalized_right([judged.centre, judged.overlap], copied, built.readings)
    judged = replace(judged, values=values)
    shown, move = laid[0]
    return judged, {"file": shown.file, "kind": shown.kind, "transform": list(move.inverse().rows)}
