"""Understand questions that ask for figures over fields: how many, in all, on average, which.

Nothing is guessed: what a question names is looked up among form types and fields that exist, and
what came of it is shown. A question without such words is no such question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from chohyo.domain.answers import Computation, Interpretation, Operation, Period
from chohyo.domain.templates import FieldType, TemplateVersion
from chohyo.search.claims import terms_of
from chohyo.search.question_conditions import take_conditions
from chohyo.search.question_dates import take_period
from chohyo.search.question_names import (
    Mention,
    NamedField,
    fields_of,
    mentions,
    take_families,
    take_version,
)
from chohyo.search.question_text import Question, even, pattern

NUMBERS: Final = frozenset({FieldType.AMOUNT, FieldType.INTEGER, FieldType.PERCENT})
_DATES: Final = frozenset({FieldType.DATE})
# What asks for an operation, and the kinds of fields it can be over.
_OPERATIONS: Final = tuple((pattern(text), operation, kinds) for text, operation, kinds in (
    (r"何\s?(?:件|枚|通|人|名|部|冊|ページ|頁)|件数|枚数|通数|人数|いくつ"
     r"|\bhow many\b|\bnumber of\b|\bcount\b", Operation.COUNT, None),
    (r"平均|\baverage\b|\bmean\b", Operation.AVERAGE, NUMBERS),
    (r"最大|最高|最多|(?:一番|最も)\s?(?:高|大き|多)"
     r"|\b(?:largest|highest|maximum|max|biggest|greatest)\b", Operation.MOST, NUMBERS),
    (r"最新|(?:一番|最も)\s?(?:新し|遅)|\b(?:latest|newest|most recent)\b",
     Operation.MOST, _DATES),
    (r"最小|最低|最少|最安|(?:一番|最も)\s?(?:低|小さ|少な|安)"
     r"|\b(?:smallest|lowest|minimum|min|least|cheapest)\b", Operation.LEAST, NUMBERS),
    (r"最古|(?:一番|最も)\s?(?:古|早)|\b(?:earliest|oldest)\b", Operation.LEAST, _DATES),
    (r"合計(?!\s?で?\s?(?:何|いくつ))|総額|総計|トータル|合わせていくら|全部でいくら"
     r"|\btotal\b(?! (?:number|count))|\bsum\b|\baltogether\b", Operation.SUM, NUMBERS),
    (r"どの|どれ|一覧|リスト|列挙|挙げて|\bwhich\b|\blist\b", Operation.LIST, None),
))  # fmt: skip
# These ask for a list only where something says of what.
_SHOW: Final = pattern(r"教えて|見せて|ください|\bshow\b|\bfind\b|\bgive\b")
# Words for documents of any kind, not as the end of a name: `leave forms` are of one kind.
_DOCUMENTS: Final = re.compile(
    r"(?<![々一-鿿ァ-ヺー])(?:書類|文書|帳票|様式|フォーム|ファイル)"
    r"|(?:^|\b(?:many|of|all|the|which|list) )(?:documents?|forms?|files?|papers?)\b",
    re.IGNORECASE,
)
# What is said of documents as such, and of asking; not what they hold.
_MANNER: Final = frozenset((
    "altogether", "average", "been", "count", "filed", "give", "had", "issued", "list", "made",
    "month", "number", "processed", "received", "sent", "show", "submitted", "sum", "than",
    "them", "there", "total", "uploaded", "which", "year", "were", "got", "most", "recent",
    "applications", "records", "cases", "between", "documents", "document", "forms", "files",
    "papers", "since", "until", "before", "after", "during", "over", "under", "above", "below",
    "least", "filled", "受付", "受", "付", "申請", "届出", "全部", "合計", "件数", "以上",
    "以下", "以降", "以前", "総額", "平均", "最大", "最小", "最高", "最低", "一覧", "教", "年",
    "月", "日", "円", "一番", "最", "新", "古", "今月", "先月", "取", "込", "登録", "提出",
    "処理",
))  # fmt: skip
_RECEIVED: Final = pattern(
    r"受け?付|受領|受け取|届い|取り込|アップロード|登録された"
    r"|\b(?:received|uploaded|scanned|taken in|arrived)\b"
)
_TOTALS: Final = pattern(r"合計|総額|総計|請求金額|支払金額|\btotal\b|\bamount due\b")
_MAIN_DATES: Final = pattern(
    r"申請|届出|提出|申込|請求|発行|作成|記入|注文|発注|申告|支払"
    r"|\b(?:date|submitted|issued?|signed|order|invoice)\b"
)
_OTHER_DATES: Final = pattern(
    r"生年月日|誕生|期限|満了|有効|まで|から|birth|born|due|expir|until|from"
)
_PLAIN_AMOUNT: Final = pattern(r"金額|額|amount|money")


@dataclass(frozen=True, slots=True)
class _Asked:
    """An operation where a question asks for it, and the kinds of fields it can be over."""

    operation: Operation
    kinds: frozenset[FieldType] | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as it is computed: what it names, and the fields behind the names.

    `fields` go with the computations, None for those over no field; `unclear` operations name no
    field that can be computed with.
    """

    interpretation: Interpretation
    fields: tuple[NamedField | None, ...]
    date_field: NamedField | None
    unclear: tuple[Operation, ...]


