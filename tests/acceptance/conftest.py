"""Stacks and a browser for the acceptance tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from stack import MakeStack, RunningStack, remove_home


@pytest.fixture(scope="module")
def make_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeStack]:
    """Return a maker of stacks, each on a folder of its own, stopped at the end."""
    made: list[RunningStack] = []

    def make(*, workers: int = 2) -> RunningStack:
        stack = RunningStack(tmp_path_factory.mktemp("stack") / "data", workers=workers)
        made.append(stack)
        return stack

    yield make
    for stack in made:
        stack.stop()
        remove_home(stack.data_dir)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of Chromium; without one the test is skipped, or fails where all must run."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        complain = pytest.fail if os.environ.get("CHOHYO_TEST_REQUIRE_ALL") == "1" else pytest.skip
        complain("there is no Chromium on the PATH")
    assert found is not None
    return found
