"""Decide what kind of value a field holds: by its label, its unit, and what people wrote."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from chohyo.discovery.form_words import PRIVATE_LABEL, TYPE_PATTERNS, UNIT_TYPES
from chohyo.domain.templates import FieldEvidence, FieldSpec, FieldType

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

# An instruction that mentions a spouse or a time does not ask for one.
_NAMED_TYPES = {*_PRIVATE_TYPES, FieldType.TIME, FieldType.COMPANY_NAME, FieldType.CODE}
_LONGEST_NAME = 44

_SHAPES: tuple[tuple[FieldType, re.Pattern[str]], ...] = (
    (FieldType.EMAIL, re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")),
    (FieldType.POSTAL_CODE, re.compile(r"〒?\d{3}-\d{4}")),
    (FieldType.PHONE, re.compile(r"\+?[\d()]{2,6}[- ]\d{2,4}[- ]\d{3,4}")),
    (FieldType.DATE, re.compile(r"(\d{1,4}[/.年-]\d{1,2}[/.月-]\d{1,4}日?|[MTSHR]\d+\.\d+\.\d+)")),
    (FieldType.PERCENT, re.compile(r"[\d.]+%")),
    (FieldType.AMOUNT, re.compile(r"[¥$]?-?\d{1,3}(,\d{3})+(\.\d\d?)?円?|[¥$]\d+|\d+\.\d\d")),
    (FieldType.INTEGER, re.compile(r"\d{1,6}")),
)
_SHAPE_SHARE = 0.7


def type_of(label: str, unit: str = "", comb: int = 0) -> FieldType:
    """Return the type that a label, the print behind the field and a comb speak for."""
    folded = unicodedata.normalize("NFKC", label)
    sentence = len(folded) > _LONGEST_NAME
    kind = next(
        (
            kind
            for kind, pattern in TYPE_PATTERNS
            if not (sentence and kind in _NAMED_TYPES) and pattern.search(folded)
        ),
        None,
    )
    unit_kind = UNIT_TYPES.get(unicodedata.normalize("NFKC", unit).strip(" )）("))
    if kind in {None, FieldType.CODE, FieldType.AMOUNT, FieldType.INTEGER} and unit_kind:
        return unit_kind
    if kind is None:
        return FieldType.CODE if comb else FieldType.TEXT
    return kind


def is_private(label: str, kind: FieldType) -> bool:
    """Say whether the field holds something about a person that must be masked."""
    return kind in _PRIVATE_TYPES or bool(PRIVATE_LABEL.search(label))


def typed_by_values(spec: FieldSpec, values: Sequence[str]) -> FieldSpec:
    """Return the field with the type its values show, where the label left that open.

    `values` are the texts read from the copies, "" where empty. Most of at least two must agree.
    """
    texts = [unicodedata.normalize("NFKC", v).replace(" ", "") for v in values if v.strip()]
    settled = spec.type not in _OPEN_TYPES or FieldEvidence.CARRIED in spec.evidence
    if settled or len(texts) < 2 or spec.comb:
        return spec
    for kind, shape in _SHAPES:
        hits = sum(bool(shape.fullmatch(text)) for text in texts)
        if hits >= _SHAPE_SHARE * len(texts):
            if kind is FieldType.INTEGER and spec.type in {FieldType.AMOUNT, FieldType.CODE}:
                return spec
            if kind is spec.type:
                return spec
            private = spec.pii or is_private(spec.label, kind)
            seen = (*spec.evidence, FieldEvidence.TYPE_FROM_VALUES)
            return replace(spec, type=kind, pii=private, evidence=seen)
    return spec