def understand(typed: str, versions: Sequence[TemplateVersion], today: date) -> Understood | None:
    """Return what a question asks to be computed; None when it asks for nothing of the kind.

    Args:
        typed: the question.
        versions: the form types and fields that it may name.
        today: what `this month` is said of.
    """
    question = Question.of(typed)
    everything = fields_of(versions)
    families = take_families(question, versions, everything)
    ids = {each.id for each in families}
    within = [each for each in versions if not ids or each.family_id in ids]
    version_label = take_version(question, within, families)
    fields = fields_of(within)
    comparisons = take_conditions(question, fields, _only_number(fields))
    named = mentions(question, fields)
    dated = take_period(question, today)
    asked = _asked(question, told=bool(families) and bool(comparisons or dated))
    if not asked or (not families and not comparisons and _is_a_label(asked, named)):
        return None
    computed, over, unclear = _computations(asked, named, fields)
    about_fields = any(each is not None for each in over)
    if not (families or comparisons or about_fields or _about_documents(question, asked)):
        return None
    date_field = _date_field(question, named, fields if families else (), dated)
    for mention in named:
        question.take(mention.start, mention.end)
    for each in asked:
        question.take(each.start, each.end)
    interpretation = Interpretation(
        families=tuple(families),
        version_label=version_label,
        period=dated[0] if dated else None,
        date_field=date_field.label if date_field else None,
        comparisons=tuple(comparisons),
        computations=tuple(computed),
        words=_left(question),
    )
    return Understood(interpretation, tuple(over), date_field, tuple(unclear))


def _left(question: Question) -> tuple[str, ...]:
    """Return the words that say something and were not understood as anything else."""
    typed = zip(question.text, question.even, strict=True)
    rest = "".join(" " if even_one == " " else one for one, even_one in typed)
    words = [word for word in terms_of(rest) if not word[0].isdigit()]
    return tuple(w for w in words if w.lower() not in _MANNER and len(w) > 1)


def _asked(question: Question, *, told: bool) -> list[_Asked]:
    found = [
        _Asked(operation, kinds, match.start(), match.end())
        for expression, operation, kinds in _OPERATIONS
        for match in expression.finditer(question.even)
    ]
    if not found and told and _SHOW.search(question.even):
        return [_Asked(Operation.LIST, None, 0, 0)]
    return sorted(found, key=lambda each: each.start)


def _is_a_label(asked: Sequence[_Asked], named: Sequence[Mention]) -> bool:
    """Say whether what asks for operations are names of fields: 合計金額 is what a form says."""
    return all(
        any(m.start <= each.start and each.end <= m.end and not m.loose for m in named)
        for each in asked
    )


