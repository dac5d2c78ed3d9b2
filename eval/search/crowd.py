"""Pages by the hundred thousand, made up: text, vectors and form types as an office has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.ids import new_id
from chohyo.search.folding import fold, squeezed
from chohyo.search.grams import text_grams

Vectors = NDArray[np.float16]

PASSAGES = 3
_AT_ONCE = 50_000  # vectors that are drawn together
_COPIES = 200  # pages of a form type, on the average
_LABELS = 40
_VALUES = 20
_KANJI = [chr(code) for code in range(0x4E00, 0x4E00 + 1200)]


@dataclass(frozen=True, slots=True)
class Person:
    """A page of the crowd."""

    page_id: UUID
    document_id: UUID
    form: int
    lines: tuple[str, ...]
    value: str

    @property
    def grams(self) -> list[int]:
        """Return the hashed grams of the page's text."""
        return text_grams(squeezed(line) for line in self.lines)


class Crowd:
    """Draws pages: `pages` of them, of form types whose sizes differ as they do in life.

    A page's text is the labels of its form type, and names, numbers and dates of its own; without
    `with_text` it has none.
    """

    def __init__(self, pages: int, seed: int, *, with_text: bool = True) -> None:
        self._with_text = with_text
        self._lot = np.random.default_rng(seed)
        self.pages = pages
        self.forms = max(3, pages // _COPIES)
        weights = 1.0 / np.arange(1, self.forms + 1) ** 0.7
        self._form_of = self._lot.choice(self.forms, pages, p=weights / weights.sum())
        self._vocabulary = [self._word(2, 5) for _ in range(2500)]
        self._surnames = [self._word(1, 3) for _ in range(300)]
        self._given = [self._word(1, 3) for _ in range(400)]
        share = 1.0 / np.arange(1, 2501) ** 0.9
        self._labels = [
            [fold(self._vocabulary[i]) for i in row]
            for row in self._lot.choice(2500, (self.forms, _LABELS), p=share / share.sum())
        ]

    def people(self) -> Iterator[Person]:
        """Yield the pages one by one."""
        for form in self._form_of.tolist():
            if not self._with_text:
                yield Person(new_id(), new_id(), form, (), "")
                continue
            values = [fold(self._value()) for _ in range(_VALUES)]
            labels = self._labels[form]
            lines = (*labels[:_VALUES], *values, *labels[_VALUES:])
            yield Person(new_id(), new_id(), form, lines, values[0])

    def vectors(self, dimensions: int, per_page: int, common: float) -> Vectors:
        """Return unit vectors, shape (pages * per_page, dimensions), near those of their form.

        They are of half precision, as the database stores them: a million take 2 GB.

        `common` is how much all of them share: texts have much in common, layouts little.
        """
        centres = self._unit(self.forms * per_page, dimensions)
        every = self._unit(1, dimensions)
        found = np.empty((self.pages * per_page, dimensions), np.float16)
        owner = np.repeat(self._form_of, per_page) * per_page
        owner += np.tile(np.arange(per_page), self.pages)
        for start in range(0, len(found), _AT_ONCE):
            near = centres[owner[start : start + _AT_ONCE]]
            mixed = common * every + 0.8 * near + 0.45 * self._unit(len(near), dimensions)
            mixed /= np.linalg.norm(mixed, axis=1, keepdims=True)
            found[start : start + len(near)] = mixed
        return found

    def _unit(self, count: int, dimensions: int) -> NDArray[np.float32]:
        drawn = self._lot.standard_normal((count, dimensions), np.float32)
        return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), np.float32)

    def _word(self, least: int, most: int) -> str:
        length = int(self._lot.integers(least, most))
        return "".join(_KANJI[i] for i in self._lot.integers(0, len(_KANJI), length))

    def _value(self) -> str:
        kind = self._lot.random()
        if kind < 0.35:
            return f"{self._lot.integers(1_000, 9_999_999):,}"
        if kind < 0.7:
            family = self._surnames[int(self._lot.integers(300))]
            return f"{family} {self._given[int(self._lot.integers(400))]}"
        if kind < 0.85:
            return "-".join(str(n) for n in self._lot.integers(100, 9999, 3))
        year, month, day = (
            int(self._lot.integers(*span)) for span in ((2015, 2026), (1, 13), (1, 29))
        )
        return f"{year}-{month:02d}-{day:02d}"
