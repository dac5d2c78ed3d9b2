"""Children of the stack: kept running, and stopped with all they started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from cli.data_folder import DataFolder, ProcessNote, StackNote
from cli.errors import AlreadyRunningError
from cli.processes import Child, Program, stop_process
from cli.stack import stop_leftovers

SLEEPS = "import time; time.sleep(600)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPS}"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SLEEPS!r}])"


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path / "data")
    folder.prepare()
    return folder


@pytest.fixture
def child(folder: DataFolder) -> Callable[[str], Child]:
    def make(code: str) -> Child:
        log = folder.logs / "child.log"
        program = Program("child", [sys.executable, "-c", code], dict(os.environ), folder.run, log)
        return Child(program)

    return make


def test_what_a_child_prints_is_logged_for_its_owner_alone(
    child: Callable[[str], Child],
) -> None:
    printing = child("print('hello')")
    printing.start()
    _until(lambda: printing.pid is None)

    assert printing.program.log.read_text() == "hello\n"
    assert printing.program.log.stat().st_mode & 0o777 == 0o600


def test_a_dead_child_is_started_again_and_a_living_one_is_not(
    child: Callable[[str], Child],
) -> None:
    sleeping = child(SLEEPS)
    sleeping.start()
    first = sleeping.pid
    assert first is not None
    restarted_alive = sleeping.restart_if_due()
    os.kill(first, signal.SIGKILL)

    _until(sleeping.restart_if_due)

    assert not restarted_alive
    assert sleeping.pid not in (None, first)
    sleeping.stop()


def test_a_child_that_dies_at_once_is_not_started_again_at_once(
    child: Callable[[str], Child],
) -> None:
    failing = child("raise SystemExit(1)")
    failing.start()
    _until(lambda: failing.pid is None)

    assert not failing.restart_if_due()


def test_stopping_ends_what_the_child_started_as_well(child: Callable[[str], Child]) -> None:
    parent = child(PARENT)
    parent.start()
    assert parent.pid is not None
    process = psutil.Process(parent.pid)
    [grandchild] = _until(process.children)

    parent.stop()

    _until(lambda: _gone(grandchild))
    assert parent.pid is None


def test_a_process_that_ignores_the_request_is_killed() -> None:
    stubborn = subprocess.Popen([sys.executable, "-c", STUBBORN])

    stop_process(psutil.Process(stubborn.pid), ((signal.SIGTERM, 0.2),))

    assert stubborn.wait(10) < 0


def test_one_stack_at_a_time_holds_a_folder(folder: DataFolder) -> None:
    with folder.locked(), pytest.raises(AlreadyRunningError), folder.locked():
        pytest.fail("two stacks hold the folder")

    with folder.locked():
        pass


def test_the_note_of_a_stack_is_read_back_until_it_is_removed(folder: DataFolder) -> None:
    note = StackNote(url="http://127.0.0.1:1", database_url="postgresql://", processes={})
    folder.write_note(note)
    read = folder.read_note()
    folder.remove_note()

    assert read == note
    assert folder.read_note() is None


def test_children_of_a_killed_stack_are_stopped_but_not_others_with_their_number(
    folder: DataFolder,
) -> None:
    left, other = (subprocess.Popen([sys.executable, "-c", SLEEPS]) for _ in range(2))
    started = psutil.Process(left.pid).create_time()
    processes = {
        "web": ProcessNote(pid=left.pid, started=started),
        "beat": ProcessNote(pid=other.pid, started=started - 1000),
    }
    folder.write_note(StackNote(url="", database_url="", processes=processes))

    stop_leftovers(folder)

    assert left.wait(10) < 0
    assert other.poll() is None
    other.kill()
    other.wait()


def _until(condition: Callable[[], object], seconds: float = 20) -> list[psutil.Process]:
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found  # type: ignore[return-value]


def _gone(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
