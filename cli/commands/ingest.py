"""`chohyo ingest`: take files and folders in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from chohyo.errors import RejectedFileError
from chohyo.services.ingest import ingest as take_in
from chohyo.translation import render
from cli.desk import Desk, open_desk
from cli.options import AsJson, DataDir, Timeout, Wait
from cli.waiting import await_documents


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was taken in."""

    path: Path
    document_id: UUID


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was not taken in, and why."""

    path: Path
    code: str
    reason: str


@dataclass(slots=True)
class Summary:
    """What became of the files."""

    accepted: list[Taken] = field(default_factory=list)
    duplicates: list[Taken] = field(default_factory=list)
    rejected: list[Refused] = field(default_factory=list)


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files, and folders to search.", exists=True)],
    wait: Wait = False,
    timeout: Timeout = 3600,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Take in PDF, PNG, JPEG and TIFF files, and those in folders."""
    with open_desk(data_dir, as_json=as_json) as desk:
        summary = ingest_files(desk, list(files_in(paths)))
        desk.terminal.result(summary)
        report(desk, summary)
        if wait:
            await_documents(desk, [each.document_id for each in summary.accepted], timeout)
    if summary.rejected:
        raise typer.Exit(RejectedFileError.exit_code)


def files_in(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the files named, and those in the folders named, hidden ones left out."""
    for path in paths:
        if path.is_dir():
            found = (each for each in sorted(path.rglob("*")) if each.is_file())
            yield from (each for each in found if not _hidden(each.relative_to(path)))
        else:
            yield path


def ingest_files(desk: Desk, files: Sequence[Path]) -> Summary:
    """Take files in one by one; a rejected one does not stop the others."""
    summary = Summary()
    with desk.terminal.progress() as progress:
        task = progress.add_task(desk.terminal.text("Taking in"), total=len(files))
        for path in files:
            _take(desk, path, summary)
            progress.advance(task)
    return summary


def report(desk: Desk, summary: Summary) -> None:
    """Print what became of the files."""
    desk.terminal.say(
        "{accepted} taken in, {duplicates} already there, {rejected} rejected.",
        accepted=len(summary.accepted),
        duplicates=len(summary.duplicates),
        rejected=len(summary.rejected),
    )
    for refused in summary.rejected:
        desk.terminal.say("{path}: {reason}", path=refused.path, reason=refused.reason)


def _take(desk: Desk, path: Path, summary: Summary) -> None:
    try:
        taken = take_in(desk.runtime, desk.caller, desk.collection_id, path, path.name)
    except RejectedFileError as error:
        reason = render(error, desk.terminal.locale)
        summary.rejected.append(Refused(path, error.code, reason))
        return
    kind = summary.duplicates if taken.duplicate else summary.accepted
    kind.append(Taken(path, taken.document.id))


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
