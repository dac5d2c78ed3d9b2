"""Japanese eras and the ways a date is written into the cells of a form."""

from __future__ import annotations

from datetime import date

from eval.forms.sheet import DateStyle

_ERAS = (
    ("令和", date(2019, 5, 1)),
    ("平成", date(1989, 1, 8)),
    ("昭和", date(1926, 12, 25)),
)
_KANJI = "〇一二三四五六七八九"


def era_year(day: date) -> tuple[str, int]:
    """Return the Japanese era of a day and the year in it (1 is the era's first).

    Raises:
        ValueError: the day lies before Shōwa.
    """
    for name, first in _ERAS:
        if day >= first:
            return name, day.year - first.year + 1
    raise ValueError(f"{day} lies before the eras that forms still ask for")


def date_parts(day: date, style: DateStyle) -> tuple[str, str, str]:
    """Return what is written into the cells of a split date, in the order of the cells."""
    if style == "us":
        return f"{day.month:02d}", f"{day.day:02d}", str(day.year)
    year = era_year(day)[1] if style in ("era", "kanji") else day.year
    if style == "kanji":
        return kanji_number(year), kanji_number(day.month), kanji_number(day.day)
    return str(year), str(day.month), str(day.day)


def kanji_number(number: int) -> str:
    """Return a number of 1..99 as it is written downwards: 31 is 三十一."""
    tens, ones = divmod(number, 10)
    head = (_KANJI[tens] if tens > 1 else "") + "十" if tens else ""
    return head + (_KANJI[ones] if ones else "")


def date_text(day: date, style: DateStyle, lang: str) -> str:
    """Return the date as a person would read it off the form, print included."""
    if style in ("era", "kanji"):
        year, month, on = date_parts(day, style)
        return f"{era_year(day)[0]}{year}年{month}月{on}日"
    if style == "western":
        return f"{day.year}年{day.month}月{day.day}日"
    if style == "us" or lang == "en":
        return f"{day.month:02d}/{day.day:02d}/{day.year}"
    return f"{day.year}/{day.month:02d}/{day.day:02d}"
