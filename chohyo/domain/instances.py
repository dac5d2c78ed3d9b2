"""Cut a document's pages into form instances by the page order of their templates.

Scans have mishaps, so the cut is the cheapest explanation of the pages: a missing page costs more
than two in each other's place, and that costs more than one scanned twice. An edition that a page
was not taken for costs as much as it is less likely there, so that the pages of a form settle its
edition together. A page that a person has yet to look at goes where it most likely belongs, and
settles nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from uuid import UUID

from chohyo.domain.findings import Finding

_MISSING = 1.0
_SWAPPED = 0.8
_DOUBLED = 0.3
_STRANGER = 0.3
_TORN = 1.5  # two scans of one page in two instances
_MOST_STRANGERS = 2

Pair = frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Option:
    """A template page that a page may be.

    `doubt` is by how many natural units of log probability it is less likely than the best one.
    """

    version_id: UUID
    template_page_id: UUID
    template_page_no: int
    version_pages: int
    doubt: float = 0.0


@dataclass(frozen=True, slots=True)
class PlacedPage:
    """A page of a document with what it may be, the decision in force first.

    `place` counts the pages of the document that are not blank. A page that is not `settled` waits
    for a person; the pages of its form may settle it where it is `open`.
    """

    page_id: UUID
    page_no: int
    place: int
    rotation: int
    options: tuple[Option, ...]
    settled: bool = True
    open: bool = True


@dataclass(frozen=True, slots=True)
class InstanceCut:
    """One filled form: its pages in the order of the form, and what is amiss.

    `doubled` are second scans of pages. `changed` are the pages whose decision its other pages
    settle or overrule, with what they are now. `awaiting` are the pages that a person has yet to
    look at.
    """

    version_id: UUID
    first_page_no: int
    page_ids: tuple[UUID, ...]
    missing_pages: tuple[int, ...]
    doubled: tuple[UUID, ...] = ()
    findings: tuple[Finding, ...] = ()
    changed: Mapping[UUID, Option] | None = None
    awaiting: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class _Run:
    """Pages taken for one instance of a version, in document order, each with its option."""

    pages: tuple[PlacedPage, ...]
    options: tuple[Option, ...]

    @property
    def numbers(self) -> list[int]:
        return [option.template_page_no for option in self.options]

    @property
    def decided(self) -> bool:
        return any(page.settled for page in self.pages)

    @property
    def awaiting(self) -> list[PlacedPage]:
        return [p for p in self.pages if not (p.settled or (p.open and self.decided))]


def cut_instances(
    pages: Iterable[PlacedPage], repeats: AbstractSet[Pair] = frozenset()
) -> list[InstanceCut]:
    """Cut pages, in document order, into form instances.

    `repeats` are pairs of pages that are two scans of one sheet. Pages that are not settled, and
    that no settled page of their form settles, are `awaiting` in theirs.
    """
    ordered = sorted(pages, key=lambda page: page.page_no)
    return [_cut(run) for run in _cheapest(ordered, repeats)]


def _cheapest(pages: Sequence[PlacedPage], repeats: AbstractSet[Pair]) -> list[_Run]:
    """Return the runs of the cheapest explanation; of equally cheap ones, that of fewest runs."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    chosen: list[_Run] = []
    for end in range(1, len(pages) + 1):
        found: list[tuple[float, int, int, _Run]] = []
        for start in range(end - 1, -1, -1):
            run, cost = _explained(pages[start:end], pages[:start], repeats)
            if run is None or cost == float("inf"):
                break  # with more pages it would be so all the more
            found.append((best[start][0] + cost, best[start][1] + 1, start, run))
        cheapest = min(found, key=lambda each: each[:3])
        best.append(cheapest[:2])
        chosen.append(cheapest[3])
    runs, end = [], len(pages)
    while end:
        runs.append(chosen[end - 1])
        end -= len(chosen[end - 1].pages)
    return runs[::-1]


def _explained(
    pages: Sequence[PlacedPage], before: Sequence[PlacedPage], repeats: AbstractSet[Pair]
) -> tuple[_Run | None, float]:
    """Return the pages as one instance of their likeliest version with its cost; None for none."""
    common = set.intersection(*({o.version_id for o in page.options} for page in pages))
    runs = [_as_version(pages, version_id) for version_id in common]
    if not runs:
        return None, 0.0
    torn = _TORN * sum(
        frozenset((page.page_id, other.page_id)) in repeats
        for page in pages if repeats
        for other in before
    )  # fmt: skip
    priced = [(torn + _cost(run, repeats), run) for run in runs]
    cost, run = min(priced, key=lambda each: (each[0] - _hearsay(each[1]), _version(each[1])))
    return run, cost


