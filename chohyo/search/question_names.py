"""Find the form types and fields that a question names, whole, in part, or by another word."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final
from uuid import UUID

from chohyo.domain.answers import FormType
from chohyo.domain.templates import FieldSpec, TemplateVersion
from chohyo.search.question_text import Question, even, plain
from chohyo.search.same_words import FIELD_WORDS, FORM_WORDS

_STOPWORDS: Final = frozenset((
    "a", "an", "and", "at", "application", "by", "certificate", "for", "form", "forms", "from",
    "how", "in", "is", "it", "many", "much", "of", "on", "or", "report", "request", "sheet",
    "the", "to", "total", "what", "were", "with",
))  # fmt: skip
_CJK: Final = re.compile(r"[々一-鿿]")
_WORD: Final = re.compile(r"[a-z][a-z0-9'-]*")
_LEAST_SHARE: Final = 0.35
_LEAST_WORDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class NamedField:
    """A label of fields that a question may be about, with the fields that have it."""

    label: str
    specs: Mapping[UUID, FieldSpec]

    @property
    def spec(self) -> FieldSpec:
        """Return one of the specifications: what has one label is of one kind, as a rule."""
        return next(iter(self.specs.values()))

    @property
    def pii(self) -> bool:
        """Say whether any of the fields holds personal data."""
        return any(spec.pii for spec in self.specs.values())


@dataclass(frozen=True, slots=True)
class Mention:
    """A field that a question names, and where; `loose` when by a word that means the same."""

    field: NamedField
    start: int
    end: int
    loose: bool = False


def fields_of(versions: Sequence[TemplateVersion]) -> list[NamedField]:
    """Return the fields of these versions by their label, or by their name where it has none."""
    labelled: dict[str, tuple[str, dict[UUID, FieldSpec]]] = {}
    for version in versions:
        for field in version.fields:
            shown = plain(field.spec.label) or field.spec.name
            key = even(shown).replace(" ", "")
            labelled.setdefault(key, (shown, {}))[1][field.id] = field.spec
    return [NamedField(label, specs) for label, specs in labelled.values()]


def take_families(
    question: Question, versions: Sequence[TemplateVersion], kept: Sequence[NamedField]
) -> list[FormType]:
    """Return the families that a question names; more than one where it does not tell them apart.

    The words are taken out of the question, unless they are the label of a field as well.
    """
    known = {each.family_id: FormType(each.family_id, each.family_name) for each in versions}
    scored = [(*_shared(question, each.name), each) for each in known.values()]
    whole = [each for each in scored if each[0] >= 1.0]
    chosen = whole or [each for each in scored if each[0] > 0]
    if not chosen:
        chosen = [(*_by_meaning(question, each.name), each) for each in known.values()]
        chosen = [each for each in chosen if each[0] > 0]
    if not chosen:
        return []
    best = max(each[1] for each in chosen)
    chosen = [each for each in chosen if each[1] == best]
    labels = {even(each.label).replace(" ", "") for each in kept}
    for _, _, spans, _ in chosen:
        for start, end in spans:
            if question.even[start:end].replace(" ", "") not in labels:
                question.take(start, end)
    return [each[3] for each in chosen]


def take_version(
    question: Question, versions: Sequence[TemplateVersion], families: Sequence[FormType]
) -> str | None:
    """Return the label of the edition that a question names, and take it out."""
    ids = {each.id for each in families}
    labels = {each.label for each in versions if not ids or each.family_id in ids}
    # A bare year is a time first of all.
    for label in sorted(labels, key=len, reverse=True):
        text = even(plain(label))
        at = question.even.find(text) if len(text) > 4 and not text.endswith("年") else -1
        if at >= 0:
            question.take(at, at + len(text))
            return label
    return None


def mentions(question: Question, fields: Sequence[NamedField]) -> list[Mention]:
    """Return the fields that a question names, in its order, the longest names first."""
    taken: list[Mention] = []
    names = [(even(name), each) for each in fields for name in _names(each)]
    for name, each in sorted(names, key=lambda pair: -len(pair[0])):
        for match in _expression(name).finditer(question.even):
            if not _overlaps(match.start(), match.end(), taken):
                taken.append(Mention(each, match.start(), match.end()))
    for words in FIELD_WORDS:
        taken += _by_other_words(question, fields, words, taken)
    return sorted(taken, key=lambda each: each.start)


def _by_other_words(
    question: Question, fields: Sequence[NamedField], words: Sequence[str], taken: list[Mention]
) -> list[Mention]:
    longest_first = sorted(words, key=len, reverse=True)
    said = [m.span() for word in longest_first for m in _expression(word).finditer(question.even)]
    if not said:
        return []
    called = [each for each in fields if any(_part_of(word, each) for word in words)]
    found: list[Mention] = []
    for start, end in said:
        if not _overlaps(start, end, [*taken, *found]):
            found += [Mention(each, start, end, loose=True) for each in called]
    return found


def _part_of(word: str, field: NamedField) -> bool:
    return any(_expression(word).search(even(name)) for name in _names(field))


def _names(field: NamedField) -> list[str]:
    names = {field.label, *(spec.name.replace("_", " ") for spec in field.specs.values())}
    return [name for name in names if len(name) >= 2 or _CJK.fullmatch(name)]


@lru_cache(maxsize=4_096)
def _expression(name: str) -> re.Pattern[str]:
    """Match a name whatever its spaces; one in Latin letters as whole words."""
    name = even(name)
    spaced = r"\s?".join(map(re.escape, name.replace(" ", "")))
    before = r"(?<![a-z0-9])" if name[0].isascii() and name[0].isalnum() else ""
    after = r"(?:e?s)?(?![a-z0-9])" if name[-1].isascii() and name[-1].isalnum() else ""
    return re.compile(before + spaced + after)


def _overlaps(start: int, end: int, taken: Sequence[Mention]) -> bool:
    return any(start < each.end and each.start < end for each in taken)


def _shared(question: Question, name: str) -> tuple[float, int, list[tuple[int, int]]]:
    """Return the share of a name that a question has, its length, and where it stands."""
    wanted = even(plain(name))
    match = _expression(wanted).search(question.even)
    if match is not None:
        return 1.0, len(wanted.replace(" ", "")), [match.span()]
    if _CJK.search(wanted):
        run = SequenceMatcher(None, question.even, wanted, autojunk=False).find_longest_match()
        piece = question.even[run.a : run.a + run.size].strip()
        told = len(_CJK.findall(piece)) >= 2 and run.size >= 3
        if told and (run.size >= _LEAST_SHARE * len(wanted) or run.size >= 4):
            return 0.5, run.size, [(run.a, run.a + run.size)]
        return 0.0, 0, []
    tokens = [word for word in _WORD.findall(wanted) if word not in _STOPWORDS]
    spans = [m.span() for word in tokens if (m := _expression(_stem(word)).search(question.even))]
    if tokens and len(spans) >= max(1, _LEAST_WORDS * len(tokens)):
        return 0.5, sum(end - start for start, end in spans), spans
    return 0.0, 0, []


def _by_meaning(question: Question, name: str) -> tuple[float, int, list[tuple[int, int]]]:
    """Return how many words of a question a name has in other words, and where they stand.

    An encoder of meanings was tried and does not tell: it puts `leave applications` nearer to a
    renewal of residence than to 休暇申請書.
    """
    wanted = even(plain(name))
    spans: list[tuple[int, int]] = []
    for words in FORM_WORDS:
        found = [m.span() for w in words for m in _expression(w).finditer(question.even)]
        if found and any(_expression(word).search(wanted) for word in words):
            spans += found[:1]
    return (0.5 if spans else 0.0), len(spans), spans


def _stem(word: str) -> str:
    return word[:-1] if word.endswith("s") and len(word) > 3 else word
