"""Read the objects of a JSON text while it is still being written."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class ObjectStream:
    """Finds the objects in a text that grows, each as soon as it is closed.

    What stands around them does not matter. An inner object comes before the one around it.
    """

    _read: int = 0
    _begun: list[int] = field(default_factory=list)
    _quoted: bool = False
    _escaped: bool = False

    def closed(self, text: str) -> list[Any]:
        """Return the objects that were closed since the last call; `text` begins as it did then."""
        found = []
        for at in range(self._read, len(text)):
            if self._step(text[at], at):
                try:
                    found.append(json.loads(text[self._begun.pop() : at + 1]))
                except ValueError:
                    continue  # braces, but no JSON between them
        self._read = len(text)
        return found

    def _step(self, letter: str, at: int) -> bool:
        """Take in a letter; say whether it closes an object."""
        if self._escaped:
            self._escaped = False
        elif self._quoted:
            self._escaped, self._quoted = letter == "\\", letter != '"'
        elif letter == '"':
            self._quoted = bool(self._begun)
        elif letter == "{":
            self._begun.append(at)
        return letter == "}" and not self._quoted and bool(self._begun)
