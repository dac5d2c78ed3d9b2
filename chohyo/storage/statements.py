"""Named SQL statements, read from the package `sql`."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


class Statements:
    """The statements of one file in `sql/queries`, by name, as bytes that psycopg executes."""

    def __init__(self, file: str) -> None:
        self._file = file

    def __getitem__(self, name: str) -> bytes:
        return _load(self._file)[name]


@cache
def _load(file: str) -> dict[str, bytes]:
    text = (resources.files("sql") / "queries" / f"{file}.sql").read_text("utf-8")
    parts = _NAME.split(text)[1:]
    return {
        name: body.strip().removesuffix(";").encode()
        for name, body in zip(parts[::2], parts[1::2], strict=True)
    }
