"""`chohyo up` as its user meets it: started twice, wounded, killed, stopped."""

from __future__ import annotations

import signal
import subprocess

import httpx
import psutil
import pytest
from stack import COMMAND, MakeStack, RunningStack, until


@pytest.fixture(scope="module")
def stack(make_stack: MakeStack) -> RunningStack:
    stack = make_stack(workers=1)
    stack.start()
    return stack


def test_it_prints_a_link_that_logs_in_once(stack: RunningStack) -> None:
    link = stack.run_json("login")["login_url"]
    token = link.partition("token=")[2]

    with httpx.Client(base_url=stack.url) as browser:
        first = browser.post("/login", data={"token": token})
        inside = browser.get("/documents")
    with httpx.Client(base_url=stack.url) as another:
        again = another.post("/login", data={"token": token})

    assert first.is_redirect
    assert inside.is_success
    assert not again.is_redirect


def test_a_second_stack_on_the_folder_is_refused(stack: RunningStack) -> None:
    done = subprocess.run(
        [COMMAND, "up", "--data-dir", stack.data_dir, "--port", "1"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 6
    assert str(stack.data_dir) in done.stderr


@pytest.mark.parametrize("role", ["web", "worker-1", "beat"])
def test_a_process_that_dies_is_started_again(stack: RunningStack, role: str) -> None:
    killed = stack.kill_role(role)

    until("it has another number", lambda: stack.note()["processes"][role]["pid"] != killed)
    until("the console answers", lambda: _ready(stack))


def test_the_database_that_dies_is_started_again(stack: RunningStack) -> None:
    stack.kill_role("postgres")

    until("the console answers", lambda: _ready(stack))
    assert stack.run_json("audit", "verify")["intact"] is True


def test_the_note_with_the_password_is_for_its_owner_alone(stack: RunningStack) -> None:
    assert (stack.data_dir / "run" / "stack.json").stat().st_mode & 0o777 == 0o600
    assert (stack.data_dir / "run").stat().st_mode & 0o077 == 0


def test_after_a_kill_the_next_start_takes_over_and_leaves_no_orphan(stack: RunningStack) -> None:
    before = stack.processes()
    known = stack.run_json("persons", "list")
    stack.kill()

    stack.start()

    assert not any(_alive(each) for each in before)
    assert stack.run_json("persons", "list") == known


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_ends_every_process(stack: RunningStack, number: signal.Signals) -> None:
    if not stack.running:
        stack.start()
    processes = stack.processes()

    stack.stop(number)

    assert not any(_alive(each) for each in processes)
    assert not (stack.data_dir / "run" / "stack.json").exists()


def test_when_nothing_runs_commands_say_how_to_start(stack: RunningStack) -> None:
    stack.stop()

    done = subprocess.run(
        [COMMAND, "status", "--data-dir", stack.data_dir],
        capture_output=True, text=True, timeout=60, check=False, env={"LANG": "en_US.UTF-8"},
    )  # fmt: skip

    assert done.returncode == 7
    assert "chohyo up" in done.stderr


def _ready(stack: RunningStack) -> bool:
    try:
        return httpx.get(f"{stack.url}/readyz").is_success
    except httpx.TransportError:
        return False


def _alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
