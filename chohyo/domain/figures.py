"""What trying a field on a few copies measured, for the person who decides about it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from chohyo.domain.templates import FieldSpec
from chohyo.domain.values import Reading

# A value below this can hardly be read: it is as likely wrong as right.
HARDLY = 0.5
# Of the smaller box: more of it than that belongs to the other field as well.
_OVERLAP = 0.5


@dataclass(frozen=True, slots=True)
class FieldFigures:
    """What one field read: on `read` pages, of which it is filled in on `filled`.

    `valid` of these fit its type, `readable` can be read; `confidence` is their mean. `at_fault`
    are the pages where a value does not fit or can hardly be read.
    """

    name: str
    read: int
    filled: int
    valid: int
    readable: int
    confidence: float | None
    at_fault: tuple[UUID, ...] = ()

    @classmethod
    def of(cls, name: str, readings: Sequence[tuple[UUID, Reading]]) -> FieldFigures:
        """Count the readings of one field, each with its page."""
        filled = [(page, reading) for page, reading in readings if not reading.empty]
        faulty = [page for page, each in filled if not each.valid or each.confidence < HARDLY]
        return cls(
            name=name,
            read=len(readings),
            filled=len(filled),
            valid=sum(each.valid for _, each in filled),
            readable=sum(each.confidence >= HARDLY for _, each in filled),
            confidence=sum(e.confidence for _, e in filled) / len(filled) if filled else None,
            at_fault=tuple(dict.fromkeys(faulty)),
        )

    def of_pages(self, there: Collection[UUID]) -> FieldFigures:
        """Return the figures with the pages at fault that are still there."""
        return replace(self, at_fault=tuple(p for p in self.at_fault if p in there))


def carried(
    figures: Sequence[FieldFigures], before: Sequence[FieldSpec], after: Sequence[FieldSpec]
) -> tuple[FieldFigures, ...]:
    """Return the figures that still hold after an edit: of fields that read as they did."""
    known = {each.name: each for each in figures}
    measured = {_read_by(spec): known[spec.name] for spec in before if spec.name in known}
    return tuple(
        replace(measured[_read_by(spec)], name=spec.name)
        for spec in after
        if _read_by(spec) in measured
    )


def overlaps(fields: Sequence[FieldSpec]) -> Mapping[str, tuple[str, ...]]:
    """Return, by name, the fields that lie in one another's boxes."""
    found: dict[str, list[str]] = {}
    ordered = sorted(fields, key=lambda spec: (spec.page_no, spec.box.y0))
    for place, one in enumerate(ordered):
        for other in ordered[place + 1 :]:
            if other.page_no != one.page_no or other.box.y0 >= one.box.y1:
                break
            if overlap(one, other):
                found.setdefault(one.name, []).append(other.name)
                found.setdefault(other.name, []).append(one.name)
    return {name: tuple(others) for name, others in found.items()}


def overlap(one: FieldSpec, other: FieldSpec) -> bool:
    """Say whether fields of one page lie on each other, by half of the smaller box or more."""
    smaller = min(one.box.area, other.box.area)
    return smaller > 0 and one.box.intersection(other.box) > _OVERLAP * smaller


def _read_by(spec: FieldSpec) -> tuple[object, ...]:
    return spec.page_no, spec.box, spec.type, spec.comb, spec.options, spec.allowed
