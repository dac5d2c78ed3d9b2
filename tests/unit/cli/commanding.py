"""What the tests of the command line pass around."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol


class DatabaseUrls(Protocol):
    """One database, reached as the owner of its tables, as the service, and as a superuser."""

    owner: str
    service: str
    superuser: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command printed and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return the result as a program reads it."""
        return json.loads(self.out)


Command = Callable[..., Outcome]
