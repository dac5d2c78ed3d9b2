"""A real stack in its own processes: started, asked, wounded and stopped like a user's."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
from psycopg.rows import dict_row

COMMAND = Path(sys.executable).parent / "chohyo"
START_SECONDS = 120
STOP_SECONDS = 60
Json = dict[str, Any]


def until(what: str, condition: Callable[[], object], seconds: float = 120) -> Any:
    """Look until the condition is truthy and return it; fail after so many seconds."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.1)
    return found


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class RunningStack:
    """`chohyo up` on a data folder; it keeps its folder and port over restarts."""

    def __init__(
        self, data_dir: Path, *, workers: int = 2, settings: Mapping[str, str] | None = None
    ) -> None:
        self.data_dir = data_dir
        self._environment = {**_environment(), **(settings or {})}
        self.port = free_port()
        self._workers = workers
        self._process: subprocess.Popen[bytes] | None = None
        self._key = ""

    @property
    def url(self) -> str:
        """Return where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Json:
        """Start it and return what it printed: the addresses."""
        printed = self.data_dir.parent / f"{self.data_dir.name}.out"
        with printed.open("wb") as out:
            self._process = subprocess.Popen(
                [
                    COMMAND, "up", "--json", "--data-dir", self.data_dir,
                    "--port", str(self.port), "--workers", str(self._workers),
                ],
                stdout=out,
                env=self._environment,
            )  # fmt: skip
        return until("the stack runs", lambda: self._printed(printed), START_SECONDS)

    @property
    def running(self) -> bool:
        """Say whether it was started and not stopped."""
        return self._process is not None

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """Stop it, like Ctrl-C does unless told otherwise, and wait until it is gone."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(STOP_SECONDS)
            self._process = None

    def kill(self) -> None:
        """Kill the stack's own process alone; its children are orphans."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    def kill_role(self, role: str) -> int:
        """Kill one process of the stack at once; return its number."""
        pid: int = self.note()["processes"][role]["pid"]
        os.kill(pid, signal.SIGKILL)
        return pid

    def note(self) -> Json:
        """Return what the stack notes for other commands."""
        found: Json = json.loads((self.data_dir / "run" / "stack.json").read_text("utf-8"))
        return found

    def processes(self) -> list[psutil.Process]:
        """Return every process of the stack, grandchildren included."""
        assert self._process is not None
        own = psutil.Process(self._process.pid)
        return [own, *own.children(recursive=True)]

    def run(self, *arguments: str | Path, code: int = 0) -> str:
        """Run another `chohyo` command against the stack and return its standard output."""
        done = subprocess.run(
            [COMMAND, *arguments, "--data-dir", self.data_dir],
            capture_output=True, text=True, timeout=180, env=self._environment, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        return done.stdout

    def run_json(self, *arguments: str | Path, code: int = 0) -> Any:
        """Run another command and return its result."""
        return json.loads(self.run(*arguments, "--json", code=code))

    def client(self) -> httpx.Client:
        """Return an HTTP client that presents the administrator's key."""
        if not self._key:
            self._key = self.run_json("keys", "create", "admin")["secret"]
        headers = {"Authorization": f"Bearer {self._key}"}
        return httpx.Client(base_url=f"{self.url}/v1", headers=headers, timeout=60)

    def rows(self, query: str) -> list[Json]:
        """Return rows of the stack's database."""
        url = self.note()["database_url"]
        with psycopg.connect(url, row_factory=dict_row) as connection:
            return connection.execute(query.encode()).fetchall()

    def _printed(self, file: Path) -> Json | None:
        assert self._process is not None
        assert self._process.poll() is None, f"chohyo up ended with {self._process.returncode}"
        try:
            found: Json = json.loads(file.read_text("utf-8"))
        except json.JSONDecodeError:
            return None
        return found


MakeStack = Callable[..., RunningStack]


def everything(client: httpx.Client, path: str, **params: str) -> Iterator[Json]:
    """Yield the items of all pages of a list."""
    cursor: str | None = None
    while True:
        more = {**params, **({"cursor": cursor} if cursor else {})}
        answer = client.get(path, params=more).raise_for_status().json()
        yield from answer["items"]
        cursor = answer.get("next_cursor")
        if cursor is None:
            return


def upload(client: httpx.Client, files: list[Path]) -> list[Json]:
    """Send files in one request and return the documents they became."""
    with ExitStack() as opened:
        parts = [("files", (f.name, opened.enter_context(f.open("rb")))) for f in files]
        answer = client.post("/documents", files=parts).raise_for_status().json()
    return [item["document"] for item in answer["items"]]


def remove_home(data_dir: Path) -> None:
    """Remove the database of a data folder; under root it lies outside of it."""
    identity = data_dir / "run" / "identity"
    if os.geteuid() == 0 and identity.exists():
        shutil.rmtree(Path("/var/lib/chohyo") / identity.read_text("utf-8"), ignore_errors=True)


def _environment() -> dict[str, str]:
    """Return the environment without settings of the machine the tests run on."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CHOHYO_", "DATABASE_"))}
    # Work of a killed worker is given on at once instead of after two minutes.
    quick = {"CHOHYO_WORK__LEASE_SECONDS": "15", "CHOHYO_WORK__RESEND_SECONDS": "5"}
    readable = {"CHOHYO_LOG__FORMAT": "json", "LANG": "C.UTF-8"}
    return {**kept, **quick, **readable, "CHOHYO_WORK__SWEEP_SECONDS": "2"}
