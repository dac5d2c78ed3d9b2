"""`python -m eval.encoder`: train the layout encoder, write its weights, measure it."""

from __future__ import annotations

import argparse
import json
import os
from collections import deque
from dataclasses import asdict, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import cv2

from chohyo.models.layout_encoder import WEIGHTS, LayoutEncoder
from chohyo.models.layout_grid import LayoutGrid
from eval.corpus import read_corpus
from eval.encoder.measuring import PageTruth, embed_corpus, embed_sheets, figures
from eval.encoder.sheets import read_sheets, write_corpus_sheets, write_generated_sheets

_BUILD = Path("build/encoder")


def main() -> None:
    """Run one of the commands."""
    parser = argparse.ArgumentParser(prog="python -m eval.encoder", description=__doc__)
    commands = parser.add_subparsers(required=True)
    train = commands.add_parser("train", help="train, from the checkpoint where there is one")
    train.add_argument("--checkpoint", type=Path, default=None, help="else named by the trial")
    train.add_argument("--pool", type=Path, default=_BUILD, help="folder of the drawn forms")
    train.add_argument("--trial", default="chosen", help="a recipe of eval/encoder/trials.py")
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--steps", type=int, default=None)
    train.add_argument("--forms", type=int, default=None, help="forms in the pool")
    train.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    train.add_argument("--device", default="cpu", help="cpu or cuda")
    train.add_argument(
        "--out", type=Path, default=None, help="else the weights that ship, or a trial's"
    )
    train.set_defaults(run=_train)
    measure = commands.add_parser("measure", help="compare the embedders on corpus folders")
    measure.add_argument("corpora", type=Path, nargs="+")
    measure.set_defaults(run=_measure)
    sheets = commands.add_parser("sheets", help="write a corpus, or generated forms, as inks")
    sheets.add_argument("out", type=Path)
    sheets.add_argument("--corpus", type=Path, default=None)
    sheets.add_argument("--forms", type=int, default=400)
    sheets.add_argument("--seed", type=int, default=1)
    sheets.set_defaults(run=_sheets)
    compare = commands.add_parser("compare", help="compare weights on files of inks")
    compare.add_argument("weights", type=Path, nargs="+")
    compare.add_argument("--sheets", type=Path, nargs="+", required=True)
    compare.set_defaults(run=_compare)
    asked = parser.parse_args()
    asked.run(asked)


def _train(asked: argparse.Namespace) -> None:
    # The extra `train` is needed for this command alone.
    import torch  # noqa: PLC0415

    from eval.encoder.network import export  # noqa: PLC0415
    from eval.encoder.pool import open_pool  # noqa: PLC0415
    from eval.encoder.training import Training  # noqa: PLC0415
    from eval.encoder.trials import CHOSEN, TRIALS  # noqa: PLC0415

    torch.set_num_threads(asked.threads)
    cv2.setNumThreads(asked.threads)
    recipe = TRIALS[asked.trial]
    steps, pool = asked.steps or recipe.steps, asked.forms or recipe.pool
    recipe = replace(recipe, seed=asked.seed, steps=steps, pool=pool)
    name = asked.trial.replace(" ", "-")
    checkpoint = asked.checkpoint or _BUILD / f"{name}.pt"
    out = asked.out or (WEIGHTS if asked.trial == CHOSEN else _BUILD / f"{name}.onnx")
    inks = open_pool(recipe.pool_plan(), asked.pool, asked.threads, _drawn)
    training = Training(recipe, inks, asked.device)
    if checkpoint.exists():
        training.load(checkpoint)
    started, recent = perf_counter(), deque[Any](maxlen=50)

    def report(step: int, loss: Any) -> None:
        recent.append(loss)
        if step % 200 == 0:
            mean, seconds = float(sum(recent)) / len(recent), perf_counter() - started
            _say(f"step {step} of {recipe.steps}, loss {mean:.3f}, {seconds:.0f} s")

    training.run(report, checkpoint)
    card = {"recipe": json.dumps(asdict(recipe)), "step": str(training.step)}
    export(training.average, recipe.shape, out, card)
    _say(f"{out} is written, {out.stat().st_size / 1e6:.1f} MB")


def _drawn(forms: int, total: int) -> None:
    if forms % 1024 == 0 or forms == total:
        _say(f"{forms} of {total} forms drawn")


def _measure(asked: argparse.Namespace) -> None:
    cv2.setNumThreads(1)
    for folder in asked.corpora:
        pages = read_corpus(folder)
        for embedder in (LayoutGrid(), LayoutEncoder()):
            vectors, median_ms = embed_corpus(embedder, pages)
            result = asdict(figures(PageTruth.of(pages), vectors, median_ms))
            name = embedder.space.name
            _say(json.dumps({"corpus": folder.name, "embedder": name, **result}, default=float))


def _sheets(asked: argparse.Namespace) -> None:
    if asked.corpus is not None:
        count = write_corpus_sheets(asked.corpus, asked.out)
    else:
        count = write_generated_sheets(asked.forms, asked.seed, asked.out)
    _say(f"{asked.out}: {count} pages")


def _compare(asked: argparse.Namespace) -> None:
    for path in asked.sheets:
        inks, truth = read_sheets(path)
        for weights in asked.weights:
            result = asdict(figures(truth, embed_sheets(weights, inks)))
            row = {"pages": path.stem, "weights": weights.stem, **result}
            _say(json.dumps(row, default=float))


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - this is a command


if __name__ == "__main__":
    main()
