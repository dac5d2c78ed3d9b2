"""What fails under a running stack, and what its workers make of it."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import psutil
import pytest
from piles import draw
from stack import MakeStack, RunningStack, until, upload

FIRST = 12


@pytest.fixture(scope="module")
def stack(make_stack: MakeStack) -> RunningStack:
    stack = make_stack(workers=2)
    stack.start()
    return stack


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return draw(tmp_path_factory.mktemp("pile"), "receipt", range(FIRST))


def test_a_database_that_is_restarted_under_load_loses_nothing(
    stack: RunningStack, files: list[Path]
) -> None:
    workers = _workers(stack)
    with stack.client() as client:
        upload(client, files)
    for done in (1, 4):
        until("some are done", lambda wanted=done: len(_rows(stack, "done")) >= wanted)
        _restart_postgres(stack)

    until("all are done", lambda: len(_rows(stack, "done")) == len(files))
    until("no work is left", lambda: not stack.rows("SELECT * FROM work WHERE kind <> 'index'"))

    assert _workers(stack) == workers
    assert len(stack.rows("SELECT * FROM page")) == len(files)
    assert len(stack.rows("SELECT * FROM match WHERE NOT superseded")) == len(files)
    assert stack.run_json("audit", "verify")["intact"] is True


def test_work_whose_hints_are_lost_is_done(stack: RunningStack, tmp_path: Path) -> None:
    more = draw(tmp_path, "certificate", range(3))
    before = len(_rows(stack, "done"))
    pids = [psutil.Process(pid) for pid in _workers(stack).values()]
    for process in pids:  # so that no worker is faster than we are
        process.suspend()
    with stack.client() as client:
        upload(client, more)
    hints = list((stack.data_dir / "broker" / "messages").iterdir())
    for hint in hints:
        hint.unlink()
    for process in pids:
        process.resume()

    assert hints
    until("they are done all the same", lambda: len(_rows(stack, "done")) == before + len(more))


def test_a_worker_that_is_asked_to_stop_does_so_between_two_steps(
    stack: RunningStack, tmp_path: Path
) -> None:
    more = draw(tmp_path, "intake", range(4))
    with stack.client() as client:
        upload(client, more)
    until(
        "one is under way",
        lambda: stack.rows("SELECT * FROM work WHERE kind <> 'index' AND lease_owner <> ''"),
    )
    processes = [psutil.Process(pid) for pid in _workers(stack).values()]

    began = time.monotonic()
    for process in processes:
        process.send_signal(signal.SIGTERM)
    psutil.wait_procs(processes, timeout=14)

    # The stack's own stop would kill them after 15 s.
    assert not any(process.is_running() for process in processes)
    assert time.monotonic() - began < 14
    until("new ones finish", lambda: not stack.rows("SELECT * FROM work WHERE kind <> 'index'"))
    assert _rows(stack, "failed") == []


def _rows(stack: RunningStack, state: str) -> list[dict[str, object]]:
    return [r for r in stack.rows("SELECT id, state FROM document") if r["state"] == state]


def _workers(stack: RunningStack) -> dict[str, int]:
    processes = stack.note()["processes"]
    return {role: note["pid"] for role, note in processes.items() if role.startswith("worker")}


def _restart_postgres(stack: RunningStack) -> None:
    """Stop the server as an administrator would; the stack starts it again."""
    before = stack.note()["processes"]["postgres"]["pid"]
    os.kill(before, signal.SIGINT)
    until(
        "it is there again",
        lambda: stack.note()["processes"].get("postgres", {}).get("pid", before) != before,
    )
