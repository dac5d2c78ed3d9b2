"""`chohyo eval discovery`, `routing`, `speed`, `schema`, `extraction`, `report`: known truth.

The evaluations are imported where they run: the graphs and models behind them take seconds to load,
which no other command should wait for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from chohyo.domain.rerankers import RerankerChoice
from chohyo.errors import InvalidInputError
from cli.desk import open_terminal, read_settings
from cli.terminal import Terminal
from eval.progress import Track

if TYPE_CHECKING:
    from eval.measured import Measured

app = typer.Typer()


class TextOf(StrEnum):
    """Where the text of the pages comes from."""

    TRUTH = "truth"
    OCR = "ocr"


Corpus = Annotated[
    Path, typer.Option(help="Folder with pages and labels.jsonl.", exists=True, file_okay=False)
]
Out = Annotated[Path, typer.Option("--json", help="File to write.", dir_okay=False)]
Limit = Annotated[
    int | None, typer.Option(min=1, help="Most pages; forms stay whole with all their editions.")
]
Seed = Annotated[int, typer.Option(min=0, help="Other seeds give other draws.")]
Seeds = Annotated[
    list[int] | None,
    typer.Option("--seed", min=0, help="Draw to measure, 0 unless given; the mean of several."),
]
CorpusOrForms = Annotated[
    Path | None,
    typer.Option(
        help="Folder with pages and labels.jsonl; without, our own forms, drawn beside the result.",
        exists=True,
        file_okay=False,
    ),
]
Drawn = Annotated[
    int, typer.Option(min=1, help="Filled copies of each of our own editions to draw.")
]


@app.command()
def discovery(
    out: Out,
    corpus: CorpusOrForms = None,
    drawn: Drawn = 6,
    ocr_pages: Annotated[
        int, typer.Option(min=0, help="Pages to read whole, to group them by their words.")
    ] = 0,
    limit: Limit = None,
    seeds: Seeds = None,
) -> None:
    """Measure how well discovery groups the pages of a corpus."""
    from eval.discovery.run import measure_discovery  # noqa: PLC0415

    def measure(seed: int, track: Track) -> Measured:
        forms = corpus or _drawn_forms(out, drawn, seed)
        return measure_discovery(forms, limit=limit, seed=seed, track=track, ocr_pages=ocr_pages)

    _write_over_seeds(out, seeds, measure)


@app.command()
def routing(
    out: Out,
    corpus: CorpusOrForms = None,
    drawn: Drawn = 6,
    copies: Annotated[int, typer.Option(min=1, help="Filled copies to onboard a form from.")] = 3,
    unknown_share: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the forms that stay unknown.")
    ] = 0.2,
    ocr_pages: Annotated[
        int, typer.Option(min=0, help="Pages to read whole, to compare times.")
    ] = 20,
    profile: Annotated[
        Literal["cpu", "qwen"] | None, typer.Option(help="Models to route with.")
    ] = None,
    reranker: Annotated[
        RerankerChoice | None, typer.Option(help="Who judges the candidates.")
    ] = None,
    batches: Annotated[
        int, typer.Option(min=0, help="Scan batches to cut into form instances.")
    ] = 4,
    limit: Limit = None,
    seeds: Seeds = None,
) -> None:
    """Measure how well the pages of a corpus are routed, and scan batches cut into forms."""
    from chohyo.profiles import open_local_models  # noqa: PLC0415
    from eval.routing.run import measure_routing  # noqa: PLC0415

    asked = {"profile": profile, "reranker": reranker}
    chosen = {name: value for name, value in asked.items() if value is not None}
    models = open_local_models(read_settings(None).model_copy(update=chosen))

    def measure(seed: int, track: Track) -> Measured:
        return measure_routing(
            corpus or _drawn_forms(out, drawn, seed), copies=copies,
            unknown_share=unknown_share, ocr_pages=ocr_pages, batches=batches, limit=limit,
            seed=seed, track=track, models=models,
        )  # fmt: skip

    _write_over_seeds(out, seeds, measure)


@app.command()
def speed(
    out: Out,
    templates: Annotated[int, typer.Option(min=2, help="Template pages to publish.")] = 500,
    pages: Annotated[int, typer.Option(min=1, help="Pages to route among them.")] = 40,
    ocr_pages: Annotated[
        int, typer.Option(min=0, help="Pages to read whole, to compare times.")
    ] = 10,
    seeds: Seeds = None,
) -> None:
    """Measure how fast a page finds its form among hundreds, and against reading it whole."""
    from eval.speed.run import measure_speed  # noqa: PLC0415

    def measure(seed: int, track: Track) -> Measured:
        return measure_speed(
            templates=templates, pages=pages, ocr_pages=ocr_pages, seed=seed, track=track
        )

    _write_over_seeds(out, seeds, measure)


@app.command()
def train(
    corpus: Corpus,
    out: Out,
    profile: Annotated[
        Literal["cpu", "qwen"] | None, typer.Option(help="Models to embed with.")
    ] = None,
    limit: Limit = None,
    seed: Seed = 0,
) -> None:
    """Measure what training on half of a corpus's forms is worth, for each embedder."""
    from chohyo.profiles import open_local_models  # noqa: PLC0415
    from eval.training import evaluate_training  # noqa: PLC0415

    terminal = open_terminal(None, as_json=False)
    chosen = {"profile": profile} if profile else {}
    models = open_local_models(read_settings(None).model_copy(update=chosen))
    embedders = [models.embedders.own, *models.embedders.others]
    with _tracked(terminal) as track:
        result = evaluate_training(corpus, embedders, limit=limit, seed=seed, track=track)
    _write(terminal, out, result)


