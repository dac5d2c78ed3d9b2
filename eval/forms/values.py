"""What a made-up person means for a field, as it is written and as it is normalised."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal

from chohyo.domain.templates import FieldType
from chohyo.domain.values import Normalized
from eval.forms.calendars import date_text
from eval.forms.sheet import Blank

# A choice is answered with the chosen word, or with several; None leaves the field empty.
Meaning = str | int | Decimal | date | time | bool | tuple[str, ...] | None
Case = Mapping[str, Meaning]


def meaning_of(blank: Blank, case: Case) -> Meaning:
    """Return what the case says for a blank; for a mark, whether it is set."""
    if not blank.group:
        return case.get(blank.name)
    answer = case.get(blank.group)
    chosen = answer if isinstance(answer, tuple) else (answer,)
    return blank.option in chosen


def written(blank: Blank, meaning: Meaning, lang: str) -> str:
    """Return the text of a value as one reads it off the form; "" when left empty."""
    if meaning is None or meaning is False:
        return ""
    if blank.kind != "text":
        return "yes"
    match meaning:
        case date():
            return date_text(meaning, blank.date_style, lang)
        case time():
            return f"{meaning.hour}:{meaning.minute:02d}"
        case int() | Decimal() if blank.type is FieldType.AMOUNT and not blank.comb:
            return f"{meaning:,}"
    return str(meaning)


def normalized(blank: Blank, meaning: Meaning) -> Normalized:
    """Return the typed value in JSON: ISO dates and times, plain numbers, the word of a mark."""
    if blank.group:
        several = blank.type is FieldType.CHECKBOX
        return bool(meaning) if several else blank.option if meaning else None
    match meaning:
        case None | int():
            return meaning
        case date():
            return meaning.isoformat()
        case time():
            return f"{meaning.hour:02d}:{meaning.minute:02d}"
        case Decimal():
            return float(meaning)
    return True if blank.kind == "seal" else str(meaning)
