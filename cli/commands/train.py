"""`chohyo train`: learn from this deployment's templates how copies of a form differ."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from chohyo.domain.spaces import SpaceView
from chohyo.domain.training import HeldOut, Training, TrainingState
from chohyo.services import spaces, training
from chohyo.translation import render_failure
from cli.commands.spaces import await_filled, known
from cli.desk import Desk, open_desk
from cli.options import AsJson, DataDir, Timeout
from cli.waiting import until


def train(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what it would be worth.")
    ] = False,
    switch: Annotated[
        bool,
        typer.Option("--switch", help="Where it is better, wait until it is full and use it."),
    ] = False,
    timeout: Timeout = 86_400,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Fit a projection to the pages that people approved or decided, and try it on others.

    Where pages are found better with it, and pages of unseen forms no worse, an embedding space of
    its own is filled in the background.
    """
    with open_desk(data_dir, as_json=as_json) as desk:
        asked = training.request(desk.runtime, desk.caller, dry_run=dry_run)
        done = _await(desk, asked, timeout)
        view = _use(desk, done.space, timeout) if switch and done.space else None
        desk.terminal.result({**asdict(done), "in_use": bool(view and view.active)})
        _tell(desk, done, view)
        if done.state is TrainingState.FAILED:
            raise typer.Exit(1)


def _await(desk: Desk, asked: Training, timeout: float) -> Training:
    latest = asked
    with desk.terminal.progress() as progress:
        task = progress.add_task(desk.terminal.text("Training"), total=None)

        def look() -> bool:
            nonlocal latest
            latest = training.get_training(desk.runtime, desk.caller, asked.id)
            progress.update(task, completed=latest.step, total=latest.steps or None)
            return latest.state in (TrainingState.DONE, TrainingState.FAILED)

        until(look, timeout)
    return latest


def _use(desk: Desk, name: str, timeout: float) -> SpaceView:
    await_filled(desk, [name], timeout)
    return spaces.switch(desk.runtime, desk.caller, known(desk), name)


def _tell(desk: Desk, done: Training, view: SpaceView | None) -> None:
    terminal = desk.terminal
    if done.failure is not None or done.figures is None:
        failure = done.failure
        reason = render_failure(failure.code, failure.params, terminal.locale) if failure else ""
        terminal.say("The training came to nothing: {reason}", reason=reason)
        return
    counts = done.lessons
    terminal.say(
        "Learned from {pages} pages of {template_pages} template pages in {families} form types,"
        " on top of {base}. On pages that were held out:",
        pages=counts.pages, template_pages=counts.template_pages, families=counts.families,
        base=done.base,
    )  # fmt: skip
    rows = [
        *_rows(desk, terminal.text("Learned form types"), done.figures.known),
        *_rows(desk, terminal.text("Unseen form types"), done.figures.unseen),
    ]
    terminal.table(["Pages of", "Number", "Figure", "Before", "After", "95 % interval"], rows)
    if view is not None:
        terminal.say("The embedding space {name} is in use.", name=view.space.name)
    elif done.space:
        terminal.say(
            "It is better. To use it: `chohyo reindex --space {space} --switch`.", space=done.space
        )
    elif done.better:
        terminal.say("It is better. Nothing was kept of this dry run.")
    else:
        terminal.say("It is not better than {base}, which stays.", base=done.base)


def _rows(desk: Desk, label: str, part: HeldOut) -> list[list[object]]:
    names = {
        desk.terminal.text("Own template page among the first 20"): part.first,
        desk.terminal.text("Nearest is the same edition"): part.edition,
        desk.terminal.text("Nearest is the same form type"): part.family,
        desk.terminal.text("Mean of 1 / place"): part.rank,
    }
    return [
        [
            label, part.pages, name, f"{each.before:.4f}", f"{each.after:.4f}",
            f"{each.low:+.4f} … {each.high:+.4f}",
        ]
        for name, each in names.items()
    ]  # fmt: skip
