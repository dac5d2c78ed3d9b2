"""Find what corrections of a field agree in: another type, another place, few values, required."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from chohyo.discovery.field_types import is_private, typed_by_values
from chohyo.domain.geometry import Box
from chohyo.domain.suggestions import Correction, Suggestion, SuggestionKind
from chohyo.domain.templates import Field, FieldSpec, FieldType
from chohyo.extraction.normalize import NotOfTypeError, fold, normalize

# Fewer corrections are chance; on as many pages, for one page may be odd in itself.
FEWEST: Final = 3
AGREE: Final = 0.8
_MARKS = {FieldType.CHECKBOX, FieldType.CHOICE, FieldType.IMAGE}
_OPEN = {FieldType.TEXT, FieldType.CODE, FieldType.INTEGER}
_LISTED = {FieldType.TEXT, FieldType.CODE}
# Types that hardly any other text fits, by their marks or check digits.
_STRICT = (
    FieldType.DATE, FieldType.TIME, FieldType.EMAIL, FieldType.CORPORATE_NUMBER,
    FieldType.MY_NUMBER, FieldType.KANA_NAME,
)  # fmt: skip
_FEWEST_LISTED, _MOST_LISTED, _TIMES_EACH = 6, 8, 2
_LONGEST_LISTED = 40
# Around found writing, in its heights.
_MARGIN = 0.3
# Of the smaller one: another field's box may be touched, not taken.
_TAKES = 0.3


def suggestions(
    field: Field, corrections: Sequence[Correction], others: Sequence[Field]
) -> list[Suggestion]:
    """Return what a field's corrections suggest; `others` are the fields beside it.

    At least three corrections, on as many pages, must agree, and four of five of all.
    """
    changed = [each for each in corrections if each.changed]
    if len({each.page_id for each in changed}) < FEWEST:
        return []
    found = [
        _type(field, corrections, changed),
        _box(field, changed, others),
        _allowed(field, corrections),
        _filled(field, corrections, changed),
    ]
    return [each for each in found if each is not None]


def _type(
    field: Field, corrections: Sequence[Correction], changed: Sequence[Correction]
) -> Suggestion | None:
    """Suggest the type that what people typed has, where the field's own does not hold them."""
    spec = field.spec
    texts = [each.raw for each in corrections if not each.empty]
    written = [each for each in changed if not each.empty]
    if spec.type in _MARKS or len(written) < FEWEST:
        return None
    kept = _share(written, lambda each: _is(spec.type, each.raw))
    if kept > 1 - AGREE and spec.type not in _OPEN:
        return None
    kind = _kind_of(spec, texts)
    if kind is spec.type or (kind is FieldType.TEXT and kept > 1 - AGREE):
        return None
    agreeing = [each for each in written if _is(kind, each.raw)]
    private = is_private(spec.label, kind)
    suggested = Suggestion(field, SuggestionKind.TYPE, (), 0.0, type=kind, pii=private)
    return _if_agreed(suggested, agreeing, written)


def _kind_of(spec: FieldSpec, texts: Sequence[str]) -> FieldType:
    """Return the type that texts show by their shape, or by being no less than that."""
    kind = typed_by_values(replace(spec, type=FieldType.TEXT, comb=0), texts).type
    if kind is not FieldType.TEXT:
        return kind
    for strict in _STRICT:
        if sum(_is(strict, text) for text in texts) >= AGREE * len(texts):
            return strict
    return kind


def _is(kind: FieldType, text: str) -> bool:
    try:
        normalize(kind, text)
    except NotOfTypeError:
        return False
    return True


def _box(field: Field, changed: Sequence[Correction], others: Sequence[Field]) -> Suggestion | None:
    """Suggest the box that holds what people typed, where it was found beside or across it."""
    looked = [each for each in changed if each.looked and not each.empty]
    agreeing = [each for each in looked if each.found is not None]
    places = [_with_margin(each.found) for each in agreeing if each.found is not None]
    if not places:
        return None
    spec = field.spec
    # Where all of it stands elsewhere the box is moved, else it grows.
    moved = all(place.intersection(spec.box) == 0 for place in places)
    box = places[0] if moved else spec.box
    for place in places:
        box = box.union(place)
    if any(_takes(box, spec.box, other.spec.box) for other in others):
        return None
    return _if_agreed(Suggestion(field, SuggestionKind.BOX, (), 0.0, box=box), agreeing, looked)


def _with_margin(box: Box) -> Box:
    return box.grown(_MARGIN * box.height, _MARGIN * box.height)


def _takes(box: Box, before: Box, other: Box) -> bool:
    smaller = min(box.area, other.area)
    return box.intersection(other) > max(_TAKES * smaller, before.intersection(other))


def _allowed(field: Field, corrections: Sequence[Correction]) -> Suggestion | None:
    """Suggest the few values there are; never where they would tell of people."""
    spec = field.spec
    written = [each for each in corrections if not each.empty]
    if spec.type not in _LISTED or spec.pii or spec.allowed or len(written) < _FEWEST_LISTED:
        return None
    if _kind_of(spec, [each.raw for each in written]) not in _OPEN:
        return None  # dates and amounts are few by chance
    documents: defaultdict[str, set[UUID]] = defaultdict(set)
    for each in written:
        documents[fold(each.raw)].add(each.document_id)
    # A value stays in the template when a document is forgotten, so that it is nobody's alone.
    allowed = sorted(text for text, where in documents.items() if len(where) >= _TIMES_EACH)
    if not 2 <= len(allowed) <= _MOST_LISTED or max(map(len, allowed)) > _LONGEST_LISTED:
        return None
    agreeing = [each for each in written if fold(each.raw) in allowed]
    suggested = Suggestion(field, SuggestionKind.ALLOWED, (), 0.0, allowed=tuple(allowed))
    return _if_agreed(suggested, agreeing, written)


def _filled(
    field: Field, corrections: Sequence[Correction], changed: Sequence[Correction]
) -> Suggestion | None:
    """Suggest that a field must, or need not, be filled in."""
    if field.spec.type in _MARKS:
        return None
    if field.spec.required:
        emptied = [each for each in changed if each.empty]
        return _if_agreed(Suggestion(field, SuggestionKind.OPTIONAL, (), 0.0), emptied, changed)
    if any(each.empty for each in corrections):
        return None
    missed = [each for each in changed if each.was_empty]
    return _if_agreed(Suggestion(field, SuggestionKind.REQUIRED, (), 0.0), missed, changed)


def _if_agreed(
    suggested: Suggestion, agreeing: Sequence[Correction], of: Sequence[Correction]
) -> Suggestion | None:
    share = len(agreeing) / len(of) if of else 0.0
    if share < AGREE or len({each.page_id for each in agreeing}) < FEWEST:
        return None
    return replace(suggested, evidence=tuple(agreeing), share=share)


def _share(of: Sequence[Correction], holds: Callable[[Correction], bool]) -> float:
    return sum(map(holds, of)) / len(of) if of else 0.0
