"""Say what a field is called in both languages, by its label and tables of known words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from chohyo.discovery.field_names import known_words
from chohyo.discovery.title_words import JAPANESE
from chohyo.domain.schema import Title, Titles, TitleSource

_JAPANESE_LETTER = re.compile("[\u3040-\u30ff\u3400-\u9fff々〒]")
# Numbers of items, brackets with remarks, and signs behind a name.
_ITEM = re.compile(r"^\W*(?:\(?[0-9]{1,3}[a-z]?\)?[.)]?\s+|line\s+\d+[a-z]?\s+)+", re.IGNORECASE)
_REMARK = re.compile(r"\s*[(（\[][^)）\]]*[)）\]]?\s*")
_PRONOUN = re.compile(r"^(your|the|enter|please enter)\s+", re.IGNORECASE)


def titles_of_labels(labels: Iterable[str]) -> Titles:
    """Return for each label what it is in Japanese and in English, and how that came about."""
    return {label: {"ja": _japanese(label), "en": _english(label)} for label in set(labels)}


def _japanese(label: str) -> Title:
    if not re.search("[A-Za-z]", label) or _JAPANESE_LETTER.search(label):
        return Title(label, TitleSource.PRINTED)
    for key in _keys(label):
        if key in JAPANESE:
            return Title(JAPANESE[key], TitleSource.TRANSLATED)
    return Title(label, TitleSource.UNTRANSLATED)


def _keys(label: str) -> list[str]:
    """Return what to look a label up by: as it is, without its number, without remarks."""
    text = unicodedata.normalize("NFKC", label).lower()
    bare = _ITEM.sub("", text)
    plain = _REMARK.sub(" ", bare)
    shapes = (text, bare, plain, _PRONOUN.sub("", plain.strip()))
    return [re.sub(r"[\s/]+", " ", re.sub(r"[^a-z0-9/\s-]", "", shape)).strip() for shape in shapes]


def _english(label: str) -> Title:
    if not label or not _JAPANESE_LETTER.search(label):
        return Title(label, TitleSource.PRINTED)
    words = known_words(_REMARK.sub(" ", unicodedata.normalize("NFKC", label)).strip() or label)
    if not words or not all(known for _, known in words):
        return Title(label, TitleSource.UNTRANSLATED)
    text = " ".join(word.replace("_", " ") for word, _ in words)
    return Title(text[:1].upper() + text[1:], TitleSource.TRANSLATED)
