"""The console on a real database, visited by people of every role."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from console_seeds import Seeds
from console_tab import CHROMIUM, FLAGS
from console_visitor import CSRF, ORIGIN, Visit, Visitor
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect, sync_playwright

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


@pytest.fixture
def address(console: FastAPI) -> Iterator[str]:
    """Serve the console on a free port."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(console, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listening.close()


@pytest.fixture
def complaints() -> list[str]:
    """Return what the browser complains about; it fails the test."""
    return []


@pytest.fixture
def tab(address: str, callers, complaints: list[str]) -> Iterator[Tab]:
    """Open a reviewer's tab."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        size = {"width": 1400, "height": 1300}  # a mouse only reaches what is in the window
        opened = browser.new_context(base_url=address, locale="en", viewport=size).new_page()
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        opened.goto("/login")
        opened.get_by_label("One-time token or API key").fill(callers["reviewer"].key)
        opened.get_by_role("button", name="Log in").click()
        expect(opened.get_by_role("heading", name="Inbox")).to_be_visible()
        opened.wait_for_load_state()  # scripts come after the page is shown
        yield opened
        browser.close()
    assert complaints == []
