"""Measure how well scan batches are cut into form instances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from chohyo.domain.ids import new_id
from chohyo.domain.instances import Option, PlacedPage, cut_instances
from chohyo.services import documents
from eval.batches.dealing import ScanBatch, deal
from eval.batches.files import is_readable, scanned
from eval.batches.mishaps import Put
from eval.bench import Bench, send_pages
from eval.corpus import CorpusPage
from eval.metrics.intervals import Figure, measure, share_of
from eval.progress import Track
from eval.routing.onboarding import Onboarded
from eval.routing.plan import Plan

MISHAP_SHARE = 0.15
_MOST_FORMS = 12  # in a batch
_BLANK = CorpusPage("", Path(), "", "", "blank")

# Template pages by what they are in the corpus: the edition, and its page.
Places = Mapping[tuple[str, int], Option]


@dataclass(frozen=True, slots=True)
class Cut:
    """A form in a batch, as it was put in or as it was found: its version and its scans."""

    version_id: UUID
    scans: frozenset[int]


@dataclass(frozen=True, slots=True)
class CutBatch:
    """What was put into a batch, by what befell it, and what was found."""

    name: str
    scans: int
    expected: Mapping[Cut, str]
    found: Sequence[Cut]
    given_pages: Sequence[Cut]


def cut_batches(
    bench: Bench,
    plan: Plan,
    onboarded: Onboarded,
    *,
    count: int,
    seed: int,
    track: Track,
) -> list[CutBatch]:
    """Put the copies to be scored into `count` batches, and have each cut into form instances.

    Those of forms that were not onboarded lie among the others, and nothing is to be found there.
    Copies with a page whose file cannot be read are left out: no scanner writes a file with it.
    """
    whole = [copy for copy in plan.documents if all(is_readable(page.path) for page in copy)]
    if not count or not whole:
        return []
    batches = deal(whole, count, share=MISHAP_SHARE, most=_MOST_FORMS, seed=seed)
    places = {
        (form, page.page): option
        for form, name in plan.alike.items()
        for page, option in onboarded.editions.get(name, ())
    }
    return [_cut(bench, batch, places, seed) for batch in track(batches, "Cutting scan batches")]


def batch_figures(batches: Sequence[CutBatch], seed: int) -> dict[str, Figure]:
    """Return the share of instances whose pages and version are right, as F1, by mishap.

    `instance_f1_given_pages` is that of the cut alone, with the true template page of each scan.
    """
    return {
        "instance_f1": _f1([(b.expected, b.found) for b in batches], seed),
        "instance_f1_given_pages": _f1([(b.expected, b.given_pages) for b in batches], seed),
    }


def wrong_cuts(batches: Sequence[CutBatch]) -> list[dict[str, object]]:
    """Return the forms that were not found as they were put in, and what was found instead."""
    return [
        {
            "batch": batch.name,
            "mishap": kind,
            "scans": sorted(cut.scans),
            "found": [sorted(each.scans) for each in batch.found if each.scans & cut.scans],
        }
        for batch in batches
        for cut, kind in batch.expected.items()
        if cut not in batch.found
    ]


def _cut(bench: Bench, batch: ScanBatch, places: Places, seed: int) -> CutBatch:
    return CutBatch(
        name=batch.name,
        scans=len(batch.sheets),
        expected=_expected(batch, places),
        found=_found(bench, batch, seed),
        given_pages=_given_pages(batch, places),
    )


def _expected(batch: ScanBatch, places: Places) -> dict[Cut, str]:
    expected: dict[Cut, str] = {}
    for put in batch.puts:
        scans = [
            number
            for number, (holder, sheet) in enumerate(batch.sheets, start=1)
            if holder is put and sheet.truth is not None
        ]
        first = next(sheet.truth for sheet in put.sheets if sheet.truth is not None)
        option = places.get((first.form, first.page))
        if option is not None:
            expected[Cut(option.version_id, frozenset(scans))] = _befallen(put)
    return expected


def _befallen(put: Put) -> str:
    happened = {
        "missing": bool(put.missing),
        "swapped": put.swapped,
        "doubled": any(sheet.doubled for sheet in put.sheets),
        "upside-down": any(sheet.rotation for sheet in put.sheets),
        "blank": any(sheet.truth is None for sheet in put.sheets),
    }
    kinds = [kind for kind, is_so in happened.items() if is_so]
    return "several" if len(kinds) > 1 else (kinds or ["none"])[0]


def _found(bench: Bench, batch: ScanBatch, seed: int) -> list[Cut]:
    """Send a batch as a document; return what it is cut into."""
    sheets = [sheet for _, sheet in batch.sheets]
    file = (f"{batch.name}.s{seed}.pdf", scanned(sheets))
    trips = send_pages(bench, [sheet.truth or _BLANK for sheet in sheets], file)
    pages = {trip.page.id: trip.page for trip in trips if trip.page is not None}
    if not pages:
        return []
    document_id = next(iter(pages.values())).document_id
    view = documents.get_document(bench.runtime, bench.caller, document_id)
    return [
        Cut(
            each.version_id,
            frozenset(pages[i].page_no for i in (*each.page_ids, *each.doubled_page_ids)),
        )
        for each in view.instances
    ]


def _given_pages(batch: ScanBatch, places: Places) -> list[Cut]:
    """Cut a batch with the true template page of each scan."""
    placed: list[PlacedPage] = []
    number_of: dict[UUID, int] = {}
    last: dict[CorpusPage, UUID] = {}
    repeats = set()
    place = 0
    for number, (_, sheet) in enumerate(batch.sheets, start=1):
        place += sheet.truth is not None
        option = places.get((sheet.truth.form, sheet.truth.page)) if sheet.truth else None
        if sheet.truth is None or option is None:
            continue
        page = PlacedPage(new_id(), number, place, sheet.rotation, (option,))
        placed.append(page)
        number_of[page.page_id] = number
        if sheet.truth in last:
            repeats.add(frozenset((last[sheet.truth], page.page_id)))
        last[sheet.truth] = page.page_id
    return [
        Cut(each.version_id, frozenset(number_of[i] for i in (*each.page_ids, *each.doubled)))
        for each in cut_instances(placed, repeats)
    ]


def _f1(batches: Sequence[tuple[Mapping[Cut, str], Sequence[Cut]]], seed: int) -> Figure:
    """Return 2 · right / (expected + found), where each form is a row and each surplus cut one."""
    rows: list[tuple[str, int, int]] = []
    for expected, found in batches:
        rows += [(kind, 2 * (cut in found), 1 + (cut in found)) for cut, kind in expected.items()]
        rows += [("surplus", 0, 1) for cut in found if cut not in expected]
    kinds = [kind for kind, _, _ in rows]
    return measure(share_of([r for _, r, _ in rows], [w for _, _, w in rows]), kinds, seed)