@app.command()
def fusion(corpus: Corpus, out: Out, limit: Limit = None, seed: Seed = 0) -> None:
    """Fit what registration and the Qwen3-VL reranker of the settings say together."""
    from chohyo.profiles import open_local_scores  # noqa: PLC0415
    from eval.fusion import fit_fusion  # noqa: PLC0415

    terminal = open_terminal(None, as_json=False)
    scores = open_local_scores(read_settings(None))
    with _tracked(terminal) as track:
        result = fit_fusion(corpus, scores, limit=limit, seed=seed, track=track)
    _write(terminal, out, result)


@app.command()
def extraction(
    corpus: Corpus,
    out: Out,
    copies: Annotated[int, typer.Option(min=1, help="Pages to onboard a form from.")] = 5,
    pages_each: Annotated[int, typer.Option(min=1, help="Most pages of a form to read.")] = 2,
    baseline_pages: Annotated[
        int, typer.Option(min=0, help="Pages to read whole, to compare with.")
    ] = 20,
    limit: Limit = None,
    seed: Seed = 0,
) -> None:
    """Measure how well the fields of a corpus are read."""
    from eval.extraction.run import evaluate_extraction  # noqa: PLC0415

    terminal = open_terminal(None, as_json=False)
    with _tracked(terminal) as track:
        result = evaluate_extraction(
            corpus, copies=copies, pages_each=pages_each, baseline_pages=baseline_pages,
            limit=limit, seed=seed, track=track,
        )  # fmt: skip
    _write(terminal, out, result)


@app.command()
def search(
    corpus: Corpus,
    out: Out,
    text: Annotated[
        TextOf, typer.Option(help="Read the pages (6 to 16 s each), or take what the labels tell.")
    ] = TextOf.TRUTH,
    asked: Annotated[int, typer.Option(min=1, help="Pages asked for, by each kind of query.")] = 60,
    limit: Limit = None,
    seed: Seed = 0,
) -> None:
    """Measure how well pages are found by words, screenshots, photos and layouts."""
    from eval.search.run import evaluate_search  # noqa: PLC0415

    terminal = open_terminal(None, as_json=False)
    with _tracked(terminal) as track:
        result = evaluate_search(
            corpus, text=text.value, limit=limit, asked_pages=asked, seed=seed, track=track
        )
    _write(terminal, out, result)


@app.command()
def schema(
    corpus: Corpus,
    out: Out,
    copies: Annotated[int, typer.Option(min=1, help="Pages to build each form from.")] = 5,
    fax: Annotated[bool, typer.Option(help="Also take pages degraded like faxes.")] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Most forms to build; of each family one first.")
    ] = None,
    seed: Seed = 0,
) -> None:
    """Measure the fields that are proposed for the forms of a corpus."""
    from eval.schema.run import evaluate_schema  # noqa: PLC0415

    terminal = open_terminal(None, as_json=False)
    with _tracked(terminal) as track:
        result = evaluate_schema(
            corpus, copies=copies, fax=fax, limit=limit, seed=seed, track=track
        )
    _write(terminal, out, result)


