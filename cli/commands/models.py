"""`chohyo models`: what the Qwen3-VL models compute, and what they take.

The models are imported where they run: they take seconds to load, and only the extra `qwen` has
what they need.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from chohyo.errors import InvalidInputError
from chohyo.models.qwen_bench import growth, speeds
from chohyo.models.qwen_errors import ExtraMissingError
from chohyo.models.qwen_inputs import read_inputs, read_pairs
from chohyo.models.qwen_plan import GIB, demands, index_bytes
from chohyo.profiles import reranker_template
from chohyo.settings import Settings
from cli.desk import open_terminal
from cli.options import AsJson

app = typer.Typer(help="Run and plan the Qwen3-VL models.", no_args_is_help=True)

Model = Annotated[str, typer.Option(help="Folder of a checkpoint, or its id on the hub.")]
Revision = Annotated[str | None, typer.Option(help="Commit of the checkpoint on the hub.")]
Inputs = Annotated[Path, typer.Option(help="JSON file with a list of inputs.", dir_okay=False)]
Out = Annotated[Path, typer.Option("--json", help="File to write.", dir_okay=False)]
Device = Annotated[str, typer.Option(help="`cpu`, `cuda`, `cuda:1`; otherwise what is there.")]
Kind = Annotated[
    Literal["auto", "float32", "float16", "bfloat16"],
    typer.Option("--dtype", help="Numbers to compute with; otherwise what suits the device."),
]
Bits = Annotated[
    Literal["none", "8bit", "4bit"],
    typer.Option(help="Load in fewer bits, for small cards; needs bitsandbytes and accelerate."),
]
Tokens = Annotated[int, typer.Option(min=0, help="Most padded tokens of a batch; 0 chooses.")]


@app.callback()
def models() -> None:
    """Run and plan the Qwen3-VL models."""


@app.command()
def embed(
    model: Model, inputs: Inputs, out: Out, revision: Revision = None, device: Device = "auto",
    dtype: Kind = "auto", quantization: Bits = "none", batch_tokens: Tokens = 0,
    dimensions: Annotated[int | None, typer.Option(min=1, help="Keep the first of them.")] = None,
) -> None:  # fmt: skip
    """Embed texts and images: {text?, image?, instruction?} to {"vectors": […]}."""
    given = read_inputs(inputs)
    _require_extra()
    from chohyo.models.qwen_embedder import QwenEmbedder  # noqa: PLC0415
    from chohyo.models.qwen_loading import Checkpoint, Placement  # noqa: PLC0415

    placement = Placement.choose(device, dtype, quantization)
    embedder = QwenEmbedder.load(Checkpoint(model, revision), placement, budget=batch_tokens)
    vectors = embedder.embed(given, dimensions)
    _write(out, {"vectors": [[float(number) for number in row] for row in vectors]})
    open_terminal(None, as_json=False).say("{n} vectors written to {file}", n=len(given), file=out)


@app.command()
def rerank(
    model: Model, inputs: Inputs, out: Out, revision: Revision = None, device: Device = "auto",
    dtype: Kind = "auto", quantization: Bits = "none", batch_tokens: Tokens = 0,
) -> None:  # fmt: skip
    """Score pairs: {query: {…}, document: {…}} to {"scores": […]}."""
    pairs = read_pairs(inputs)
    _require_extra()
    from chohyo.models.qwen_loading import Checkpoint, Placement  # noqa: PLC0415
    from chohyo.models.qwen_reranker import QwenReranker  # noqa: PLC0415

    placement = Placement.choose(device, dtype, quantization)
    reranker = QwenReranker.load(Checkpoint(model, revision), placement, budget=batch_tokens)
    scores = reranker.score(pairs)
    _write(out, {"scores": [float(score) for score in scores]})
    open_terminal(None, as_json=False).say("{n} scores written to {file}", n=len(pairs), file=out)


@app.command()
def bench(
    model: Model, revision: Revision = None, device: Device = "auto", dtype: Kind = "auto",
    quantization: Bits = "none", batch_tokens: Tokens = 0,
    images: Annotated[int, typer.Option(min=2, help="Images of each size.")] = 16,
    pages: Annotated[int, typer.Option(min=0, help="Pages to watch the memory over.")] = 500,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Measure an embedder here: singly, in batches, and whether its memory grows."""
    _require_extra()
    from chohyo.models.qwen_embedder import QwenEmbedder  # noqa: PLC0415
    from chohyo.models.qwen_loading import Checkpoint, Placement  # noqa: PLC0415

    placement = Placement.choose(device, dtype, quantization)
    embedder = QwenEmbedder.load(Checkpoint(model, revision), placement, budget=batch_tokens)
    terminal = open_terminal(None, as_json=as_json)
    found = speeds(embedder, images)
    grown = growth(embedder, pages) if pages else None
    terminal.result({"speeds": found, "growth": grown})
    terminal.table(
        ("Pixels", "Singly, a second", "In batches, a second", "Ratio"),
        [
            (
                f"{each.width} × {each.height}", f"{each.single:.2f}", f"{each.batched:.2f}",
                f"{each.batched / each.single:.2f}",
            )
            for each in found
        ],
    )  # fmt: skip
    if grown is not None:
        terminal.say(
            "Memory after the first pages: {before} MiB, after {pages} more: {after} MiB.",
            before=round(grown.before), after=round(grown.after), pages=grown.pages,
        )  # fmt: skip


