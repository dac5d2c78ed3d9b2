"""Every command can be read by programs."""

from __future__ import annotations

from collections.abc import Iterator

import typer

from cli.main import app


def _leaves(command: object, name: str) -> Iterator[tuple[str, object]]:
    children = getattr(command, "commands", None)
    if children is None:
        yield name, command
        return
    for each, child in children.items():
        yield from _leaves(child, f"{name} {each}")


def test_every_command_prints_json_when_asked() -> None:
    leaves = dict(_leaves(typer.main.get_command(app), "chohyo"))
    assert {"chohyo ingest", "chohyo watch", "chohyo webhooks add"} <= leaves.keys()
    silent = [
        name
        for name, command in leaves.items()
        if not any("--json" in option.opts for option in command.params)
    ]
    assert silent == []
