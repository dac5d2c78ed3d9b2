"""What goes wrong when a pile of forms is put through a scanner."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from eval.corpus import CorpusPage

Mishap = Literal["missing", "doubled", "swapped", "upside-down", "blank"]
MISHAPS: tuple[Mishap, ...] = ("missing", "doubled", "swapped", "upside-down", "blank")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of a batch; `truth` is None for a blank one. `rotation` in degrees, clockwise."""

    truth: CorpusPage | None
    rotation: int = 0
    doubled: bool = False


@dataclass(frozen=True, slots=True)
class Put:
    """A filled form as it lies in the pile: its sheets, and what happened to them.

    `missing` has the pages of the form that are not there; `swapped` says that two stand in each
    other's place.
    """

    document: str
    form: str
    sheets: tuple[Sheet, ...]
    missing: tuple[int, ...] = ()
    swapped: bool = False


def put_through(
    copy: Sequence[CorpusPage], share: float, kinds: Iterable[Mishap], rng: Random
) -> Put:
    """Return a filled copy after each kind of mishap befell it with the probability `share`."""
    put = Put(copy[0].document, copy[0].form, tuple(Sheet(page) for page in copy))
    # Every kind is drawn for, so that leaving one out changes nothing else.
    befallen = {kind for kind in MISHAPS if rng.random() < share} & set(kinds)
    seeds = {kind: rng.random() for kind in MISHAPS}
    for kind in MISHAPS:
        if kind in befallen:
            put = _DOES[kind](put, Random(seeds[kind]))
    return put


def _miss(put: Put, rng: Random) -> Put:
    """Lose a page; a form of one page stays, for nothing would be left of it."""
    if len(put.sheets) < 2:
        return put
    lost = rng.randrange(len(put.sheets))
    rest = put.sheets[:lost] + put.sheets[lost + 1 :]
    gone = put.sheets[lost].truth
    return replace(put, sheets=rest, missing=(gone.page,) if gone else ())


def _double(put: Put, rng: Random) -> Put:
    """Scan a page twice, one scan behind the other."""
    at = rng.randrange(len(put.sheets))
    again = replace(put.sheets[at], doubled=True)
    return replace(put, sheets=(*put.sheets[: at + 1], again, *put.sheets[at + 1 :]))


def _swap(put: Put, rng: Random) -> Put:
    """Swap two neighbours that are not scans of the same page."""
    sheets = list(put.sheets)
    places = [i for i in range(len(sheets) - 1) if sheets[i].truth != sheets[i + 1].truth]
    if not places:
        return put
    at = rng.choice(places)
    sheets[at], sheets[at + 1] = sheets[at + 1], sheets[at]
    return replace(put, sheets=tuple(sheets), swapped=True)


def _turn(put: Put, rng: Random) -> Put:
    """Put a page in upside down."""
    at = rng.randrange(len(put.sheets))
    turned = replace(put.sheets[at], rotation=180)
    return replace(put, sheets=(*put.sheets[:at], turned, *put.sheets[at + 1 :]))


def _blank(put: Put, rng: Random) -> Put:
    """Scan the empty back of a page, or the sheet that parts two forms."""
    at = rng.randint(1, len(put.sheets))
    return replace(put, sheets=(*put.sheets[:at], Sheet(None), *put.sheets[at:]))


_DOES = {
    "missing": _miss, "doubled": _double, "swapped": _swap, "upside-down": _turn, "blank": _blank,
}  # fmt: skip
