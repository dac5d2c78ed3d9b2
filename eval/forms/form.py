"""What a form type is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from eval.forms.sheet import Sheet
from eval.forms.values import Case

DrawPage = Callable[[str], Sheet]


@dataclass(frozen=True, slots=True)
class FormType:
    """A form type: how each page of an edition is laid out, and what people write on it."""

    id: str
    title: str
    lang: str
    editions: tuple[str, ...]
    pages: tuple[DrawPage, ...]
    case: Callable[[Random], Case]

    def sheet(self, edition: str, page: int = 1) -> Sheet:
        """Lay out one page of an edition, counted from 1.

        Raises:
            KeyError: the type has no such edition.
        """
        if edition not in self.editions:
            raise KeyError(f"{self.id} has no edition {edition}")
        return self.pages[page - 1](edition)
