"""Name fields: stable ASCII words, from Japanese or English labels."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Collection

import pykakasi

from chohyo.discovery.form_words import ENGLISH
from chohyo.domain.templates import FieldSpec

_MAX_WORDS = 5
_MAX_LENGTH = 48
_STOP_WORDS = {
    *("a", "an", "and", "enter", "for", "if", "in", "is"),
    *("of", "on", "or", "see", "the", "this", "to", "your"),
}
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9]+")
_JAPANESE = re.compile("[\u3041-\u30fc\u4e00-\u9fff々]+")
_PARTICLES = re.compile(
    "[のをはがにへとでやもか、等]|から|まで|また|または|する|した|して|場合|御中|殿|様"
)
_WORDS = sorted(ENGLISH, key=lambda word: (-len(word), word))


def name_of(label: str) -> str:
    """Return a snake_case name for a label, or "" when it has no word that can be said in ASCII."""
    text = unicodedata.normalize("NFKC", label)
    text = re.sub(r"[（(][^）)]*[）)]?", " ", text) if len(text) > 12 else text
    japanese = re.search(r"[\u3040-\u30ff\u4e00-\u9fff〒]", text)
    words = _translated(text) if japanese else _english_words(text)
    name = "_".join(words[:_MAX_WORDS]).strip("_")[:_MAX_LENGTH].rstrip("_")
    if not name or not re.search("[a-z]{2}", name):
        return ""
    return name if name[0].isalpha() else f"line_{name}"


def unique_names(labels: list[str]) -> list[str]:
    """Return one name a label, in order; repeated ones are numbered, nameless ones too."""
    bases = [name_of(label) or "field" for label in labels]
    used: dict[str, int] = {}
    names: list[str] = []
    for base in bases:
        used[base] = used.get(base, 0) + 1
        alone = bases.count(base) == 1 and base != "field"
        name = base if alone else f"{base}_{used[base]:02d}"
        while name in names:
            used[base] += 1
            name = f"{base}_{used[base]:02d}"
        names.append(name)
    return names


def free_name(label: str, taken: Collection[str]) -> str:
    """Return a name for a label that no other field has."""
    base = name_of(label) or "field"
    name, number = base, 1
    while name in taken or name == "field":
        number += 1
        name = f"{base}_{number:02d}"
    return name


def source_of_name(field: FieldSpec) -> str:
    """Return the words that a field is named by: its place in a table, its label or its section."""
    if field.cell is not None:
        return f"{field.cell.table} {field.cell.row} {field.cell.column}"
    return field.label or field.section


def _english_words(text: str) -> list[str]:
    words = re.findall(r"[a-z0-9]+", text.lower().replace("'", ""))
    telling = [word for word in words if word not in _STOP_WORDS]
    return telling or words


def _translated(text: str) -> list[str]:
    """Translate the known words from left to right, and write the others in Latin letters."""
    words = [word for word, _ in known_words(text)]
    return [word for i, word in enumerate(words) if i == 0 or word != words[i - 1]]


def known_words(text: str) -> list[tuple[str, bool]]:
    """Return a Japanese text's words in Latin letters, and whether each is a known one's English.

    The others are romanized; particles are left out.
    """
    words: list[tuple[str, bool]] = []
    place = 0
    unknown = ""
    compact = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    while place < len(compact):
        word = _known_at(compact, place, bool(_PARTICLES.sub("", unknown)))
        latin = _LATIN.match(compact, place)
        if word is None and latin is None:
            unknown += compact[place]
            place += 1
            continue
        words += [(each, False) for each in _romanized(unknown)]
        unknown = ""
        if word is not None:
            words.append((ENGLISH[word], True))
            place += len(word)
        elif latin:
            words.append((latin.group().lower(), True))
            place = latin.end()
    return words + [(each, False) for each in _romanized(unknown)]


def _known_at(text: str, place: int, behind_unknown: bool) -> str | None:
    """Return the known word that begins here; a single kanji inside a longer word is none."""
    word = next((w for w in _WORDS if text.startswith(w, place)), None)
    if word is None or len(word) > 1:
        return word
    rest = text[place + 1 :]
    ends = not _JAPANESE.match(rest) or bool(_PARTICLES.match(rest))
    followed = any(len(w) > 1 and rest.startswith(w) for w in _WORDS)
    return word if not behind_unknown and (ends or followed) else None


def _romanized(text: str) -> list[str]:
    """Return the words of Japanese text in Hepburn letters, particles and signs left out."""
    found = []
    for run in _JAPANESE.findall(text):
        if _PARTICLES.fullmatch(run):
            continue
        for piece in _kakasi().convert(run):
            word = re.sub(r"[^a-z0-9]", "", piece["hepburn"].lower())
            if word and not _PARTICLES.fullmatch(piece["orig"]):
                found.append(word)
    return found


@functools.cache
def _kakasi() -> pykakasi.kakasi:
    # Its dictionary takes a moment to load, which only Japanese forms need.
    return pykakasi.kakasi()  # type: ignore[no-untyped-call]
