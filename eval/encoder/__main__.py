"""`python -m eval.encoder`: train the layout encoder, write its weights, measure it on corpora."""

from __future__ import annotations

import argparse
import json
from collections import deque
from dataclasses import asdict
from pathlib import Path
from time import perf_counter

import cv2

from chohyo.models.layout_encoder import WEIGHTS, LayoutEncoder
from chohyo.models.layout_grid import LayoutGrid
from eval.corpus import read_corpus
from eval.encoder.measuring import embed_corpus, figures


def main() -> None:
    """Run one of the commands."""
    parser = argparse.ArgumentParser(prog="python -m eval.encoder", description=__doc__)
    commands = parser.add_subparsers(required=True)
    train = commands.add_parser("train", help="train, from the checkpoint where there is one")
    train.add_argument("--checkpoint", type=Path, default=Path("build/encoder/checkpoint.pt"))
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--steps", type=int, default=None)
    train.add_argument("--threads", type=int, default=1)
    train.add_argument("--out", type=Path, default=WEIGHTS)
    train.set_defaults(run=_train)
    measure = commands.add_parser("measure", help="compare the embedders on corpus folders")
    measure.add_argument("corpora", type=Path, nargs="+")
    measure.set_defaults(run=_measure)
    asked = parser.parse_args()
    asked.run(asked)


def _train(asked: argparse.Namespace) -> None:
    # The extra `train` is needed for this command alone.
    import torch  # noqa: PLC0415

    from eval.encoder.network import export  # noqa: PLC0415
    from eval.encoder.training import Recipe, Training  # noqa: PLC0415

    torch.set_num_threads(asked.threads)
    cv2.setNumThreads(asked.threads)
    recipe = Recipe(seed=asked.seed)
    training = Training(Recipe(seed=asked.seed, steps=asked.steps or recipe.steps))
    if asked.checkpoint.exists():
        training.load(asked.checkpoint)
    started, recent = perf_counter(), deque[float](maxlen=20)

    def report(step: int, loss: float) -> None:
        recent.append(loss)
        if step % 20 == 0:
            mean, seconds = sum(recent) / len(recent), perf_counter() - started
            _say(f"step {step} of {training.recipe.steps}, loss {mean:.3f}, {seconds:.0f} s")

    training.run(report, asked.checkpoint)
    card = {"recipe": json.dumps(asdict(training.recipe)), "step": str(training.step)}
    export(training.average, training.recipe.shape, asked.out, card)
    _say(f"{asked.out} is written, {asked.out.stat().st_size / 1e6:.1f} MB")


def _measure(asked: argparse.Namespace) -> None:
    cv2.setNumThreads(1)
    for folder in asked.corpora:
        pages = read_corpus(folder)
        for embedder in (LayoutGrid(), LayoutEncoder()):
            vectors, median_ms = embed_corpus(embedder, pages)
            result = asdict(figures(pages, vectors, median_ms))
            name = embedder.space.name
            _say(json.dumps({"corpus": folder.name, "embedder": name, **result}, default=float))


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - this is a command


if __name__ == "__main__":
    main()
