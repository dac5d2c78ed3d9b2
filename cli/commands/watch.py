"""`chohyo watch`: take in what a scanner puts into a folder."""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Annotated
from uuid import UUID

import typer

from chohyo.errors import RejectedFileError, UnavailableError
from chohyo.services.ingest import ingest as take_in
from chohyo.translation import render
from cli.desk import Desk, open_desk
from cli.options import AsJson, DataDir
from cli.scan_folder import DONE, ScanFolder, Shape

_LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of a file: `done`, `duplicate`, `rejected`, or `waiting` to be tried again."""

    path: Path
    state: str
    moved_to: Path | None = None
    document_id: UUID | None = None
    code: str | None = None
    reason: str | None = None


def watch(
    folder: Annotated[Path, typer.Argument(help="Folder to watch.", exists=True, file_okay=False)],
    once: Annotated[
        bool, typer.Option("--once", help="Take in what is there, then stop; for cron.")
    ] = False,
    settle: Annotated[
        float, typer.Option(min=0, help="Seconds a file must have stood still.")
    ] = 3.0,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Take in files as they appear; move them to `done`, or to `rejected` with the reason."""
    scans = ScanFolder(folder.resolve(), settle)
    with open_desk(data_dir, as_json=as_json) as desk, scans.claimed():
        if once:
            _look_once(desk, scans)
            return
        signal.signal(signal.SIGTERM, _interrupt)
        try:
            desk.terminal.note("Watching {folder}. Stop with Ctrl-C.", folder=folder)
            while True:
                _look(desk, scans)
                time.sleep(_LOOK_SECONDS)
        except KeyboardInterrupt:
            desk.terminal.note("Stopped.")


def _look_once(desk: Desk, scans: ScanFolder) -> None:
    """Look, and once more after a pause at what had not stood still."""
    seen, unsettled = _look(desk, scans)
    if unsettled:
        time.sleep(scans.settle_seconds)
        seen += _look(desk, scans)[0]
    last = {each.path: each.state for each in seen}
    if "rejected" in last.values():
        raise typer.Exit(RejectedFileError.exit_code)
    if "waiting" in last.values():
        raise typer.Exit(UnavailableError.exit_code)


def _look(desk: Desk, scans: ScanFolder) -> tuple[list[Seen], bool]:
    found, unsettled = scans.complete_files()
    seen: list[Seen] = []
    for path, shape in found:
        seen.append(_handle(desk, scans, path, shape))
        _show(desk, seen[-1])
    return seen, unsettled


def _show(desk: Desk, seen: Seen) -> None:
    desk.terminal.line(seen)
    desk.terminal.say(
        "{state}: {path} {reason}",
        state=desk.terminal.label("scan_state", seen.state),
        path=seen.path,
        reason=seen.reason or "",
    )


def _handle(desk: Desk, scans: ScanFolder, path: Path, shape: Shape) -> Seen:
    try:
        taken = take_in(desk.runtime, desk.caller, desk.collection_id, path, path.name)
        moved = scans.move(path, shape, DONE)
    except RejectedFileError as error:
        reason = render(error, desk.terminal.locale)
        moved = scans.reject(path, shape, reason)
        state = "rejected" if moved else "waiting"
        return Seen(path, state, moved, code=error.code, reason=reason)
    except UnavailableError as error:
        reason = render(error, desk.terminal.locale)
        scans.put_off(path)
        return Seen(path, "waiting", code=error.code, reason=reason)
    except OSError as error:  # not readable, or the disk is full: the file stays where it is
        scans.put_off(path)
        return Seen(path, "waiting", code="os-error", reason=error.strerror)
    if moved is None:
        return Seen(path, "waiting", document_id=taken.document.id)
    state = "duplicate" if taken.duplicate else "done"
    return Seen(path, state, moved, taken.document.id)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
