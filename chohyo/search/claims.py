"""Take sentences apart: the words that carry what is said, and whether a cited text bears them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from chohyo.search.folding import fold, squeezed

_TERM: Final = re.compile(r"[々〆ヵヶ一-鿿]+|[ァ-ヺー]{2,}|[A-Za-z][A-Za-z'’-]+|\d[\d,./:-]*\d|\d")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_LATIN: Final = re.compile(r"[A-Za-z]{2,}")
_CJK: Final = re.compile(r"[一-鿿ァ-ヺ]")
_NAME: Final = re.compile(r"(?<=[a-z,;:] )[A-Z][A-Za-z'’-]+")
_COMMON: Final = frozenset((
    "a", "about", "all", "an", "and", "any", "are", "as", "at", "be", "by", "can", "did", "do",
    "document", "does", "file", "for", "form", "from", "give", "has", "have", "he", "her", "his",
    "how", "if", "in", "is", "it", "its", "list", "many", "me", "much", "must", "my", "no", "not",
    "of", "on", "or", "our", "page", "pages", "say", "says", "she", "should", "show", "tell",
    "that", "the", "their", "there", "these", "they", "this", "those", "to", "was", "we", "were",
    "what", "when", "where", "which", "who", "whom", "whose", "why", "will", "with", "would",
    "you", "your", "何", "誰", "書", "文書", "書類", "帳票", "様式", "内容", "記載", "教", "場合",
    "件", "必要", "方", "者", "日", "時", "円", "番号", "情報", "名", "提出", "記入",
))  # fmt: skip
_HALF: Final = 0.5
_LONGEST_PART: Final = 12


def terms_of(text: str) -> list[str]:
    """Return the words of a question or sentence that say what it is about, as they stand."""
    found = [term for term in _TERM.findall(text) if fold(term) not in _COMMON]
    longer = [term for term in found if len(term) > 1 or term.isdigit()]
    return list(dict.fromkeys(longer or found))


def share_borne(terms: Sequence[str], text: str) -> float:
    """Return the share of the words, by their length, that a text has whatever its width or kana.

    Words in a script that the text has not are left out, for it may say the same in its own.
    """
    body = squeezed(fold(text))
    readable = [term for term in terms if _same_script(term, text)]
    whole = sum(map(len, readable))
    if not whole:
        return 0.0
    return sum(_borne(squeezed(fold(term)), body) * len(term) for term in readable) / whole


def holds(sentence: str, cited: Sequence[str], question: str = "") -> bool:
    """Say whether the texts that a sentence cites bear it out.

    Every number in it has to stand in them, every name, and half of what else it says; what the
    question says counts as said. Without a number or a word of theirs it does not hold.
    """
    text = "\n".join(cited)
    numbers = _numbers(sentence)
    if not cited or not numbers <= _numbers(text):
        return False
    if not _names_stand(sentence, text, question):
        return False
    words = [term for term in terms_of(sentence) if not term[0].isdigit()]
    readable = [term for term in words if _same_script(term, text)]
    if not readable:
        return bool(numbers)
    borne = share_borne(readable, f"{text}\n{question}")
    return borne >= _HALF and (bool(numbers) or share_borne(readable, text) > 0)


def may_ask(question: str, cited: Sequence[str]) -> bool:
    """Say whether a question that a model made up names nothing but what the cited texts say."""
    text = "\n".join(cited)
    return _numbers(question) <= _numbers(text) and _names_stand(question, text)


def _names_stand(told: str, text: str, question: str = "") -> bool:
    """Say whether a text, or the question, has the names in what is told; where it has Latin."""
    known = squeezed(fold(f"{text}\n{question}"))
    names = _NAME.findall(told) if _LATIN.search(text) else []
    return all(squeezed(fold(name)) in known for name in names)


def _borne(term: str, body: str) -> float:
    """Return the share of a word that a text has; compounds of Japanese may stand in part."""
    if term in body:
        return 1.0
    if not term or not _CJK.search(term):
        return 0.0
    for length in range(min(len(term) - 1, _LONGEST_PART), 1, -1):
        if any(term[at : at + length] in body for at in range(len(term) - length + 1)):
            return length / len(term)
    return 0.0


def _numbers(text: str) -> set[float]:
    return {float(number) for number in _NUMBER.findall(fold(text))}


def _same_script(term: str, text: str) -> bool:
    if term[0].isdigit():
        return True
    expression = _CJK if _CJK.search(term) else _LATIN
    return expression.search(text) is not None
