"""The console on a real database, visited by people of every role."""

from __future__ import annotations

import pytest
from console_seeds import Seeds
from console_visitor import CSRF, ORIGIN, Visit, Visitor
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from chohyo.domain.collections import Collection
from chohyo.services.runtime import Runtime
from chohyo.settings import Settings


@pytest.fixture
def settings() -> Settings:
    """Return settings that do not depend on the environment."""
    return Settings.model_construct(locale="ja", timezone="Asia/Tokyo")


@pytest.fixture
def console(runtime: Runtime, settings: Settings) -> FastAPI:
    """Return the application with the console in it."""
    return create_app(runtime, settings)


@pytest.fixture
def nobody(console: FastAPI) -> TestClient:
    """Return a browser without a session; the server's errors come as pages, as they would."""
    return TestClient(console, ORIGIN, raise_server_exceptions=False)


@pytest.fixture
def visit(console: FastAPI, callers: dict[str, object]) -> Visit:
    """Log somebody in by role."""

    def log_in(role: str) -> Visitor:
        client = TestClient(console, ORIGIN, raise_server_exceptions=False)
        page = client.post("/login", data={"token": callers[role].key})  # type: ignore[attr-defined]
        found = CSRF.search(page.text)
        assert found is not None
        return Visitor(client, found.group(1))

    return log_in


@pytest.fixture
def seeds(runtime: Runtime, collection: Collection) -> Seeds:
    """Return what fills the collection."""
    return Seeds(runtime, collection.id)
