"""See that the pages routed to a version begin to show other print than its blank form.

First only cells are counted: in which do recent pages deviate more often than earlier ones? Where
several do, those pages are laid beside the exemplars and other pages and divided like the copies of
a pool: a division is believed when coincidence (entries, stamps, a scanner's streak) explains it
less than the form's own other places do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from chohyo.discovery.coincidence import Split, splits
from chohyo.discovery.print_cells import joined_boxes, label_cells, measure_stack, softened
from chohyo.domain.geometry import Box
from chohyo.matching.deviation import COLUMNS, without_fields

RECENT = 12  # pages in which something new is looked for
FEWEST_PAGES = 3
_FEWEST_SOURCES = 2  # documents: one scan batch shares its scanner's dirt
_SUSPECT = 0.01
_SLACK = 0.02  # of pages that deviate in a cell whatever its past
_DOUBT = 0.1  # the rate assumed before anything was seen, for as much as one page
# Many versions are looked at again and again, and most do not drift: more is asked for than of a
# pool, where editions are to be expected.
_EVIDENCE = 2.0  # decimal digits against coincidence
_STREAK_LENGTH = 0.85  # of a side: longer and thin is what a scanner's glass shows
_STREAK_WIDTH = 0.03

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Sighting:
    """A page of a template page, with the cells in which it deviates; newest last in a list."""

    page_id: UUID
    source: UUID
    cells: AbstractSet[int]


@dataclass(frozen=True, slots=True)
class Drift:
    """Pages, as positions, that show other print alike, and where they differ from the rest."""

    pages: tuple[int, ...]
    differs: tuple[Box, ...]


# Takes the ink of exemplars and of pages before, that of recent pages, the document of each of
# these, and where people write.
FindChange = Callable[
    [Sequence[Image], Sequence[Image], Sequence[UUID], Sequence[Box]], Drift | None
]


def suspects(sightings: Sequence[Sighting]) -> tuple[UUID, ...]:
    """Return the recent pages that deviate alike in a place, oldest first; few or none are usual.

    Neighbouring cells count as one place, for print that moved by a pixel falls into the next cell.
    """
    recent, earlier = sightings[-RECENT:], sightings[:-RECENT]
    spread = [(each, _spread(each.cells)) for each in recent]
    counts = Counter(cell for _, cells in spread for cell in cells)
    before = Counter(cell for each in earlier for cell in _spread(each.cells))
    found: set[UUID] = set()
    for cell, number in counts.items():
        if number < FEWEST_PAGES:
            continue
        rate = (before[cell] + _DOUBT) / (len(earlier) + 1)
        chance = float(binom.sf(number - 1, len(recent), min(0.9, rate + _SLACK)))
        members = [each for each, cells in spread if cell in cells]
        if chance < _SUSPECT and len({each.source for each in members}) >= _FEWEST_SOURCES:
            found |= {each.page_id for each in members}
    return tuple(each.page_id for each in recent if each.page_id in found)


def find_drift(
    exemplars: Sequence[Image],
    pages: Sequence[Image],
    sources: Sequence[UUID],
    fields: Sequence[Box],
) -> Drift | None:
    """Return the pages that show other print alike; None when all show the exemplars', or chance.

    Args:
        exemplars: ink of the template page's exemplars in its frame.
        pages: ink of recent pages in the same frame.
        sources: the document of each page.
        fields: where people write; these places are left out.
    """
    if not exemplars or len(pages) < FEWEST_PAGES:
        return None
    stack = [without_fields(each, fields) for each in (*exemplars, *pages)]
    known = len(exemplars)
    measured = measure_stack(np.stack([softened(each) for each in stack]))
    clear = measured.clear
    found = label_cells(measured, clear)
    # Where nobody writes, print that only one side has tells as much as print that both have.
    found = replace(found, facing=np.ones_like(found.facing))
    believed = [split for split in splits(found) if split.evidence >= _EVIDENCE]
    for split in sorted(believed, key=lambda each: -each.evidence):
        members = _newcomers(clear, split, known)
        places = [(int(row), int(column)) for row, column in found.cells[split.rows]]
        boxes = joined_boxes(places, stack[0].shape)
        differs = tuple(box for box in boxes if not _is_streak(box))
        from_several = len({sources[member] for member in members}) >= _FEWEST_SOURCES
        if len(members) >= FEWEST_PAGES and from_several and differs:
            return Drift(members, differs)
    return None


def _newcomers(copies: NDArray[np.intp], split: Split, known: int) -> tuple[int, ...]:
    """Return the pages on the side without exemplars, none when both sides have some."""
    for side in (0, 1):
        members = copies[split.sides == side]
        if len(members) and (members >= known).all():
            return tuple(int(member) - known for member in members)
    return ()


def _spread(cells: AbstractSet[int]) -> set[int]:
    return {
        cell + row * COLUMNS + column
        for cell in cells
        for row in (-1, 0, 1)
        for column in (-1, 0, 1)
    }


def _is_streak(box: Box) -> bool:
    long, wide = max(box.width, box.height), min(box.width, box.height)
    return long > _STREAK_LENGTH and wide < _STREAK_WIDTH
