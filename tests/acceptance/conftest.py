"""Stacks and a browser for the acceptance tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping

import pytest
from stack import MakeStack, RunningStack, remove_home


@pytest.fixture(scope="module")
def make_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeStack]:
    """Return a maker of stacks, each on a folder of its own, stopped at the end."""
    made: list[RunningStack] = []

    def make(*, workers: int = 2, settings: Mapping[str, str] | None = None) -> RunningStack:
        folder = tmp_path_factory.mktemp("stack") / "data"
        stack = RunningStack(folder, workers=workers, settings=settings)
        made.append(stack)
        return stack

    yield make
    for stack in made:
        stack.stop()
        remove_home(stack.data_dir)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of Chromium."""
    return _program("chromium", "chromium-browser")


@pytest.fixture(scope="session")
def redis_server() -> str:
    """Return the path of the Redis server."""
    return _program("redis-server")


def _program(*names: str) -> str:
    """Return a program's path; without it the test is skipped, or fails where all must run."""
    found = next((path for path in map(shutil.which, names) if path), None)
    if found is None:
        reason = f"there is no {names[0]} on the PATH"
        if os.environ.get("CHOHYO_TEST_REQUIRE_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return found
