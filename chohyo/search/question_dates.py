"""The time a question speaks of: days, months, years, Japanese eras and fiscal years, ranges."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from chohyo.domain.answers import Period
from chohyo.search.question_text import Question, pattern

_ERAS: Final = {"明治": 1868, "大正": 1912, "昭和": 1926, "平成": 1989, "令和": 2019,
                "m": 1868, "t": 1912, "s": 1926, "h": 1989, "r": 2019}  # fmt: skip
_MONTHS: Final = ("january", "february", "march", "april", "may", "june", "july", "august",
                  "september", "october", "november", "december")  # fmt: skip
_MONTH: Final = "|".join(f"{name}|{name[:3]}\\b\\.?" for name in _MONTHS)
_YEAR: Final = r"(?:(?P<era>明治|大正|昭和|平成|令和|\b[mtshr])(?P<ey>元|\d{1,2})|(?P<y>\d{4}))"
_APRIL: Final = 4  # the fiscal year of Japan begins


@dataclass(frozen=True, slots=True)
class _Span:
    """A time where it stands in the question; `month` of any year, or from `first` to `last`."""

    start: int
    end: int
    first: date | None
    last: date | None
    month: int | None = None


_Read = Callable[[re.Match[str], date], tuple[date | None, date | None, int | None] | None]


def _days(first: date, last: date) -> tuple[date, date, None]:
    return first, last, None


def _year_of(match: re.Match[str]) -> int:
    if match["y"]:
        return int(match["y"])
    return _ERAS[match["era"]] - 1 + (1 if match["ey"] == "元" else int(match["ey"]))


def _whole_month(year: int, month: int) -> tuple[date, date, None]:
    return _days(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def _day(match: re.Match[str], _: date) -> tuple[date, date, None]:
    day = date(_year_of(match), int(match["m"]), int(match["d"]))
    return _days(day, day)


def _month(match: re.Match[str], _: date) -> tuple[date, date, None]:
    return _whole_month(_year_of(match), int(match["m"]))


def _fiscal(match: re.Match[str], _: date) -> tuple[date, date, None]:
    year = _year_of(match)
    return _days(date(year, _APRIL, 1), date(year + 1, _APRIL, 1) - timedelta(days=1))


def _year(match: re.Match[str], _: date) -> tuple[date, date, None]:
    year = _year_of(match)
    return _days(date(year, 1, 1), date(year, 12, 31))


def _day_without_year(match: re.Match[str], today: date) -> tuple[date, date, None]:
    day = date(today.year, int(match["m"]), int(match["d"]))
    day = day if day <= today else day.replace(year=today.year - 1)
    return _days(day, day)


def _any_year(match: re.Match[str], _: date) -> tuple[None, None, int]:
    month = int(match["m"])
    date(2000, month, 1)
    return None, None, month


def _named_month(match: re.Match[str]) -> int:
    return next(n for n, name in enumerate(_MONTHS, 1) if name.startswith(match["n"][:3]))


def _english_day(match: re.Match[str], _: date) -> tuple[date, date, None]:
    day = date(int(match["y"]), _named_month(match), int(match["d"]))
    return _days(day, day)


def _english_month(match: re.Match[str], _: date) -> tuple[date | None, date | None, int | None]:
    number = _named_month(match)
    if match["y"]:
        return _whole_month(int(match["y"]), number)
    return None, None, number


def _quarter(match: re.Match[str], _: date) -> tuple[date, date, None]:
    year, first = int(match["y"]), 3 * int(match["q"]) - 2
    return _days(date(year, first, 1), _whole_month(year, first + 2)[1])


def _relative(match: re.Match[str], today: date) -> tuple[date, date, None]:
    word = match[0].replace(" ", "")
    last = word.startswith(("last", "先", "昨", "去", "yesterday"))
    if word in ("今日", "本日", "today", "昨日", "yesterday"):
        day = today - timedelta(days=int(last))
        return _days(day, day)
    if "月" in word or "month" in word:
        first = today.replace(day=1)
        first = (first - timedelta(days=1)).replace(day=1) if last else first
        return _whole_month(first.year, first.month)
    fiscal = "度" in word
    year = today.year - int(last) - int(fiscal and today.month < _APRIL)
    if fiscal:
        return _days(date(year, _APRIL, 1), date(year + 1, _APRIL, 1) - timedelta(days=1))
    return _days(date(year, 1, 1), date(year, 12, 31))


_READERS: Final[tuple[tuple[re.Pattern[str], _Read], ...]] = (
    (pattern(_YEAR + r"\s?[年/.-]\s?(?P<m>\d{1,2})\s?[月/.-]\s?(?P<d>\d{1,2})日?"), _day),
    (re.compile(rf"(?P<n>{_MONTH}) (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>\d{{4}})\b"),
     _english_day),
    (re.compile(rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?P<n>{_MONTH}),? (?P<y>\d{{4}})\b"),
     _english_day),
    (pattern(_YEAR + r"\s?年\s?(?P<m>\d{1,2})\s?月"), _month),
    (re.compile(_YEAR + r"[/-](?P<m>\d{1,2})(?![\d/.-])"), _month),
    (re.compile(r"\bq(?P<q>[1-4])(?: of)? (?P<y>\d{4})\b"), _quarter),
    (re.compile(rf"\b(?P<n>{_MONTH})(?:,? (?:of )?(?P<y>\d{{4}})\b)?(?![a-z])"), _english_month),
    (pattern(_YEAR + r"\s?年度"), _fiscal),
    (pattern(_YEAR + r"\s?年"), _year),
    (pattern(r"(?<![\d/.-])(?P<m>\d{1,2})\s?[月/]\s?(?P<d>\d{1,2})日?(?![\d/])"),
     _day_without_year),
    (pattern(r"(?<![\d年])(?P<m>\d{1,2})\s?月(?!\d)"), _any_year),
    (re.compile(r"(?<![\d,.])(?P<era>)(?P<ey>)(?P<y>(?:19|20)\d\d)(?![\d,.円年-])\b"), _year),
    (pattern(r"今日|本日|昨日|今月|先月|今年度?|昨年度?|去年|\b(?:today|yesterday)\b"
             r"|\b(?:this|last) (?:month|year)\b"), _relative),
)  # fmt: skip
_JOINED: Final = pattern(r"\s?(?:から|-|to|until|through|and)\s?")
_FROM: Final = pattern(r"\s?(?:以降|以後|から)")
_UNTIL: Final = pattern(r"\s?(?:以前|まで)")
_BEFORE: Final = pattern(r"\s?(?:より前|前)")
_ENGLISH_FROM: Final = re.compile(r"\b(?:since|from|on or after|after)\s?$")
_ENGLISH_UNTIL: Final = re.compile(r"\b(?:until|by|on or before|up to|through)\s?$")
_ENGLISH_BEFORE: Final = re.compile(r"\bbefore\s?$")
# `may` is a month after `in` and its like, or before a year; else it is a verb.
_MAY: Final = re.compile(r"\b(?:in|of|during|for|since|from|until|to|and|before|after) ?$")


def take_period(question: Question, today: date) -> tuple[Period, int] | None:
    """Return the time a question speaks of and where it stands; None when it speaks of none.

    Months without a year are those of any year. The words are taken out of the question.
    """
    spans = _spans(question, today)
    if not spans:
        return None
    first = spans[0]
    joined = spans[1] if len(spans) > 1 and _join(question, first, spans[1]) else None
    end = joined.end if joined else first.end
    period = _range(first, joined) if joined else None
    if period is None:
        period, end = _single(question, first)
    question.take(first.start, end)
    return period, first.start


def _spans(question: Question, today: date) -> list[_Span]:
    found: list[_Span] = []
    for expression, read in _READERS:
        for match in expression.finditer(question.even):
            if any(match.start() < each.end and each.start < match.end() for each in found):
                continue
            if match[0] == "may" and not _MAY.search(question.even[: match.start()]):
                continue
            try:
                days = read(match, today)
            except ValueError:  # the 31st of a month that has 30 days
                continue
            if days is not None:
                found.append(_Span(match.start(), match.end(), *days))
    return sorted(found, key=lambda each: each.start)


def _join(question: Question, first: _Span, second: _Span) -> bool:
    return _JOINED.fullmatch(question.even[first.end : second.start]) is not None


def _range(first: _Span, second: _Span) -> Period | None:
    if first.month and second.month:
        months = list(range(first.month, 13)) if first.month > second.month else []
        months += range(1 if months else first.month, second.month + 1)
        return Period(months=tuple(months))
    if first.month and second.first:  # 1月から2024年3月: the year is said once, at the end
        return Period(_whole_month(second.first.year, first.month)[0], second.last)
    if first.first and second.month:
        return Period(first.first, _whole_month(first.first.year, second.month)[1])
    return Period(first.first, second.last)


def _single(question: Question, span: _Span) -> tuple[Period, int]:
    before, after = question.even[: span.start], question.even[span.end :]
    if span.month is not None:
        return Period(months=(span.month,)), span.end
    assert span.first is not None
    for expression, bound in ((_FROM, "since"), (_UNTIL, "until"), (_BEFORE, "before")):
        match = expression.match(after)
        if match is not None:
            return _bounded(span, bound), span.end + match.end()
    for expression, bound in (
        (_ENGLISH_FROM, "since"), (_ENGLISH_UNTIL, "until"), (_ENGLISH_BEFORE, "before"),
    ):  # fmt: skip
        if expression.search(before):
            return _bounded(span, bound), span.end
    return Period(span.first, span.last), span.end


def _bounded(span: _Span, bound: str) -> Period:
    assert span.first is not None
    if bound == "since":
        return Period(since=span.first)
    if bound == "until":
        return Period(until=span.last)
    return Period(until=span.first - timedelta(days=1))
