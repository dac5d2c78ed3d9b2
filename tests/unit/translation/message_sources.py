"""Find in the source what a reader may be shown."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract, extract_python
from jinja2.ext import babel_extract

from chohyo.errors import ChohyoError

ROOT = Path(__file__).parents[3]
PACKAGES = ("chohyo", "agent", "api", "workers", "cli")
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "mark": None}
_OWN_WORDS = {"kind", "state", "reason", "part"}

Message = str | tuple[str, str]


def error_kinds(kind: type[ChohyoError] = ChohyoError) -> Iterator[type[ChohyoError]]:
    """Yield the root error and all below it."""
    yield kind
    for child in kind.__subclasses__():
        yield from error_kinds(child)


def messages_in_doors() -> set[Message]:
    """Return the messages that Babel finds in the templates and the code of the doors."""
    found: set[Message] = set()
    for package in ("api", "cli"):
        for path in (ROOT / package).rglob("*.py"):
            found |= _extracted(extract_python, path)
    for path in (ROOT / "api" / "console" / "templates").rglob("*.html"):
        found |= _extracted(babel_extract, path)
    return found


def error_words() -> set[str]:
    """Return the fixed words given to errors as parameters, and to `require` as kind."""
    return {word for node in _calls() if _names_error(node) for word in _own_words(node)}


def audit_actions() -> set[str]:
    """Return the actions given to `audit.append` and to functions that pass one on."""
    names = {
        argument.value
        for node in _calls()
        for argument in node.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
        if _called(node) in {"append", "_record", "record"}
    }
    return {name for name in names if re.fullmatch(r"[a-z]+\.[a-z-]+", name)}


def codes_in(*paths: str) -> set[str]:
    """Return the words joined by hyphens that stand as constants in these files or folders."""
    files = (file for path in paths for file in _python_files(ROOT / path))
    constants = (
        node.value
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return {text for text in constants if re.fullmatch(r"[a-z]+(-[a-z]+)+", text)}


def _python_files(path: Path) -> Iterator[Path]:
    return path.rglob("*.py") if path.is_dir() else iter([path])


def _extracted(method: object, path: Path) -> set[Message]:
    with path.open("rb") as file:
        rows = list(extract(method, file, keywords=_KEYWORDS))  # type: ignore[arg-type]
    return {message for _, message, _, _ in rows}  # type: ignore[misc]


def _calls() -> Iterator[ast.Call]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call):
                    yield node


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _names_error(node: ast.Call) -> bool:
    return _called(node) == "require" or _called(node) in {k.__name__ for k in error_kinds()}


def _own_words(node: ast.Call) -> Iterator[str]:
    for keyword in node.keywords:
        if keyword.arg in _OWN_WORDS and isinstance(keyword.value, ast.Constant):
            yield str(keyword.value.value)
