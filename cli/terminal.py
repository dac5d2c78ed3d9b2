"""What people read in the terminal, in their language, and what programs read as JSON."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from uuid import UUID

from pydantic_core import to_json
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from chohyo.errors import ChohyoError, mistakes_of
from chohyo.settings import Settings
from chohyo.translation import gettext, label, render


class Terminal:
    """Standard output for results, standard error for everything on the way.

    Args:
        locale: `ja` or `en`.
        as_json: print results as JSON alone.
    """

    def __init__(self, locale: str, *, as_json: bool = False) -> None:
        self.locale = locale
        self.as_json = as_json
        self._translate = gettext(locale)
        # Into a file or a pipe, a row stays on one line.
        width = None if sys.stdout.isatty() else 240
        self._out = Console(highlight=False, soft_wrap=True, width=width)
        self._err = Console(stderr=True, highlight=False, soft_wrap=True)

    def text(self, message: str, **params: object) -> str:
        """Return a message in the reader's language."""
        return self._translate(message).format(**params)

    def label(self, group: str, value: str) -> str:
        """Return the word people read for one of our fixed words."""
        return label(group, value, self.locale)

    def say(self, message: str, **params: object) -> None:
        """Print a line of a result, unless JSON is wanted."""
        if not self.as_json:
            self._out.print(self.text(message, **params), markup=False)

    def note(self, message: str, **params: object) -> None:
        """Print a line about what is going on."""
        self._err.print(self.text(message, **params), markup=False)

    def result(self, value: object) -> None:
        """Print a result as JSON, if that is wanted."""
        if self.as_json:
            self.raw(to_json(value, indent=2).decode() + "\n")

    def line(self, value: object) -> None:
        """Print one of many results as a line of JSON, if that is wanted."""
        if self.as_json:
            self.raw(to_json(value).decode() + "\n")

    def raw(self, text: str) -> None:
        """Print text as it is."""
        self._out.file.write(text)
        self._out.file.flush()

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Print rows under translated headings, unless JSON is wanted."""
        if self.as_json:
            return
        table = Table(box=None, pad_edge=False)
        shown = list(rows)
        for column, cells in zip(columns, zip(*shown, strict=True), strict=False):
            # Ids are there to be copied.
            ids = any(isinstance(cell, UUID) for cell in cells)
            table.add_column(self.text(column), overflow="fold", no_wrap=ids)
        for row in shown:
            table.add_row(*("" if cell is None else str(cell) for cell in row))
        self._out.print(table, markup=False)

    def progress(self) -> Progress:
        """Return a progress display on standard error; silent when that is no terminal."""
        return Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._err,
            disable=not self._err.is_terminal,
        )

    def error(self, error: ChohyoError) -> None:
        """Print an error on standard error, and with a refused schema all that is wrong."""
        mistakes = [render(each, self.locale) for each in mistakes_of(error)]
        if self.as_json:
            body: dict[str, object] = {
                "code": error.code,
                "message": render(error, self.locale),
                **error.params,
            }
            if mistakes:
                body["mistakes"] = mistakes
            self._err.file.write(to_json(body).decode() + "\n")
            return
        self._err.print(render(error, self.locale), style="red", markup=False)
        for mistake in mistakes[1:]:
            self._err.print(mistake, style="red", markup=False)


def reader_locale(settings: Settings) -> str:
    """Return the language of the terminal, unless the settings name one."""
    if "locale" in settings.model_fields_set:
        return settings.locale
    # POSIX: the first of these that is set names the language of messages.
    chosen = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    language = next((value for value in chosen if value), "")
    return "ja" if language.startswith("ja") else "en"
