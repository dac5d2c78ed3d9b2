"""`chohyo spaces`: what vectors there are, and which are used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from chohyo.domain.spaces import Disagreement, EmbeddingSpace, Purpose, SpaceView
from chohyo.profiles import open_fill_models
from chohyo.services import spaces
from chohyo.translation import render_failure
from cli.desk import Desk, open_desk
from cli.options import AsJson, DataDir
from cli.waiting import until

app = typer.Typer(help="What vectors there are, and which are used.", invoke_without_command=True)

Name = Annotated[str, typer.Argument(help="Name of the embedding space.")]


@app.callback()
def list_all(context: typer.Context, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List embedding spaces and how far they are filled."""
    if context.invoked_subcommand is not None:
        return
    with open_desk(data_dir, as_json=as_json) as desk:
        found = spaces.list_spaces(desk.runtime, desk.caller, known(desk))
        desk.terminal.result(found)
        _show(desk, found)
        tell_disagreements(desk)


@app.command()
def switch(
    name: Name,
    without_failed: Annotated[
        bool, typer.Option("--without-failed", help="Leave pages out that could not be embedded.")
    ] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Use another embedding space from now on; it has to be full."""
    with open_desk(data_dir, as_json=as_json) as desk:
        view = spaces.switch(
            desk.runtime, desk.caller, known(desk), name, without_failed=without_failed
        )
        _tell_switched(desk, view)


@app.command()
def back(
    purpose: Annotated[Purpose, typer.Option(help="For what the space is.")] = Purpose.LAYOUT,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Use the embedding space again that was used before."""
    with open_desk(data_dir, as_json=as_json) as desk:
        _tell_switched(desk, spaces.go_back(desk.runtime, desk.caller, known(desk), purpose))


@app.command()
def drop(name: Name, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Remove an embedding space with its vectors; the one in use stays."""
    with open_desk(data_dir, as_json=as_json) as desk:
        spaces.drop(desk.runtime, desk.caller, name)
        desk.terminal.result({"dropped": name})
        desk.terminal.say("Removed: {id}", id=name)


def fill(desk: Desk, names: Sequence[str], *, wait: bool, switch_to: bool, timeout: float) -> None:
    """Have spaces filled; wait until they are where that is wanted, and use them then."""
    there = known(desk)
    found = [spaces.request_fill(desk.runtime, desk.caller, there, name) for name in names]
    if wait or switch_to:
        found = await_filled(desk, names, timeout)
    if switch_to:
        found = [spaces.switch(desk.runtime, desk.caller, there, name) for name in names]
    desk.terminal.result(found)
    _show(desk, found)


def known(desk: Desk) -> list[EmbeddingSpace]:
    """Return the spaces whose vectors can be computed with these settings."""
    return open_fill_models(desk.settings, desk.runtime).spaces


def tell_disagreements(desk: Desk) -> list[Disagreement]:
    """Say where another space is used than the profile's own, and what to do about it."""
    models, terminal = open_fill_models(desk.settings, desk.runtime), desk.terminal
    found = spaces.disagreements(desk.runtime, models.own_spaces, models.spaces)
    for each in found:
        purpose = terminal.label("space_purpose", each.purpose)
        if each.served:
            terminal.note(
                "{purpose}: the embedding space {active} stays in use; this profile's own is {own}."
                " To change over: `chohyo reindex --space {own} --switch`.",
                purpose=purpose, active=each.active, own=each.own,
            )  # fmt: skip
        else:
            terminal.note(
                "{purpose}: the embedding space {active} is in use, and no model here fills it:"
                " documents wait. Configure that model again, or change over:"
                " `chohyo reindex --space {own} --switch`.",
                purpose=purpose, active=each.active, own=each.own,
            )  # fmt: skip
    return found


def await_filled(desk: Desk, names: Sequence[str], timeout: float) -> list[SpaceView]:
    """Wait until spaces are full, or filling them has ended; return how it is with them."""
    latest: list[SpaceView] = []
    with desk.terminal.progress() as progress:
        task = progress.add_task(desk.terminal.text("Embedding"), total=None)

        def look() -> bool:
            nonlocal latest
            views = spaces.list_spaces(desk.runtime, desk.caller, known(desk))
            latest = [each for each in views if each.space.name in names]
            done = sum(each.filled + each.failed for each in latest)
            progress.update(task, completed=done, total=done + sum(e.missing for e in latest))
            return all(not e.filling or e.failure is not None for e in latest)

        until(look, timeout)
    return latest


def _show(desk: Desk, found: Sequence[SpaceView]) -> None:
    rows = [_row(desk, each) for each in found]
    desk.terminal.table(["Name", "For", "Dimensions", "Pages", "Missing", "Failed", "State"], rows)
    for each in found:
        if each.forgotten:
            desk.terminal.note(
                "The embedding space {name} was trained on documents of which {n} were forgotten"
                " since. Train again with `chohyo train --switch`, then `chohyo spaces drop"
                " {name}`.",
                name=each.space.name, n=each.forgotten,
            )  # fmt: skip


def _row(desk: Desk, view: SpaceView) -> list[object]:
    space = view.space
    state = desk.terminal.label("space_state", view.state)
    if view.failure is not None:
        locale = desk.terminal.locale
        state += f": {render_failure(view.failure.code, view.failure.params, locale)}"
    purpose = desk.terminal.label("space_purpose", space.purpose)
    return [space.name, purpose, space.dimensions, view.filled, view.missing, view.failed, state]


def _tell_switched(desk: Desk, view: SpaceView) -> None:
    desk.terminal.result(view)
    desk.terminal.say("The embedding space {name} is in use.", name=view.space.name)
