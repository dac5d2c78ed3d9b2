"""`chohyo watch`: files of a scanner's folder are taken in once, and none is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from commanding import Command, DatabaseUrls, Outcome
from PIL import Image

from cli.commands import watch as watching
from cli.scan_folder import ScanFolder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "scans"
    folder.mkdir()
    return folder


def scan(path: Path, shade: int = 255) -> Path:
    Image.new("L", (400, 600), shade).save(path, "PNG", dpi=(150, 150))
    return path


def _lines(outcome: Outcome) -> list[dict[str, str]]:
    return [json.loads(line) for line in outcome.out.splitlines()]


def _once(command: Command, folder: Path) -> Outcome:
    return command("watch", folder, "--once", "--settle", "0", "--json")


def test_files_are_taken_in_and_moved_away(command: Command, folder: Path) -> None:
    scan(folder / "a.png")
    scan(folder / ".hidden.png")
    scan(folder / "b.png.part", 100)
    outcome = _once(command, folder)
    [line] = _lines(outcome)
    assert (outcome.code, line["state"]) == (0, "done")
    assert line["moved_to"] == str(folder / "done" / "a.png")
    assert [each["filename"] for each in command("documents", "--json").json] == ["a.png"]
    left = {each.name for each in folder.iterdir() if each.is_file()}
    assert left == {".hidden.png", "b.png.part", ".chohyo-watch.lock"}


def test_a_rejected_file_has_the_reason_beside_it_in_the_readers_language(
    command: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    (folder / "notes.pdf").write_text("not a scan")
    outcome = _once(command, folder)
    assert (outcome.code, _lines(outcome)[0]["code"]) == (3, "file-type")
    assert (folder / "rejected" / "notes.pdf").read_text() == "not a scan"
    reason = (folder / "rejected" / "notes.pdf.reason.txt").read_text("utf-8")
    assert "notes.pdf は" in reason


def test_what_was_moved_is_never_replaced(command: Command, folder: Path) -> None:
    for shade in (255, 200, 200):
        scan(folder / "scan0001.png", shade)
        _once(command, folder)
        (folder / "bad.pdf").write_text(f"not a scan {shade}")
        _once(command, folder)
    assert {each.name for each in (folder / "done").iterdir()} == {
        "scan0001.png", "scan0001-2.png", "scan0001-3.png",
    }  # fmt: skip
    assert len(list((folder / "rejected").iterdir())) == 6
    assert len(command("documents", "--json").json) == 2


def test_a_crash_between_taking_in_and_moving_doubles_nothing(
    command: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan(folder / "a.png")

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as crashing:
        crashing.setattr(ScanFolder, "move", crash)
        _once(command, folder)
    assert (folder / "a.png").exists()
    [line] = _lines(_once(command, folder))
    assert (line["state"], line["moved_to"]) == ("duplicate", str(folder / "done" / "a.png"))
    assert len(command("documents", "--json").json) == 1


def test_a_file_that_is_written_to_while_it_is_taken_in_stays(
    command: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = scan(folder / "a.png")
    take_in = watching.take_in

    def write_on(*arguments: object) -> object:
        taken = take_in(*arguments)
        scan(path, 99)
        return taken

    with monkeypatch.context() as writing:
        writing.setattr(watching, "take_in", write_on)
        assert _lines(_once(command, folder))[0]["state"] == "waiting"
    assert path.exists()
    assert _lines(_once(command, folder))[0]["state"] == "done"


def test_a_file_is_complete_once_it_has_stood_still(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    scans = ScanFolder(folder, 3)
    path = folder / "a.png"

    def complete_after(seconds: float) -> bool:
        clock[0] += seconds
        return scans.complete_files()[0] != []

    path.write_bytes(b"begun")
    assert not complete_after(0)
    assert not complete_after(2)
    path.write_bytes(b"begun and more")
    assert not complete_after(2)
    assert not complete_after(2)
    scan(folder / "other.png").replace(path)
    assert not complete_after(2)
    assert not complete_after(2)
    assert complete_after(2)


def test_a_folder_is_watched_by_one_process(command: Command, folder: Path) -> None:
    with ScanFolder(folder, 0).claimed():
        assert _once(command, folder).code == 6
    assert _once(command, folder).code == 0


def test_a_watcher_that_is_killed_and_started_again_loses_and_doubles_nothing(
    command: Command, folder: Path, database_urls: DatabaseUrls
) -> None:
    program = [sys.executable, "-c", "from cli.main import run; run()"]
    arguments = ["watch", str(folder), "--settle", "0", "--json"]

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*program, *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ),
        )  # fmt: skip

    for number in range(4):
        scan(folder / f"{number}.png", 100 + number)
    killed = start()
    assert killed.stdout is not None
    killed.stdout.readline()
    killed.kill()
    killed.communicate()
    again = start()
    assert again.stderr is not None
    again.stderr.readline()
    try:
        deadline = time.monotonic() + 60
        while len(list((folder / "done").iterdir())) < 4:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        again.send_signal(signal.SIGTERM)
        again.communicate()
    assert again.returncode == 0
    assert len(command("documents", "--json").json) == 4
