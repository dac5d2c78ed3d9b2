"""`chohyo up`: run everything on this machine."""

from __future__ import annotations

import contextlib
import logging
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Annotated, Literal

import typer

from chohyo.settings import Settings
from cli.commands.persons import login_url
from cli.commands.spaces import tell_disagreements
from cli.desk import Desk, read_settings, sitting_at
from cli.options import AsJson, DataDir
from cli.stack import Stack
from cli.terminal import Terminal, reader_locale

Port = Annotated[
    int | None, typer.Option("--port", min=1, max=65535, help="Port of the console and the API.")
]
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, max=64, help="Number of worker processes.")
]

Profile = Annotated[
    Literal["cpu", "qwen"] | None,
    typer.Option("--profile", help="Which models to work with; `cpu` unless CHOHYO_PROFILE says."),
]


def up(
    port: Port = None, workers: Workers = None, profile: Profile = None, data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Run PostgreSQL, workers and the console here until Ctrl-C."""
    settings = chosen_settings(data_dir, port, workers, profile)
    with running_desk(settings, as_json=as_json) as desk:
        link = login_url(desk)
        desk.terminal.result({"url": desk.url, "login_url": link})
        desk.terminal.say("chohyo runs. Open this link within the hour:")
        desk.terminal.say("  {url}", url=link)
        desk.terminal.say("A new link: `chohyo login`. Stop with Ctrl-C.")
        tell_disagreements(desk)
        threading.Event().wait()


def chosen_settings(
    data_dir: Path | None, port: int | None, workers: int | None, profile: str | None = None
) -> Settings:
    """Return the settings with the options of the command in place."""
    settings = read_settings(data_dir)
    web = settings.web.model_copy(update={"port": port} if port else {})
    work = settings.work.model_copy(update={"workers": workers} if workers else {})
    models = {"profile": profile} if profile else {}
    return settings.model_copy(update={"web": web, "work": work, **models})


@contextlib.contextmanager
def running_desk(settings: Settings, *, as_json: bool) -> Iterator[Desk]:
    """Run a stack while the block lasts; Ctrl-C and SIGTERM end it without a fault."""
    terminal = Terminal(reader_locale(settings), as_json=as_json)
    stack = Stack(settings)
    stack.folder.prepare()
    _log_to(stack.folder.logs / "stack.log")
    _interrupt_on_signals()
    terminal.note("Starting on {folder} …", folder=stack.folder.path)
    try:
        with stack.running(), sitting_at(stack.settings, stack.url, as_json=as_json) as desk:
            yield desk
    except KeyboardInterrupt:
        terminal.note("Stopped.")


def _log_to(path: Path) -> None:
    path.touch(mode=0o600)
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    # On standard error as well: a worker that keeps dying should not go unnoticed.
    for each in (handler, logging.StreamHandler()):
        logging.getLogger("cli").addHandler(each)


def _interrupt_on_signals() -> None:
    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
