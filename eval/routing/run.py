"""Measure routing: onboard some forms, withhold others, and send the rest of the documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID

from chohyo.domain.documents import Page
from chohyo.matching.decision import form_probability
from chohyo.profiles import Models
from chohyo.services import processing
from eval.bench import Bench, open_bench, send_copies
from eval.corpus import by_document, by_kin, by_layout, read_corpus, sample_pages
from eval.measured import Measured
from eval.progress import Track
from eval.results import Json, failures_as_json, mistakes_as_json
from eval.routing.batches import batch_figures, cut_batches, wrong_cuts
from eval.routing.figures import (
    Routed,
    count_outcomes,
    count_reasons,
    decision_figures,
    unseen_figures,
)
from eval.routing.mistakes import routing_mistakes
from eval.routing.onboarding import Edition, onboard
from eval.routing.plan import Plan, plan_routing
from eval.routing.timing import time_ocr, timing_figures
from eval.trips import Trip

_RECALLED = 20
_UNSEEN_SHARE = 0.1  # of the editions that have siblings, measured apart: none may be routed


def measure_routing(
    corpus: Path,
    *,
    copies: int,
    unknown_share: float,
    ocr_pages: int,
    batches: int,
    limit: int | None,
    seed: int,
    track: Track,
    models: Models | None = None,
) -> Measured:
    """Onboard editions by truth, and route the other documents.

    Args:
        corpus: folder of the corpus.
        copies: filled copies of each edition to onboard it from.
        unknown_share: share of the kin families of which nothing is onboarded.
        ocr_pages: pages that are also read whole, to compare times.
        batches: scan batches that scored documents are put into, to be cut into form instances.
        limit: most pages to take, in whole families; all with None.
        seed: decides every draw.
        track: shows progress.
        models: what to measure; those of the default profile with None.
    """
    pages = sample_pages(read_corpus(corpus), limit, seed)
    plan = plan_routing(
        pages, copies=copies, unknown_share=unknown_share, seed=seed, unseen_share=_UNSEEN_SHARE
    )
    with open_bench(models) as bench:
        filled = {
            form: send_copies(bench, chosen)
            for form, chosen in track(list(plan.onboarded.items()), "Embedding exemplars")
        }
        editions = [Edition.of(form, trips) for form, trips in filled.items()]
        onboarded = onboard(bench, track(editions, "Onboarding forms"))
        trips = send_copies(bench, track(plan.documents, "Routing documents"))
        exemplars = _by_layout(filled)
        space, reranker = bench.context.embedders.own.space.name, bench.context.reranker.name
        routed = _judged(bench, trips, plan, onboarded.layouts, exemplars)
        unseen = _judged(bench, send_copies(bench, plan.unseen), plan, onboarded.layouts, exemplars)
        unseen = [each for each in unseen if each.truth.layout_id not in exemplars]
        mistakes = routing_mistakes(bench.context, routed, exemplars)
        cut = cut_batches(
            bench, plan, onboarded, count=batches, seed=seed, track=track
        )  # fmt: skip
        ocr = time_ocr(bench.context, trips, ocr_pages, seed, track)
    figures = {
        **decision_figures(routed, seed),
        **unseen_figures(unseen, seed),
        **timing_figures(routed, ocr, seed),
        **(batch_figures(cut, seed) if cut else {}),
    }
    settings: Json = {
        "evaluation": "routing", "limit": limit, "space": space, "reranker": reranker,
        "copies": copies, "unknown_share": unknown_share,
    }  # fmt: skip
    counts: Json = {
        "pages": len(pages), "layouts": len(by_layout(pages)), "kin_families": len(by_kin(pages)),
        "documents": len(by_document(pages)),
        "onboarded_layouts": len(set(onboarded.layouts.values())),
        "onboarding_failed": onboarded.failed,
        "exemplar_pages": sum(len(chosen) for chosen in plan.exemplars.values()),
        "scored_pages": len(routed),
        "unknown_pages": sum(each.unknown for each in routed),
        "withheld_families": len(plan.withheld),
        "unknown_edition_pages": len(unseen), "unknown_edition_reasons": count_reasons(unseen),
        "outcomes": count_outcomes(routed), "reasons": count_reasons(routed),
        "ocr_pages": len(ocr),
        "batches": len(cut), "batch_scans": sum(each.scans for each in cut),
        "batch_forms": sum(len(each.expected) for each in cut), "wrong_cuts": wrong_cuts(cut),
        "failed": failures_as_json(trips),
    }  # fmt: skip
    found = mistakes_as_json(mistakes)
    return Measured(seed, str(corpus.resolve()), settings, counts, figures, found)


def _by_layout(filled: Mapping[str, Sequence[Trip]]) -> dict[str, list[Trip]]:
    found: defaultdict[str, list[Trip]] = defaultdict(list)
    for trip in (trip for trips in filled.values() for trip in trips):
        found[trip.truth.layout_id].append(trip)
    return dict(found)


def _judged(
    bench: Bench,
    trips: Sequence[Trip],
    plan: Plan,
    layouts: Mapping[UUID, str],
    exemplars: Mapping[str, Sequence[Trip]],
) -> list[Routed]:
    kin_of = {layout_id: copies[0].truth.kin_id for layout_id, copies in exemplars.items()}
    passed = [trip.page.id for trip in trips if trip.page and not trip.failure]
    matches = processing.matches_of(bench.runtime, passed)
    routed = []
    for trip in trips:
        match = matches.get(trip.page.id) if trip.page else None
        best = match.candidates[0] if match and match.candidates else None
        layout = layouts.get(best.template_page_id) if best else None
        seen = match.candidates if match else ()
        form = form_probability(seen, bench.context.calibration)
        recalled = _recalled(bench, trip.page, layouts) if match and trip.page else set()
        routed.append(
            Routed(
                trip=trip,
                unknown=trip.truth.kin_id in plan.withheld,
                match=match,
                best_layout=layout,
                best_kin=kin_of[layout] if layout else None,
                form_probability=form,
                retrieved=trip.truth.layout_id in recalled,
            )
        )
    return routed


def _recalled(bench: Bench, page: Page, layouts: Mapping[UUID, str]) -> set[str]:
    """Return the layouts that the first stage finds for a page."""
    found = processing.nearest_templates(bench.runtime, page, _RECALLED) or []
    return {layouts[each.template_page_id] for each in found if each.template_page_id in layouts}
