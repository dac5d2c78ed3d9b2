"""Shapes of values: what texts that people wrote can only be, or most likely are."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from stdnum.jp import cn as jp_cn
from stdnum.jp import in_ as jp_in

from chohyo.domain.templates import FieldType

_Shape = Callable[[str], object]

# So many of the texts must have the shape.
SHARE = 0.7
# An amount below a thousand has no separator; others beside it have.
_SMALL_AMOUNT, _LEAST_SEPARATED = re.compile(r"\d{1,3}").fullmatch, 0.3
# Counts of so many digits differ in length, sums without a separator end in noughts.
_LONG_NUMBER, _ROUND = re.compile(r"\d{5,}").fullmatch, re.compile(r".*00").fullmatch
_DECIMAL = re.compile(r"\d+\.\d+").fullmatch
# Rings are read as noughts.
_RINGS = re.compile(r"[0OoX×○◯]").fullmatch
_COUNTED = {FieldType.CODE, FieldType.AMOUNT, FieldType.INTEGER}

# A family and a given name, parted by a space that a recogniser may miss, or in Latin letters.
_NAME = re.compile("[一-龥々ヶ]{1,3} [一-龥々ぁ-ゖァ-ヺー]{1,4}").fullmatch
_JOINED_NAME, _LEAST_PARTED = re.compile("[一-龥々ヶ]{2,5}[ぁ-ゖァ-ヺー]{0,3}").fullmatch, 0.5
_LATIN_NAME = re.compile(r"[A-Z][a-z]+( [A-Z]\.?)? ?[A-Z][a-z]+").fullmatch
_CAPITALS = re.compile(r"[A-Z][\w&'.-]*( ?[A-Z&][\w&'.-]*)+").fullmatch
# Who does something, or has it done.
_SOMEBODY = re.compile(r"[a-z]{3}(er|or|ee|ist|ian)$", re.IGNORECASE).search

# Shapes that no value of another type has; without spaces, as all shapes but those of names.
TELLING: tuple[tuple[FieldType, _Shape], ...] = (
    (FieldType.EMAIL, re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+").fullmatch),
    (FieldType.POSTAL_CODE, re.compile(r"〒?\d{3}-\d{4}").fullmatch),
    (FieldType.SSN, re.compile(r"\d{3}-\d{2}-\d{4}").fullmatch),
    (FieldType.EIN, re.compile(r"\d{2}-\d{7}").fullmatch),
    (
        FieldType.PHONE,
        re.compile(r"(\+?\d{1,3}-)?(\+?\d{2,5}-|\+?\(\d{2,5}\)-?)\d{2,4}-\d{3,4}").fullmatch,
    ),
    (
        FieldType.DATE,
        re.compile(
            r"(明治|大正|昭和|平成|令和)?(元|\d{1,4})[/.年-]\d{1,2}[/.月-]\d{1,4}日?|"
            r"[MTSHR]\d+\.\d+\.\d+"
        ).fullmatch,
    ),
    (
        FieldType.ADDRESS,
        re.compile(
            r".*[都道府県市区郡町村].*\d+([-丁番の]|番地).*|"
            r"\d+[A-Z][A-Za-z.]*?(St|Street|Ave|Avenue|Rd|Road|Blvd|Dr|Drive|Ln|Lane|Way|Ct|Court)\b.*"
        ).fullmatch,
    ),
    (
        FieldType.COMPANY_NAME,
        re.compile(
            r".*([株有]式?会社|合同会社|\([株有]\)|\b(inc|llc|ltd|corp)\b).*", re.I
        ).fullmatch,
    ),
)  # fmt: skip
_SHAPES: tuple[tuple[FieldType, _Shape], ...] = (
    *TELLING,
    (FieldType.MY_NUMBER, jp_in.is_valid),
    (FieldType.CORPORATE_NUMBER, jp_cn.is_valid),
    (
        FieldType.TIME,
        re.compile(
            r"(午[前後])?([01]?\d|2[0-4])([:·・][0-5]\d|時([0-5]?\d分|半)?)([ap]\.?m\.?)?", re.I
        ).fullmatch,
    ),
    (FieldType.PERCENT, re.compile(r"[\d.]+%").fullmatch),
    (FieldType.CODE, re.compile(r"(no\.?\d+|(?=.*\d)[A-Z]{1,4}-?[A-Z\d-]*|0\d+)", re.I).fullmatch),
    (
        FieldType.AMOUNT,
        re.compile(r"[¥$]?[-△▲]?\d{1,3}(,\d{3})+(\.\d\d?)?円?|[¥$]\d+|\d+\.\d\d").fullmatch,
    ),
    (FieldType.INTEGER, re.compile(r"\d{1,6}").fullmatch),
)


def share(shape: _Shape, texts: Sequence[str]) -> float:
    """Return how many of the texts have a shape, in 0..1."""
    return sum(bool(shape(text)) for text in texts) / len(texts)


def told(texts: Sequence[str]) -> FieldType | None:
    """Return the type whose shape most texts have and no other value has; None without one."""
    return next((kind for kind, shape in TELLING if share(shape, texts) >= SHARE), None)


def by_shape(kind: FieldType, texts: Sequence[str]) -> FieldType:
    """Return the type whose shape most texts have; the given one where it may as well be."""
    if share(_RINGS, texts) >= SHARE:
        return kind
    if kind is FieldType.INTEGER and share(_DECIMAL, texts) >= SHARE:
        return FieldType.TEXT
    if kind is FieldType.TEXT and _are_numbers_of_things(texts):
        return FieldType.CODE
    for shown, shape in _SHAPES:
        found = share(shape, texts)
        if shown is FieldType.AMOUNT and found >= _LEAST_SEPARATED:
            found += share(_SMALL_AMOUNT, texts)
        if found >= SHARE:
            return kind if shown in _COUNTED and kind in _COUNTED else shown
    return kind


def _are_numbers_of_things(texts: Sequence[str]) -> bool:
    """Say whether texts are long numbers of one length that count nothing and carry no check."""
    alike = len({len(text) for text in texts}) == 1 and share(_LONG_NUMBER, texts) == 1.0
    checked = share(jp_in.is_valid, texts) == 1.0 or share(jp_cn.is_valid, texts) == 1.0
    return alike and not checked and share(_ROUND, texts) < SHARE


def name_shown(label: str, texts: Sequence[str]) -> FieldType | None:
    """Return what kind of name the texts, with their spaces, are; None where they may be words.

    In Latin letters only the label tells a name from words: it says who does something.
    """
    if len(set(texts)) > 1 and share(_NAME, texts) >= _LEAST_PARTED:
        return FieldType.PERSON_NAME if all(_NAME(t) or _JOINED_NAME(t) for t in texts) else None
    if not _SOMEBODY(label.strip()):
        return None
    if share(_LATIN_NAME, texts) >= SHARE:
        return FieldType.PERSON_NAME
    return FieldType.COMPANY_NAME if share(_CAPITALS, texts) >= SHARE else None
