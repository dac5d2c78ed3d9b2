"""A stack whose hints travel through Redis, which comes and goes."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from piles import draw
from redis import Redis as Client
from stack import MakeStack, RunningStack, free_port, until, upload

pytestmark = pytest.mark.redis


class Redis:
    """A Redis server on a port of its own, without persistence."""

    def __init__(self, program: str, folder: Path) -> None:
        self.port = free_port()
        self._command = [program, "--port", str(self.port), "--save", "", "--dir", str(folder)]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; who needs it waits for it."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)

    def kill(self) -> None:
        """Kill it; what it held is lost."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture(scope="module")
def redis(redis_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    redis = Redis(redis_server, tmp_path_factory.mktemp("redis"))
    redis.start()
    yield redis
    redis.kill()


@pytest.fixture(scope="module")
def stack(make_stack: MakeStack, redis: Redis) -> RunningStack:
    settings = {"CHOHYO_BROKER__URL": f"redis://127.0.0.1:{redis.port}/0"}
    stack = make_stack(workers=1, settings=settings)
    stack.start()
    return stack


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return draw(tmp_path_factory.mktemp("pile"), "receipt", range(2))


def test_a_document_is_processed(stack: RunningStack, files: list[Path]) -> None:
    with stack.client() as client:
        upload(client, files[:1])

    until("it is done", lambda: _done(stack) == 1)


def test_what_comes_in_while_redis_is_away_is_kept_and_processed_later(
    stack: RunningStack, redis: Redis, files: list[Path]
) -> None:
    redis.kill()
    with stack.client() as client:
        upload(client, files[1:])
    before = _done(stack)

    redis.start()

    assert before == 1
    until("it is done", lambda: _done(stack) == 2)


def test_hints_that_redis_has_forgotten_are_sent_again(
    stack: RunningStack, redis: Redis, tmp_path: Path
) -> None:
    before = _done(stack)
    worker = psutil.Process(stack.note()["processes"]["worker-1"]["pid"])
    worker.suspend()
    with stack.client() as client:
        upload(client, draw(tmp_path, "certificate", range(1)))
    with Client(port=redis.port) as hints:
        hints.flushall()
    # A hint that had already travelled to the stopped worker dies with it.
    worker.kill()

    until("it is done", lambda: _done(stack) == before + 1)


def _done(stack: RunningStack) -> int:
    return len(stack.rows("SELECT id FROM document WHERE state = 'done'"))
