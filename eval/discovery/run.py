"""Measure discovery: how well the proposals of one run agree with the truth about the pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from uuid import UUID

from langgraph.checkpoint.memory import InMemorySaver

from agent.checkpoints import thread
from agent.discovery.graph import build_run_graph
from agent.discovery.state import RunState
from chohyo.domain.access import Actor
from chohyo.domain.proposals import Proposal
from chohyo.services import discovery, drafting
from eval.bench import Bench, open_bench, send_copies
from eval.corpus import by_document, by_kin, by_layout, read_corpus, sample_pages
from eval.discovery.comparison import compare_baselines
from eval.discovery.figures import Grouped, grouping_figures
from eval.discovery.mistakes import grouping_mistakes
from eval.measured import Measured
from eval.metrics.intervals import mean_of, measure
from eval.progress import Track
from eval.results import failures_as_json, mistakes_as_json
from eval.trips import Trip


def measure_discovery(
    corpus: Path, *, limit: int | None, seed: int, track: Track, ocr_pages: int = 0
) -> Measured:
    """Run discovery over the filled copies of a corpus.

    The pages of a copy are one document. The proposals are taken as the run opens them, before
    anything is drafted or approved. Other ways of grouping are measured on the same pages, the one
    by words on the first `ocr_pages` only, for reading a page takes seconds.
    """
    pages = sample_pages(read_corpus(corpus), limit, seed)
    with open_bench() as bench:
        copies = by_document(pages)
        trips = send_copies(bench, track(copies, "Embedding documents"))
        before = perf_counter()
        proposals = _discover(bench)
        shared = (perf_counter() - before) / len(pages)
        grouped = _grouped(trips, proposals)
        mistakes = grouping_mistakes(bench.context, grouped)
        others = compare_baselines(bench.context, grouped, seed, ocr_pages, track)
    figures = grouping_figures(grouped, seed)
    spent = [sum(trip.seconds.values()) + shared for trip in trips]
    kinds = [trip.truth.kind for trip in trips]
    figures["seconds_per_page"] = measure(mean_of(spent), kinds, seed)
    return Measured(
        seed,
        str(corpus.resolve()),
        {"evaluation": "discovery", "limit": limit},
        {
            "pages": len(pages), "documents": len(copies),
            "layouts": len(by_layout(pages)), "kin_families": len(by_kin(pages)),
            "proposals": len(proposals), "failed": failures_as_json(trips),
        },
        figures,
        mistakes_as_json(mistakes),
        others,
    )  # fmt: skip


def _discover(bench: Bench) -> list[Proposal]:
    """Run discovery once; return the proposals it opened, in their order."""
    run = discovery.request_run(
        bench.runtime, Actor.system("eval"), bench.collection_id, "on-demand"
    )
    graph = build_run_graph(InMemorySaver())
    start: RunState = {"run_id": str(run.id)}
    done = graph.invoke(start, thread(run.id), context=bench.context)
    opened = [UUID(proposal_id) for proposal_id in done["proposals"]]
    return [drafting.load_proposal(bench.runtime, proposal_id)[0] for proposal_id in opened]


def _grouped(trips: Sequence[Trip], proposals: Sequence[Proposal]) -> list[Grouped]:
    groups: dict[UUID, str] = {}
    kin: dict[UUID, str] = {}
    families: dict[str, str] = {}
    for number, proposal in enumerate(proposals, 1):
        family = families.setdefault(proposal.kin_key or f"proposal {number}", f"family {number}")
        for member in proposal.members:
            groups[member.page_id] = f"proposal {number}, page {member.template_page_no}"
            kin[member.page_id] = f"{family}, page {member.template_page_no}"
    return [
        Grouped(trip, groups.get(trip.page.id), kin.get(trip.page.id))
        if trip.page and not trip.failure
        else Grouped(trip, None, None)
        for trip in trips
    ]