def _version(run: _Run) -> str:
    return str(run.options[0].version_id)


def _hearsay(run: _Run) -> float:
    """Return the doubts of pages that wait for a person, which say nothing against a decision."""
    return sum(
        option.doubt
        for page, option in zip(run.pages, run.options, strict=True)
        if run.decided and not (page.settled or page.open)
    )


def _as_version(pages: Sequence[PlacedPage], version_id: UUID) -> _Run:
    options = [next(o for o in page.options if o.version_id == version_id) for page in pages]
    return _Run(tuple(pages), tuple(options))


def _cost(run: _Run, repeats: AbstractSet[Pair]) -> float:
    strangers = run.pages[-1].place - run.pages[0].place + 1 - len(run.pages)
    doubled = _doubled(run, repeats)
    if doubled is None or strangers > _MOST_STRANGERS:
        return float("inf")
    numbers = [no for no, page in zip(run.numbers, run.pages, strict=True) if page not in doubled]
    return (
        _MISSING * (run.options[0].version_pages - len(numbers))
        + _SWAPPED * _inversions(numbers)
        + _DOUBLED * len(doubled)
        + _STRANGER * strangers
        + sum(option.doubt for option in run.options)
    )


def _doubled(run: _Run, repeats: AbstractSet[Pair]) -> list[PlacedPage] | None:
    """Return the second scans among the pages; None when a page is there with two fillings."""
    first: dict[int, PlacedPage] = {}
    doubled = []
    for number, page in zip(run.numbers, run.pages, strict=True):
        known = first.setdefault(number, page)
        if known is not page:
            if frozenset((known.page_id, page.page_id)) not in repeats:
                return None
            doubled.append(page)
    return doubled


def _inversions(numbers: Sequence[int]) -> int:
    return sum(a > b for i, a in enumerate(numbers) for b in numbers[i + 1 :])


def _cut(run: _Run) -> InstanceCut:
    option_of = dict(zip(run.pages, run.options, strict=True))
    once: dict[int, PlacedPage] = {}
    for page in sorted(run.pages, key=lambda page: not page.settled):  # of two scans, one to read
        once.setdefault(option_of[page].template_page_no, page)
    doubled = [page for page in run.pages if page not in once.values()]
    missing = [n for n in range(1, run.options[0].version_pages + 1) if n not in once]
    awaiting = run.awaiting
    changed = {
        page.page_id: option
        for page, option in option_of.items()
        if page not in awaiting and not (page.settled and option == page.options[0])
    }
    return InstanceCut(
        version_id=run.options[0].version_id,
        first_page_no=run.pages[0].page_no,
        page_ids=tuple(once[number].page_id for number in sorted(once)),
        missing_pages=tuple(missing),
        doubled=tuple(page.page_id for page in doubled),
        findings=tuple(_findings(run, once, doubled, missing)),
        changed=changed,
        awaiting=tuple(page.page_id for page in awaiting),
    )


def _findings(
    run: _Run, once: Mapping[int, PlacedPage], doubled: Sequence[PlacedPage], missing: Sequence[int]
) -> Iterable[Finding]:
    """Say what is amiss: `page` counts in the form, `scan` in the document."""
    number_of = dict(zip(run.pages, run.numbers, strict=True))
    for number in missing:
        yield Finding("page-missing", {"page": number})
    for page in doubled:
        yield Finding("page-doubled", {"page": number_of[page], "scan": page.page_no})
    order = [number_of[page] for page in run.pages if page in once.values()]
    if _inversions(order):
        yield Finding("pages-swapped", {"order": ", ".join(map(str, order))})
    for page in run.pages:
        if page.rotation:
            yield Finding(
                "page-turned",
                {"page": number_of[page], "scan": page.page_no, "degrees": page.rotation},
            )
    for page in run.awaiting:
        yield Finding("page-awaits-review", {"page": number_of[page], "scan": page.page_no})
    strangers = run.pages[-1].place - run.pages[0].place + 1 - len(run.pages)
    if strangers:
        yield Finding("strangers-between", {"pages": strangers})
