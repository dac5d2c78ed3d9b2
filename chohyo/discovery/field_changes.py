"""How the fields of two editions differ: added, removed, moved, renamed; fields are one by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chohyo.discovery.carrying import folded_label
from chohyo.domain.geometry import Box, Transform
from chohyo.domain.templates import FieldSpec

# In heights of a field: nearer to where it was, it only lies differently.
_STAYS = 0.6


class ChangeKind(StrEnum):
    """What became of a field from one edition to the next."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    RENAMED = "renamed"
    RETYPED = "retyped"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A difference; the field in the old edition and in the new one, where it is in them."""

    kind: ChangeKind
    before: FieldSpec | None
    after: FieldSpec | None

    @property
    def name(self) -> str:
        """Return the name that the field has in both."""
        there = self.after or self.before
        assert there is not None
        return there.name


def field_changes(
    old: Sequence[FieldSpec], new: Sequence[FieldSpec], laid: Mapping[int, Transform]
) -> list[FieldChange]:
    """Return the differences in the order of the new fields, removed ones last.

    `laid` says for pages of both how the old blank form lies on the new one.
    """
    before = {spec.name: spec for spec in old}
    changes: list[FieldChange] = []
    for spec in new:
        was = before.get(spec.name)
        if was is None:
            changes.append(FieldChange(ChangeKind.ADDED, None, spec))
            continue
        if folded_label(was.label) != folded_label(spec.label):
            changes.append(FieldChange(ChangeKind.RENAMED, was, spec))
        if was.type is not spec.type:
            changes.append(FieldChange(ChangeKind.RETYPED, was, spec))
        if _has_moved(was, spec, laid.get(was.page_no)):
            changes.append(FieldChange(ChangeKind.MOVED, was, spec))
    kept = {spec.name for spec in new}
    gone = [FieldChange(ChangeKind.REMOVED, spec, None) for spec in old if spec.name not in kept]
    return changes + gone


def _has_moved(was: FieldSpec, now: FieldSpec, move: Transform | None) -> bool:
    if was.page_no != now.page_no:
        return True
    return move is not None and not _stays(move.box(was.box), now.box)


def _stays(was: Box, now: Box) -> bool:
    """Say whether a field's middle is where it was, or its box over the old one."""
    if was.iou(now) >= 0.5:
        return True
    (ax, ay), (bx, by) = was.center, now.center
    height = max(1e-6, min(was.height, now.height))
    beside = abs(ax - bx) - 0.5 * abs(was.width - now.width)
    return beside <= _STAYS * height and abs(ay - by) <= _STAYS * height
