"""Browsers that visit the console."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from fastapi.testclient import TestClient
from httpx import Response

# Bound to this machine alone, the server answers to no other name.
ORIGIN = "http://127.0.0.1"
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser with a session."""

    client: TestClient
    csrf_token: str

    def get(self, path: str) -> Response:
        """Open a page."""
        return self.client.get(path)

    def post(self, path: str, **fields: str | list[str]) -> Response:
        """Send a form of the console; redirects are followed."""
        return self.client.post(path, data={"csrf_token": self.csrf_token, **fields})


Visit = Callable[[str], Visitor]