@app.command()
def drift(
    out: Out,
    corpus: Annotated[
        Path | None,
        typer.Option(
            help="Folder of a corpus with editions; our own forms without.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    only: Annotated[list[str] | None, typer.Option(help="Only this form type.")] = None,
    copies: Annotated[int, typer.Option(min=1, help="Exemplars that a form is known by.")] = 5,
    old: Annotated[int, typer.Option(min=0, help="Pages of unchanged print a form.")] = 20,
    new: Annotated[int, typer.Option(min=3, help="Most pages of changed print.")] = 8,
    seed: Seed = 0,
) -> None:
    """Measure after how many pages changed print is seen, and how often where there is none."""
    from eval.drift.run import evaluate_drift  # noqa: PLC0415

    terminal = open_terminal(None, as_json=False)
    with _tracked(terminal) as track:
        result = evaluate_drift(
            corpus, only=only or (), copies=copies, old=old, new=new, seed=seed, track=track
        )
    _write(terminal, out, result)


@app.command()
def scale(
    out: Out,
    pages: Annotated[int, typer.Option(min=10, help="Pages to make up.")] = 10_000,
    asked: Annotated[int, typer.Option(min=1, help="Queries of each kind.")] = 100,
    vectors_alone: Annotated[
        bool, typer.Option("--vectors-alone", help="Only layouts, without text.")
    ] = False,
    seed: Seed = 0,
) -> None:
    """Measure how fast many pages are searched, and how much room they take."""
    from eval.search.scale import evaluate_scale  # noqa: PLC0415

    terminal = open_terminal(None, as_json=False)
    with _tracked(terminal) as track:
        result = evaluate_scale(
            pages=pages, asked=asked, seed=seed, track=track, vectors_alone=vectors_alone
        )
    _write(terminal, out, result)


@app.command()
def pile(
    out: Out,
    pages: Annotated[
        list[int] | None, typer.Option(min=4, help="Pages of a pile; several piles give growth.")
    ] = None,
    seed: Seed = 0,
) -> None:
    """Measure how the work of grouping grows with the pages of a pile."""
    from chohyo.profiles import cpu_models  # noqa: PLC0415
    from eval.discovery.pile import measure_piles  # noqa: PLC0415

    terminal = open_terminal(None, as_json=False)
    with _tracked(terminal) as track:
        result = measure_piles(
            pages or [250, 500, 1000], embedder=cpu_models().embedders.own, seed=seed, track=track
        )
    _write(terminal, out, result)
    shown = ("pages", "groups", "pairs", "grouping_cpu_seconds", "grouping_cpu_ms_per_page",
             "grouping_seconds", "peak_memory_mib", "layout_ari")  # fmt: skip
    terminal.table(shown, [tuple(each[name] for name in shown) for each in result["piles"]])


@app.command()
def report(
    results: Annotated[
        list[Path], typer.Option("--json", help="Result to show.", exists=True, dir_okay=False)
    ],
    out: Annotated[Path, typer.Option(help="Folder to write.", file_okay=False)],
) -> None:
    """Write results as a page with tables, bars and the worst mistakes."""
    from eval.report.page import write_report  # noqa: PLC0415

    page = write_report([_read(path) for path in results], out)
    open_terminal(None, as_json=False).say("{path} is written.", path=page)


def _drawn_forms(out: Path, copies: int, seed: int) -> Path:
    """Draw our own forms with other contents for each seed; they stay, for the report to show."""
    from eval.forms import write_corpus  # noqa: PLC0415

    folder = out.parent / f"{out.stem}-forms" / f"seed-{seed}"
    write_corpus(folder, seeds=copies, copies_seed=copies * seed)
    return folder


@contextmanager
def _tracked(terminal: Terminal) -> Iterator[Track]:
    with terminal.progress() as progress:
        yield lambda items, description: progress.track(
            list(items), description=terminal.text(description)
        )


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise InvalidInputError(field="json", reason=f"{path} is no JSON") from error


def _write_over_seeds(
    out: Path, seeds: Sequence[int] | None, measure: Callable[[int, Track], Measured]
) -> None:
    """Measure each draw, and write what they say together."""
    from eval.measured import over_seeds  # noqa: PLC0415

    terminal = open_terminal(None, as_json=False)
    with _tracked(terminal) as track:
        result = over_seeds(lambda seed: measure(seed, track), seeds or [0])
    _write(terminal, out, result)


def _write(terminal: Terminal, out: Path, result: Mapping[str, Any]) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    terminal.table(
        ("Figure", "Value", "Low", "High"),
        [
            (name, result[name], each["low"], each["high"])
            for name, each in result["intervals"].items()
        ],
    )
