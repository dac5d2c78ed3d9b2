"""`chohyo eval forms`: draw forms with known content, to measure with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli.desk import open_terminal
from cli.options import AsJson
from eval.batches.dealing import deal
from eval.batches.files import write_batches
from eval.batches.mishaps import MISHAPS, Mishap
from eval.corpus import by_document, read_corpus
from eval.forms import FORM_TYPES, HELD_BACK, write_corpus

app = typer.Typer(help="Measure how well chohyo does.", no_args_is_help=True)


@app.callback()
def evaluate() -> None:
    """Measure how well chohyo does."""


@app.command()
def forms(
    out: Annotated[Path, typer.Option(help="Folder to write.", file_okay=False)],
    seeds: Annotated[int, typer.Option(min=1, help="Filled copies of each edition.")] = 3,
    seed: Annotated[int, typer.Option(min=0, help="Other seeds give other contents.")] = 0,
    only: Annotated[list[str] | None, typer.Option(help="Only this form type.")] = None,
    batches: Annotated[int, typer.Option(min=0, help="Scan batches to make of the copies.")] = 0,
    mishap: Annotated[
        list[str] | None, typer.Option(help="Only this mishap in batches; all when left out.")
    ] = None,
    mishap_share: Annotated[
        float, typer.Option(min=0, max=1, help="How often each mishap befalls a form.")
    ] = 0.15,
    as_json: AsJson = False,
) -> None:
    """Draw filled forms, degraded like scans, with the truth in labels.jsonl.

    Scan batches have theirs in batches.jsonl.
    """
    _check(only or (), [*FORM_TYPES, *HELD_BACK], "--only")
    _check(mishap or (), MISHAPS, "--mishap")
    terminal = open_terminal(None, as_json=as_json)
    summary = write_corpus(out, seeds=seeds, copies_seed=seed, only=only)
    kinds = [kind for kind in MISHAPS if not mishap or kind in mishap]
    written = _write_batches(out, batches, mishap_share, kinds, seed)
    terminal.result({**asdict(summary), "batches": len(written)})
    terminal.say("Pages: {n}. Form types: {m}.", n=summary.pages, m=summary.families)
    if written:
        terminal.say("Scan batches: {n}.", n=len(written))


def _check(chosen: Iterable[str], known: Iterable[str], option: str) -> None:
    unknown = sorted(set(chosen) - set(known))
    if unknown:
        raise typer.BadParameter(f"{unknown[0]} is none of {', '.join(known)}", param_hint=option)


def _write_batches(
    out: Path, count: int, share: float, kinds: Iterable[Mishap], seed: int
) -> list[Path]:
    if not count:
        return []
    copies = by_document(read_corpus(out))
    return write_batches(out, deal(copies, count, share=share, kinds=kinds, seed=seed))
