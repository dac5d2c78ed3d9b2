"""What a command works with: the runtime of the installation, as its local administrator."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from chohyo.domain.access import Caller
from chohyo.services import access
from chohyo.services.runtime import Runtime
from chohyo.settings import Settings, open_runtime
from cli.data_folder import DataFolder
from cli.errors import NotRunningError
from cli.stack import console_url, with_database
from cli.terminal import Terminal, reader_locale


@dataclass(frozen=True, slots=True)
class Desk:
    """An open runtime with the administrator as the caller.

    Whoever can read the stack's note or knows DATABASE_URL holds the database anyway: the command
    line asks for no key.
    """

    settings: Settings
    runtime: Runtime
    caller: Caller
    collection_id: UUID
    terminal: Terminal
    url: str


def read_settings(data_dir: Path | None) -> Settings:
    """Return the settings with an absolute data folder; the option comes before the environment."""
    settings = Settings()
    chosen = (data_dir or settings.data_dir).expanduser().resolve()
    return settings.model_copy(update={"data_dir": chosen})


def open_terminal(data_dir: Path | None, *, as_json: bool) -> Terminal:
    """Return the terminal in the reader's language."""
    return Terminal(reader_locale(read_settings(data_dir)), as_json=as_json)


@contextlib.contextmanager
def open_desk(data_dir: Path | None, *, as_json: bool) -> Iterator[Desk]:
    """Connect to DATABASE_URL, or to the stack that runs on the data folder.

    Raises:
        NotRunningError: there is neither.
        UnavailableError: the database does not answer.
    """
    settings = read_settings(data_dir)
    note = DataFolder(settings.data_dir).read_note()
    if settings.database_url is None:
        if note is None:
            raise NotRunningError(folder=str(settings.data_dir))
        settings = with_database(settings, note.database_url)
    url = note.url if note else console_url(settings)
    with sitting_at(settings, url, as_json=as_json) as desk:
        yield desk


@contextlib.contextmanager
def sitting_at(settings: Settings, url: str, *, as_json: bool) -> Iterator[Desk]:
    """Open the runtime of settings that name a database, as the administrator."""
    runtime = open_runtime(settings)
    try:
        collection, caller = access.local_administrator(
            runtime, settings.admin_name, settings.locale
        )
        terminal = Terminal(reader_locale(settings), as_json=as_json)
        yield Desk(settings, runtime, caller, collection.id, terminal, url)
    finally:
        runtime.database.close()
