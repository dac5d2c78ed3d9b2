"""Everything the command line prints is there in Japanese, with the same parameters."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from string import Formatter

from babel.messages.pofile import read_po

import cli
from chohyo.errors import ChohyoError
from chohyo.translation.catalogues import DOMAINS
from cli import errors

# Methods of the terminal whose constant arguments are messages.
PRINTING = {"text", "say", "note", "table"}
# Letters outside the braces of a parameter.
_WORDS = re.compile(r"(?:^|\})[^{]*[A-Za-z]")


def catalogue() -> dict[str, str]:
    """Return all translated texts: the command line shares words with the console."""
    found: dict[str, str] = {}
    for domain in DOMAINS:
        with files("chohyo.translation").joinpath("ja", f"{domain}.po").open("rb") as text:
            entries = [each for each in read_po(text, locale="ja") if isinstance(each.id, str)]
        found |= {str(each.id): str(each.string) for each in entries if each.id and each.string}
    return found


def printed() -> set[str]:
    """Return the messages of every call that prints one."""
    modules = Path(cli.__file__).parent.rglob("*.py")
    nodes = (node for path in modules for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    calls = (node for node in nodes if isinstance(node, ast.Call) and _prints(node))
    return {message for call in calls for message in _constants(call.args[0])}


def test_every_message_is_translated() -> None:
    assert printed() - catalogue().keys() == set()


def test_every_error_of_the_stack_is_translated() -> None:
    kinds = [each for each in vars(errors).values() if isinstance(each, type)]
    messages = {kind.message for kind in kinds if issubclass(kind, ChohyoError)}

    assert messages - {ChohyoError.message} - catalogue().keys() == set()


def test_a_translation_keeps_the_parameters() -> None:
    translations = catalogue()

    for message in printed():
        assert _parameters(translations[message]) == _parameters(message), message


def _prints(call: ast.Call) -> bool:
    method = call.func
    return isinstance(method, ast.Attribute) and method.attr in PRINTING and bool(call.args)


def _constants(node: ast.expr) -> Iterator[str]:
    parts = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    for part in parts:
        if isinstance(part, ast.Constant) and _WORDS.search(str(part.value)):
            yield str(part.value)


def _parameters(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}