@app.command()
def score_template(as_json: AsJson = False) -> None:
    """Print the chat template that a vLLM server of the reranker has to be started with."""
    terminal, template = open_terminal(None, as_json=as_json), reranker_template(Settings().qwen)
    if as_json:
        terminal.result({"template": template})
    else:
        terminal.raw(template)


@app.command()
def plan(
    card: Annotated[float, typer.Option(min=1, help="Memory of the card in GiB.")] = 24,
    pages: Annotated[int, typer.Option(min=1, help="Pages to index.")] = 1_000_000,
    dimensions: Annotated[int, typer.Option(min=1, max=4000, help="Of the vectors.")] = 1024,
    as_json: AsJson = False,
) -> None:
    """Show what the models and their index take, and what fits a card."""
    terminal = open_terminal(None, as_json=as_json)
    index = index_bytes(pages, dimensions) / GIB
    found = demands(card)
    terminal.result({
        "card_gib": card,
        "index": {"pages": pages, "dimensions": dimensions, "gib": round(index, 2)},
        "models": [
            {
                "size": each.size, "quantization": each.quantization, "reranker": each.reranker,
                "weights_gib": round(each.weights / GIB, 2),
                "page_gib": round(each.page / GIB, 2),
                "pages_at_once": each.pages, "fits": each.pages > 0,
            }
            for each in found
        ],
    })  # fmt: skip
    terminal.table(
        ("Model", "Bits", "With reranker", "Weights, GiB", "A page, GiB", "Pages at once"),
        [
            (
                each.size, each.quantization, "✓" if each.reranker else "",
                f"{each.weights / GIB:.1f}", f"{each.page / GIB:.2f}", each.pages or "–",
            )
            for each in found
        ],
    )  # fmt: skip
    terminal.say(
        "Index of {pages} pages in {dimensions} dimensions: {gib} GiB, on PostgreSQL's machine.",
        pages=f"{pages:,}", dimensions=dimensions, gib=f"{index:.1f}",
    )  # fmt: skip
    terminal.say(
        "These are computed, not measured: “–” does not fit a card of {gib} GiB.", gib=card
    )


def _require_extra() -> None:
    try:
        import torch  # noqa: PLC0415
        import transformers  # noqa: PLC0415
    except ImportError as error:
        command = "pip install 'chohyo[qwen]'"
        raise ExtraMissingError(package=error.name or "torch", command=command) from error
    del torch, transformers


def _write(path: Path, result: Mapping[str, Any]) -> None:
    try:
        path.write_text(json.dumps(result), "utf-8")
    except OSError as error:
        raise InvalidInputError(field=str(path), reason="cannot be written") from error
