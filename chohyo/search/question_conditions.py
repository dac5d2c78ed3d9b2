"""Find the conditions on fields in a question: at least so much, called so, on or after a day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from chohyo.domain.search import Comparing, Comparison
from chohyo.domain.templates import FieldType
from chohyo.search.question_names import Mention, NamedField, mentions
from chohyo.search.question_text import NUMBER, Question, number_of, pattern

_UNIT: Final = r"\s?(?P<u>円|日間?|件|枚|人|時間|%|yen|dollars?|usd|days?|hours?)?"
_MONEY: Final = frozenset({None, "円", "yen", "dollar", "dollars", "usd"})
_SIGNS: Final = {">=": Comparing.AT_LEAST, "<=": Comparing.AT_MOST, ">": Comparing.MORE,
                 "<": Comparing.LESS, "=": Comparing.EQUAL, "!=": Comparing.UNLIKE}  # fmt: skip
_SIGN: Final = pattern(rf"\s?(?P<sign>>=|<=|!=|>|<|=)\s?[¥$\\]?(?P<n>{NUMBER}){_UNIT}")
# A number with what bounds it, in Japanese behind it, in English before it.
_AFTER: Final = tuple((pattern(
    rf"\s?(?:が|は|の|で)?\s?[¥$\\]?(?P<n>{NUMBER}){_UNIT}\s?(?:{words})"), comparing)
    for words, comparing in (
    ("以上", Comparing.AT_LEAST),
    ("以下|以内", Comparing.AT_MOST),
    ("未満|より(?:小さ|少な|低|安)", Comparing.LESS),
    ("超|を超|より(?:大き|多|高)", Comparing.MORE),
))  # fmt: skip
_BEFORE: Final = tuple((pattern(
    rf"\s?(?:is|are|was|of)?\s?(?:{words})\s?[¥$\\]?(?P<n>{NUMBER}){_UNIT}(?![\d/-])"), comparing)
    for words, comparing in (
    ("at least|no less than", Comparing.AT_LEAST),
    ("at most|up to|no more than", Comparing.AT_MOST),
    ("under|below|less than|lower than|fewer than", Comparing.LESS),
    ("over|above|more than|greater than|higher than|exceeding", Comparing.MORE),
))  # fmt: skip
_QUOTED: Final = pattern(
    r"""\s?(?:が|は|に|is|=|equals|:|contains|including)?\s?[「『"'“](?P<v>[^」』"'”]+)[」』"'”]"""
)
_CALLED: Final = pattern(
    r"\s?(?:が|は)\s?(?P<v>(?!何|誰|いく|いつ|どの|どれ|合計|平均)[^\s、,。?]{1,40}?)(?:さん|様)?"
    r"(?:の|である|を含む|で(?!す|し))"
)
_IS: Final = pattern(
    r"\s(?:is|equals|contains)\s(?P<v>[^\s,?.][^,?.]{0,40}?)(?=$|[,?.]| in | and )"
)
_NUMBERS: Final = frozenset({FieldType.AMOUNT, FieldType.INTEGER, FieldType.PERCENT})
_WORDS: Final = frozenset(
    set(FieldType)
    - _NUMBERS
    - {FieldType.DATE, FieldType.TIME, FieldType.IMAGE, FieldType.CHECKBOX}
)


def take_conditions(
    question: Question, fields: Sequence[NamedField], usual: NamedField | None
) -> list[Comparison]:
    """Return the conditions that a question states.

    A bound without a field is on `usual`. The words are taken out of the question.
    """
    found: list[Comparison] = []
    for mention in mentions(question, fields):
        condition = _condition(question, mention)
        if condition is not None:
            found.append(condition)
    bound = _bound(question, usual) if usual else None
    return [*found, bound] if bound is not None else found


def _condition(question: Question, mention: Mention) -> Comparison | None:
    label, kind, begin = mention.field.label, mention.field.spec.type, mention.end
    if question.even[mention.start : mention.end].isspace():
        return None  # used up by the condition on a field of the same name
    if kind in _NUMBERS:
        return _numeric(question, label, mention.start, begin)
    if kind not in _WORDS or mention.loose:
        return None
    for expression, comparing in (
        (_QUOTED, Comparing.CONTAINS), (_CALLED, Comparing.CONTAINS), (_IS, Comparing.CONTAINS),
    ):  # fmt: skip
        match = expression.match(question.even, begin)
        if match is not None:
            value = question.text[match.start("v") : match.end("v")].strip()
            question.take(mention.start, match.end())
            return Comparison(label, comparing, value)
    return None


def _numeric(question: Question, label: str, start: int, begin: int) -> Comparison | None:
    sign = _SIGN.match(question.even, begin)
    if sign is not None:
        question.take(start, sign.end())
        return Comparison(label, _SIGNS[sign["sign"]], number_of(sign["n"]))
    for expression, comparing in (*_AFTER, *_BEFORE):
        match = expression.match(question.even, begin)
        if match is not None:
            question.take(start, match.end())
            return Comparison(label, comparing, number_of(match["n"]))
    return None


def _bound(question: Question, usual: NamedField) -> Comparison | None:
    for expression, comparing in (*_AFTER, *_BEFORE):
        for match in expression.finditer(question.even):
            if match["u"] in _MONEY or usual.spec.type is not FieldType.AMOUNT:
                question.take(match.start(), match.end())
                return Comparison(usual.label, comparing, number_of(match["n"]))
    return None
