"""What a form calls itself: its title, and which of its pages this is, by its head and foot.

Forms of one house style look alike in all but their titles; an edition that was set anew looks
unlike the old one, and keeps its title.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from chohyo.discovery.naming import UNNAMED, propose_name
from chohyo.domain.geometry import Box
from chohyo.models.ocr import TextLine

_HEAD, _FOOT = 0.25, 0.07  # of a page's height
_TOP = 0.06
# A page says which of a form's pages it is where a line begins, or ends if it is no sentence.
_LEADING = re.compile(r"^\W*page\s*(\d{1,2})\b", re.IGNORECASE)
_PAGE = re.compile(
    r"(?:\bpage\s*|^\W*-\s*)(\d{1,2})(?:\s*(?:of|/)\s*\d{1,2})?\W*$|"
    r"(?<![\d/.,])(\d{1,2})\s*(?:/|of)\s*\d{1,2}\W*$|^\W*(\d{1,2})\s*(?:頁|ページ|枚目)",
    re.IGNORECASE,
)
# What editions of one form write differently into its title.
_EDITION = re.compile(
    r"(令和|平成|昭和)\s*(元|\d{1,2})\s*年?\s*(分|度|版)?|\b(19|20)\d{2}\b\s*年?\s*(分|度|版)?|"
    r"\(?rev[a-z.]*[^)]*\)?|第\s*\d+\s*版",
    re.IGNORECASE,
)
_LONGEST_MARK = 45  # letters of a line; sentences speak of other pages
_LETTERS = 3
_TELLING = 16  # letters; a kanji counts for two
_SAME = 0.8  # of the letters at their places, and of a word
_DIGITS = re.compile(r"\d+")


class Relation(StrEnum):
    """What two heads say of their forms."""

    SAME = "same"
    OTHER = "other"
    UNTOLD = "untold"


@dataclass(frozen=True, slots=True)
class Head:
    """The words of the title without edition, folded, and the page's number where it is printed.

    `shown` is the title as it was read, for people.
    """

    title: tuple[str, ...]
    page: str
    shown: str = field(default="", compare=False)

    @property
    def is_telling(self) -> bool:
        """Say whether the title is so long that forms which have it are one form."""
        letters = "".join(self.title)
        wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in letters)
        return len(letters) + wide >= _TELLING


def strips(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the head of a page, and its foot below: all that has to be read."""
    height = image.shape[0]
    return np.vstack([image[: round(_HEAD * height)], image[height - round(_FOOT * height) :]])


def head_of(lines: Sequence[TextLine]) -> Head:
    """Return what the lines read on `strips` say."""
    shown = _HEAD / (_HEAD + _FOOT)
    upper = [_on_page(line) for line in lines if line.box.y0 < shown]
    name = propose_name(upper)
    title = unicodedata.normalize("NFKC", name) if name != UNNAMED else ""
    texts = [unicodedata.normalize("NFKC", line.text) for line in lines if _may_be_mark(line)]
    short = (text for text in texts if len(text) <= _LONGEST_MARK)
    marks = [_LEADING.search(text) for text in texts] + [_PAGE.search(text) for text in short]
    page = next((group for found in marks if found for group in found.groups() if group), "")
    words = (_letters(word) for word in re.split(r"[\s\-_.,:;/()]+", _EDITION.sub(" ", title)))
    return Head(tuple(word for word in words if word), page, title)


def relation(one: Head, other: Head) -> Relation:
    """Compare two heads: other pages of a form are other; what could not be read tells nothing.

    Other titles tell nothing either: a subtitle is taken for the title now and then, and of a
    title of two lines one.
    """
    if one.page and other.page and one.page != other.page:
        return Relation.OTHER
    if one.page != other.page or len(one.title) != len(other.title):
        return Relation.UNTOLD
    if sum(len(word) for word in one.title) < _LETTERS:
        return Relation.UNTOLD
    alike = all(_alike(*words) for words in zip(one.title, other.title, strict=True))
    return Relation.SAME if alike else Relation.UNTOLD


def _alike(one: str, other: str) -> bool:
    """Say whether two words are one but for letters that were misread: a number differs, or not.

    A letter more is another word: 入院 and 入院外.
    """
    if len(one) != len(other) or _DIGITS.findall(one) != _DIGITS.findall(other):
        return False
    same = sum(a == b for a, b in zip(one, other, strict=True))
    return same >= _SAME * len(one)


def _may_be_mark(line: TextLine) -> bool:
    """Say whether a line may number the page: what is filled in has strokes between numbers too."""
    top, foot = _TOP / (_HEAD + _FOOT), _HEAD / (_HEAD + _FOOT)
    return "page" in line.text.casefold() or line.box.y1 < top or line.box.y0 >= foot


def _on_page(line: TextLine) -> TextLine:
    """Return a line of the head with its box in fractions of the page."""
    scale = _HEAD + _FOOT
    box = line.box
    placed = Box(box.x0, box.y0 * scale, box.x1, box.y1 * scale)
    quad = tuple((x, y * scale) for x, y in line.quad)
    return TextLine(line.text, placed, line.confidence, (quad[0], quad[1], quad[2], quad[3]))


def _letters(text: str) -> str:
    """Return letters and digits alone, in small letters."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())
