"""Decide what kind of value a field holds: by its label, its unit, and what people wrote."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from chohyo.discovery.form_words import (
    LABEL_UNIT,
    PRINTED_RATE,
    PRIVATE_LABEL,
    SUM,
    TYPE_PATTERNS,
    UNIT_TYPES,
)
from chohyo.discovery.value_shapes import SHARE, TELLING, by_shape, name_shown, share, told
from chohyo.domain.templates import FieldEvidence, FieldSpec, FieldType
from chohyo.extraction.normalize import NotOfTypeError, normalize

_PRIVATE_TYPES = {
    FieldType.PERSON_NAME,
    FieldType.KANA_NAME,
    FieldType.ADDRESS,
    FieldType.PHONE,
    FieldType.EMAIL,
    FieldType.POSTAL_CODE,
    FieldType.BANK_ACCOUNT,
    FieldType.MY_NUMBER,
    FieldType.SSN,
}
_OPEN_TYPES = {FieldType.TEXT, FieldType.CODE, FieldType.INTEGER, FieldType.AMOUNT}
_COUNTED = {FieldType.CODE, FieldType.AMOUNT, FieldType.INTEGER}

# An instruction that mentions a spouse or a time does not ask for one.
_NAMED_TYPES = {*_PRIVATE_TYPES, FieldType.TIME, FieldType.COMPANY_NAME, FieldType.CODE}
_LONGEST_NAME = 44
_ENDS = re.compile(r"[。．]|[a-z]{3}\.$|\b(and|that|which|must) ")
_TITLE = re.compile("[様殿]|御中")
# Print between the parts of a date or a time; other units leave no doubt of what is before them.
_PARTS_OF_TIME = frozenset("年月日時分")

_NUMBERS = {
    FieldType.INTEGER, FieldType.AMOUNT, FieldType.PERCENT, FieldType.DATE, FieldType.TIME,
    FieldType.PHONE, FieldType.POSTAL_CODE, FieldType.CODE, FieldType.BANK_ACCOUNT,
    FieldType.MY_NUMBER, FieldType.CORPORATE_NUMBER, FieldType.SSN, FieldType.EIN,
}  # fmt: skip
_NAMES = {FieldType.PERSON_NAME, FieldType.COMPANY_NAME, FieldType.ADDRESS, FieldType.KANA_NAME}

# Others, as "insured", may as well be said of a sum.
_ASKS_FOR_NAME = re.compile("name|address|名|住所", re.IGNORECASE)
# A type holds where so many texts may be of it.
_HELD = 0.5
_DIGIT = re.compile(r"\d")
# What a recogniser makes of digits is no word.
_WORD = re.compile(r"[^\W\d_OoQlISBZ]")


def type_of(label: str, unit: str = "", comb: int = 0) -> FieldType:
    """Return the type that a label, the print behind the field and a comb speak for."""
    return _kinds_of(label, unit, comb)[0]


def names_nothing(text: str) -> bool:
    """Say whether print is a sentence, which tells what to do, or a title behind a name."""
    return len(text) > _LONGEST_NAME or bool(_ENDS.search(text) or _TITLE.fullmatch(text))


def _kinds_of(label: str, unit: str = "", comb: int = 0) -> list[FieldType]:
    """Return what a field may hold by its label and unit, the likeliest first."""
    folded = PRINTED_RATE.sub(" ", unicodedata.normalize("NFKC", label)).strip()
    kinds = _named_in(folded)
    if kinds[:1] == [FieldType.AMOUNT] and FieldType.INTEGER in kinds:
        # A total of hours is one of what is counted.
        kinds = _named_in(SUM.sub("", folded)) or kinds
    named = LABEL_UNIT.search(folded)
    units = (unit, named[1] if named else "")
    shown, kind = next(((u, k) for u in units if (k := _unit_type(u))), ("", None))
    overruled = _COUNTED if shown in _PARTS_OF_TIME else _NUMBERS
    if kind and (not kinds or kinds[0] in overruled):
        return [kind, *kinds]
    return kinds or [FieldType.CODE if comb else FieldType.TEXT]


def _named_in(folded: str) -> list[FieldType]:
    # What stands in brackets explains the label, which ends before it.
    bare = re.sub(r"\s*[(\[〔][^()\[\]〔〕]*[)\]〕]\s*$", "", folded) or folded
    sentence = len(folded) > _LONGEST_NAME
    return [
        kind
        for kind, pattern in TYPE_PATTERNS
        if not (sentence and kind in _NAMED_TYPES)
        and (pattern.search(folded) or pattern.search(bare))
    ]


def _unit_type(unit: str) -> FieldType | None:
    return UNIT_TYPES.get(unicodedata.normalize("NFKC", unit).strip(" )（(").casefold())


def is_private(label: str, kind: FieldType) -> bool:
    """Say whether the field holds something about a person that must be masked."""
    return kind in _PRIVATE_TYPES or bool(PRIVATE_LABEL.search(label))


def typed_by_values(spec: FieldSpec, values: Sequence[str]) -> FieldSpec:
    """Return the field with the type its values show, where the label left that open or is refuted.

    `values` are the texts read from the copies, "" where empty. Most of at least two must agree.
    """
    spaced = [unicodedata.normalize("NFKC", v).strip() for v in values if v.strip()]
    texts = [text.replace(" ", "") for text in spaced]
    if len(texts) < 2 or spec.comb or FieldEvidence.CARRIED in spec.evidence:
        return spec
    kind = by_shape(spec.type, texts) if spec.type in _OPEN_TYPES else spec.type
    kind = _unless_refuted(kind, spec.label, texts)
    if kind is FieldType.TEXT:
        kind = name_shown(spec.label, spaced) or kind
    if kind is spec.type:
        return spec
    private = spec.pii or is_private(spec.label, kind)
    seen = (*spec.evidence, FieldEvidence.TYPE_FROM_VALUES)
    return replace(spec, type=kind, pii=private, evidence=seen)


def _unless_refuted(kind: FieldType, label: str, texts: Sequence[str]) -> FieldType:
    """Return the type, or what else the label may mean where most texts cannot be of it."""
    if kind in _NAMES:
        if not _ASKS_FOR_NAME.search(label) and share(_WORD.search, texts) <= 1.0 - SHARE:
            return by_shape(FieldType.TEXT, texts)
        return next((k for k, shape in TELLING if all(map(shape, texts))), kind)
    if kind not in _NUMBERS or _holding(kind, texts) >= _HELD:
        return kind
    for other in _kinds_of(label):
        if other not in {kind, FieldType.TEXT} and _holding(other, texts) >= _HELD:
            return other
    shown = told(texts)
    words = any(map(_WORD.search, texts)) and not any(map(_DIGIT.search, texts))
    return shown or (FieldType.TEXT if words else kind)


def _holding(kind: FieldType, texts: Sequence[str]) -> float:
    """Return how many of the texts may be of a type."""
    return sum(_may_be(kind, text) for text in texts) / len(texts)


def _may_be(kind: FieldType, text: str) -> bool:
    if kind is FieldType.CODE:
        return text.isascii() and bool(_DIGIT.search(text))
    if kind in _NAMES:
        return bool(_WORD.search(text))
    try:
        normalize(kind, text)
    except NotOfTypeError:
        return False
    return True
