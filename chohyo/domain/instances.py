"""Cut a document's pages into form instances by the page order of their templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class RoutedPage:
    """A page with the template page it was routed to."""

    page_id: UUID
    page_no: int
    version_id: UUID
    template_page_no: int
    version_pages: int


@dataclass(frozen=True, slots=True)
class InstanceCut:
    """One filled form: its pages in order and the template pages that are missing."""

    version_id: UUID
    first_page_no: int
    page_ids: tuple[UUID, ...]
    missing_pages: tuple[int, ...]


def cut_instances(pages: Sequence[RoutedPage]) -> list[InstanceCut]:
    """Cut routed pages, in document order, into form instances.

    A page continues the open instance when it follows directly in the document, belongs to the same
    version, and its template page comes later than the last one; otherwise it opens a new instance.
    """
    runs: list[list[RoutedPage]] = []
    for page in sorted(pages, key=lambda p: p.page_no):
        last = runs[-1][-1] if runs else None
        continues = (
            last is not None
            and page.page_no == last.page_no + 1
            and page.version_id == last.version_id
            and page.template_page_no > last.template_page_no
        )
        if continues:
            runs[-1].append(page)
        else:
            runs.append([page])
    return [_cut(run) for run in runs]


def _cut(run: list[RoutedPage]) -> InstanceCut:
    present = {page.template_page_no for page in run}
    missing = tuple(n for n in range(1, run[0].version_pages + 1) if n not in present)
    return InstanceCut(
        version_id=run[0].version_id,
        first_page_no=run[0].page_no,
        page_ids=tuple(page.page_id for page in run),
        missing_pages=missing,
    )
