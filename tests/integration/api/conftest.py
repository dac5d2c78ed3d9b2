"""Clients of the HTTP interface."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from chohyo.services.runtime import Runtime
from chohyo.settings import Settings

ADDRESS = "http://127.0.0.1:8686"


@pytest.fixture
def client(runtime: Runtime, tmp_path: Path) -> Iterator[TestClient]:
    """Return a client without a key."""
    app = create_app(runtime, Settings(data_dir=tmp_path))
    # This client waits for the whole answer: a stream of events tells how things stand, and ends.
    app.state.stopping.set()
    yield TestClient(app, base_url=ADDRESS, raise_server_exceptions=False)


@pytest.fixture
def as_(client: TestClient, callers) -> Callable[[str], TestClient]:
    """Return a function that gives a client with the key of a role."""

    def with_key(role: str) -> TestClient:
        return TestClient(
            client.app,
            base_url=ADDRESS,
            headers={**callers[role].headers, "Accept-Language": "en"},
            raise_server_exceptions=False,
        )

    return with_key
