"""Why two groups of pages are taken for editions of one form."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from chohyo.domain.geometry import Box


class Tie(StrEnum):
    """What ties two editions.

    Print in the same places; words that moved, under one title; or copies so alike that they were
    gathered together, and then divided by a few places.
    """

    PRINT = "print"
    WORDS = "words"
    DIVIDED = "divided"


@dataclass(frozen=True, slots=True)
class KinSide:
    """One page of two: what it calls itself, and which of its print the other has.

    `title` and `page_mark` are as read, empty where nobody read or nothing was found. `alike` are
    the places that the other page has too, in the order of the other's; `alone` those it has not.
    """

    title: str = ""
    page_mark: str = ""
    alike: tuple[Box, ...] = ()
    alone: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Kinship:
    """What tied two editions; the boxes lie on one page of each.

    `share` of the print in place agrees, or of the words on either page was found on the other. Of
    `DIVIDED` ones, `alone` are the places by which they were told apart.
    """

    tie: Tie
    share: float
    here: KinSide
    there: KinSide

    def turned(self) -> Kinship:
        """Return the same, seen from the other edition."""
        return Kinship(self.tie, self.share, self.there, self.here)


@dataclass(frozen=True, slots=True)
class KinPages:
    """Two pages, of one edition each, with what ties them."""

    page_id: UUID
    other_page_id: UUID
    kinship: Kinship
