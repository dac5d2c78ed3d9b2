"""Say what was counted and found in the reader's language."""

from __future__ import annotations

import re
from typing import Final

from chohyo.domain.answers import Citation, Interpretation, Period
from chohyo.domain.values import Normalized
from chohyo.translation.answers import say

_JAPANESE: Final = re.compile(r"[ぁ-ゖ]|[々一-鿿].*[?？]?$")
_ENGLISH: Final = re.compile(
    r"\b(?:how|what|which|who|when|where|why|is|are|was|were|does|do|did|total|list|show|the)\b",
    re.IGNORECASE,
)
_KANA: Final = re.compile(r"[ぁ-ゖ]")
_SNIPPET: Final = 200


def language_of(question: str) -> str:
    """Return the language a question is in; a Japanese name in an English sentence is English."""
    if _KANA.search(question):
        return "ja"
    if _ENGLISH.search(question):
        return "en"
    return "ja" if _JAPANESE.search(question) else "en"


def number_text(number: Normalized) -> str:
    """Return a number with its thousands set apart; a date or text as it is."""
    if isinstance(number, bool) or not isinstance(number, int | float):
        return str(number)
    return f"{number:,}"


def snippet(text: str) -> str:
    """Return the beginning of a text, for people to read."""
    return text if len(text) <= _SNIPPET else text[: _SNIPPET - 1] + "…"


def told(meant: Interpretation, language: str) -> str:
    """Return in words which forms were counted."""
    names = [each.name for each in meant.families]
    if meant.version_label:
        names = [f"{name} {meant.version_label}" for name in names] or [meant.version_label]
    parts = ["; ".join(names) if names else say("all-types", language)]
    parts += [f"{each.field} {each.comparing.value} {each.value}" for each in meant.comparisons]
    parts += [say("word", language, word=word) for word in meant.words]
    if meant.period is not None:
        field = meant.date_field or say("received", language)
        parts.append(_period(meant.period, field, language))
    return ("、" if language == "ja" else ", ").join(parts)


def value_sentence(citation: Citation, language: str) -> str:
    """Return what stands in a field, and where."""
    return say(
        "value", language, label=citation.label, text=snippet(citation.text),
        filename=citation.filename, page=citation.page_no,
    )  # fmt: skip


def passage_sentence(citation: Citation, language: str) -> str:
    """Return what a passage says, and where."""
    return say(
        "passage", language, text=snippet(citation.text), filename=citation.filename,
        page=citation.page_no,
    )  # fmt: skip


def _period(period: Period, field: str, language: str) -> str:
    if period.months:
        months = ", ".join(str(month) for month in period.months)
        return say("months", language, field=field, months=months)
    if period.since and period.until:
        return say("between", language, field=field, since=period.since, until=period.until)
    if period.since:
        return say("since", language, field=field, since=period.since)
    return say("until", language, field=field, until=period.until)