def _about_documents(question: Question, asked: Sequence[_Asked]) -> bool:
    counts = any(each.operation is Operation.COUNT for each in asked)
    return counts and _DOCUMENTS.search(question.text) is not None


def _computations(
    asked: Sequence[_Asked], named: Sequence[Mention], fields: Sequence[NamedField]
) -> tuple[list[Computation], list[NamedField | None], list[Operation]]:
    computed: dict[Computation, NamedField | None] = {}
    unclear: list[Operation] = []
    for each in asked:
        if each.kinds is None:
            computed.setdefault(Computation(each.operation), None)
            continue
        field = _nearest(named, each) or _unnamed(each, fields)
        if field is None:
            unclear.append(each.operation)
        else:
            computed.setdefault(Computation(each.operation, field.label), field)
    if len(computed) > 1:
        computed.pop(Computation(Operation.LIST), None)
    if not {Computation(Operation.COUNT), Computation(Operation.LIST)} & computed.keys():
        computed = {Computation(Operation.COUNT): None, **computed}
    return list(computed), list(computed.values()), unclear


def _nearest(named: Sequence[Mention], asked: _Asked) -> NamedField | None:
    fitting = [each for each in named if each.field.spec.type in (asked.kinds or ())]
    if not fitting:
        return None

    def apart(each: Mention) -> tuple[int, bool, bool]:
        gap = max(each.start - asked.end, asked.start - each.end, 0)
        return gap, each.loose, each.field.spec.cell is not None

    nearest = min(fitting, key=apart)
    if nearest.start < asked.end and asked.start < nearest.end:
        # `total fee` is about the fee, though some form has a field called total.
        beside = [each for each in fitting if 0 <= each.start - asked.end <= 1]
        named_apart = [each for each in beside if not _PLAIN_AMOUNT.match(even(each.field.label))]
        nearest = min(named_apart, key=apart, default=nearest)
    return nearest.field


def _unnamed(asked: _Asked, fields: Sequence[NamedField]) -> NamedField | None:
    return _main_date(fields) if asked.kinds is _DATES else _usual(fields)


def _usual(fields: Sequence[NamedField]) -> NamedField | None:
    """Return the field that an unnamed total is of: the one amount there is, or the form's sum."""
    amounts = [each for each in fields if each.spec.type is FieldType.AMOUNT]
    single = [each for each in amounts if each.spec.cell is None] or amounts
    sums = [each for each in single if _TOTALS.search(even(each.label))]
    for chosen in (single, sums):
        if len(chosen) == 1:
            return chosen[0]
    return _only_number(fields) if not amounts else None


def _only_number(fields: Sequence[NamedField]) -> NamedField | None:
    numbers = [each for each in fields if each.spec.type in NUMBERS]
    if len(numbers) == 1:
        return numbers[0]
    amounts = [each for each in numbers if each.spec.type is FieldType.AMOUNT]
    sums = [each for each in amounts if _TOTALS.search(even(each.label))]
    return next((each[0] for each in (amounts, sums) if len(each) == 1), None)


def _date_field(
    question: Question,
    named: Sequence[Mention],
    fields: Sequence[NamedField],
    dated: tuple[Period, int] | None,
) -> NamedField | None:
    """Return the field that a time is said of; None when it is the day of receipt."""
    if dated is None or _RECEIVED.search(question.even):
        return None
    said = [each for each in named if each.field.spec.type is FieldType.DATE and not each.loose]
    if said:
        return min(said, key=lambda each: abs(each.end - dated[1])).field
    return _main_date(fields)


def _main_date(fields: Sequence[NamedField]) -> NamedField | None:
    dates = [each for each in fields if each.spec.type is FieldType.DATE]
    likely = [each for each in dates if not _OTHER_DATES.search(even(each.label))]
    main = [each for each in likely if _MAIN_DATES.search(even(each.label))]
    by_place = sorted(main or likely, key=lambda each: (each.spec.page_no, each.spec.order))
    return by_place[0] if by_place else None
