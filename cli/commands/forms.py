"""`chohyo eval forms`: draw forms with known content, to measure with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.desk import open_terminal
from cli.options import AsJson
from eval.forms import FORM_TYPES, write_corpus

app = typer.Typer(help="Measure how well chohyo does.", no_args_is_help=True)


@app.callback()
def evaluate() -> None:
    """Measure how well chohyo does."""


@app.command()
def forms(
    out: Annotated[Path, typer.Argument(help="Folder to write.", file_okay=False)],
    copies: Annotated[int, typer.Option(min=1, help="Filled copies of each edition.")] = 3,
    seed: Annotated[int, typer.Option(min=0, help="Other seeds give other contents.")] = 0,
    only: Annotated[list[str] | None, typer.Option(help="Only this form type.")] = None,
    as_json: AsJson = False,
) -> None:
    """Draw filled forms, degraded like scans, with the truth in labels.jsonl."""
    unknown = sorted(set(only or ()) - FORM_TYPES.keys())
    if unknown:
        known = ", ".join(FORM_TYPES)
        raise typer.BadParameter(f"{unknown[0]} is none of {known}", param_hint="--only")
    terminal = open_terminal(None, as_json=as_json)
    summary = write_corpus(out, seeds=copies, copies_seed=seed, only=only)
    terminal.result(summary)
    terminal.say("Pages: {n}. Form types: {m}.", n=summary.pages, m=summary.families)
