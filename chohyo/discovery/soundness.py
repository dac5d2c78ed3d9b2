"""Check a proposal's fields against what they read on the members, and mend what can be mended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from chohyo.domain.figures import overlap
from chohyo.domain.findings import Finding
from chohyo.domain.templates import FieldEvidence, FieldSpec, FieldType
from chohyo.domain.values import Reading

_INVALID = 0.5  # of the filled copies
_UNREADABLE = 0.3  # mean confidence
_FEW_COPIES = 3

OVERLAPPING = "overlapping-fields"
BREAKS_TYPE = "values-break-type"
UNREADABLE = "unreadable-field"
FEW_COPIES = "few-copies"
SINGLE_COPY = "single-copy"
TRIED = "tried-on-copies"


def find(
    fields: Sequence[FieldSpec], readings: Mapping[str, Sequence[Reading]], copies: int
) -> list[Finding]:
    """Return what is wrong or weak about the fields.

    Args:
        fields: the proposed fields.
        readings: for each field name what was read on the members.
        copies: how many copies the page with the fewest has.
    """
    findings = _overlaps(fields)
    for spec in fields:
        findings += _weaknesses(spec, [r for r in readings.get(spec.name, ()) if not r.empty])
    if copies == 1:
        findings.append(Finding(SINGLE_COPY, {}))
    elif copies < _FEW_COPIES:
        findings.append(Finding(FEW_COPIES, {"copies": copies}))
    return findings


def figures_of(
    fields: Sequence[FieldSpec], readings: Mapping[str, Sequence[Reading]]
) -> list[Finding]:
    """Return what the trial measured, for the reviewer: one finding, none without readings.

    Its parameters are the copies read, the fields, and in per cent: readings that found the field
    filled, filled ones that fit their type, and the mean confidence of these.
    """
    read = [reading for spec in fields for reading in readings.get(spec.name, ())]
    if not read:
        return []
    filled = [reading for reading in read if not reading.empty]
    valid = [reading for reading in filled if reading.valid]
    return [
        Finding(
            TRIED,
            {
                "copies": max(len(readings.get(spec.name, ())) for spec in fields),
                "fields": len(fields),
                "filled": _percent(len(filled), len(read)),
                "valid": _percent(len(valid), len(filled)),
                "confidence": _percent(sum(r.confidence for r in valid), len(valid)),
            },
        )
    ]


def _percent(part: float, whole: int) -> int:
    return round(100 * part / whole) if whole else 0


def is_sound(fields: Sequence[FieldSpec], findings: Sequence[Finding]) -> bool:
    """Say whether nothing is left that the agent could mend by itself."""
    return mend(fields, findings) == tuple(fields)


def mend(fields: Sequence[FieldSpec], findings: Sequence[Finding]) -> tuple[FieldSpec, ...]:
    """Drop the field that lies in another; take as text what breaks its type.

    A type carried over from an edition before stays: somebody approved it.
    """
    dropped = {f.params["field"] for f in findings if f.code == OVERLAPPING}
    untyped = {f.params["field"] for f in findings if f.code == BREAKS_TYPE}
    return tuple(
        replace(spec, type=FieldType.TEXT)
        if spec.name in untyped and FieldEvidence.CARRIED not in spec.evidence
        else spec
        for spec in fields
        if spec.name not in dropped
    )


def _overlaps(fields: Sequence[FieldSpec]) -> list[Finding]:
    """Name, of each overlapping pair, the field that was filled less often, else the smaller."""
    found: dict[str, Finding] = {}
    for index, one in enumerate(fields):
        for other in fields[index + 1 :]:
            if one.page_no == other.page_no and overlap(one, other):
                weak, strong = sorted((one, other), key=_strength)
                found.setdefault(
                    weak.name, Finding(OVERLAPPING, {"field": weak.name, "other": strong.name})
                )
    return list(found.values())


def _strength(spec: FieldSpec) -> tuple[bool, float, float]:
    return FieldEvidence.CARRIED in spec.evidence, spec.fill_rate or 0.0, spec.box.area


def _weaknesses(spec: FieldSpec, filled: Sequence[Reading]) -> list[Finding]:
    if not filled:
        return []
    invalid = sum(not reading.valid for reading in filled) / len(filled)
    if invalid > _INVALID and spec.type is not FieldType.TEXT:
        share = round(100 * invalid)
        return [Finding(BREAKS_TYPE, {"field": spec.name, "share": share})]
    confidence = sum(reading.confidence for reading in filled) / len(filled)
    if confidence < _UNREADABLE:
        return [Finding(UNREADABLE, {"field": spec.name})]
    return []
