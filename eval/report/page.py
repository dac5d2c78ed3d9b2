"""Write results as a page of Markdown, with its bars and pictures beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from chohyo.domain.geometry import Box, Transform
from chohyo.errors import InvalidInputError
from eval.report.bars import Bar, draw_bars
from eval.report.pictures import draw_boxes, draw_mistake, draw_piece

Result = Mapping[str, Any]

_PICTURES = 12
_SETTINGS = (
    "corpus", "seed", "seeds", "limit", "space", "reranker", "copies", "unknown_share",
    "pages", "documents", "layouts", "kin_families",
    "proposals", "onboarded_layouts", "exemplar_pages", "scored_pages", "unknown_pages",
    "withheld_families", "ocr_pages", "unregistered_pages", "baseline_pages",
    "with_fax", "templates", "fields", "batches", "batch_forms", "old_pages", "changes",
)  # fmt: skip
# Shares of 1; the other figures are times and counts.
_SHARES = (
    "layout_ari", "kin_ari", "pair_precision", "pair_recall", "v_measure", "unassigned_share",
    "edition_top1", "kin_top1", "recall_at_20", "unknown_auroc", "unknown_fpr95",
    "coverage_at_995", "coverage_precision",
    "exact_match", "exact_match_true_boxes", "baseline_exact_match", "cer", "cer_true_boxes",
    "empty_accuracy", "checkbox_accuracy", "calibration_error", "calibration_error_proposed",
    "taken_at_1_percent", "taken_at_1_percent_proposed",
    "field_precision", "field_recall", "field_f1", "field_precision_by_centre",
    "field_recall_by_centre", "field_f1_by_centre", "type_accuracy", "semantic_type_accuracy",
    "label_similarity", "normalized_accuracy", "name_unique",
    "instance_f1", "instance_f1_given_pages", "unknown_edition_routed", "unknown_edition_named",
    "drift_seen",
)  # fmt: skip


def write_report(results: Sequence[Result], out: Path) -> Path:
    """Write `report.md` into the folder; return its path. Pictures need the corpus to be there.

    Raises:
        InvalidInputError: a result is not one of ours.
    """
    out.mkdir(parents=True, exist_ok=True)
    sections = [_section(result, number, out) for number, result in enumerate(results, 1)]
    page = out / "report.md"
    page.write_text("# Evaluation\n\n" + "\n".join(sections), encoding="utf-8")
    return page


def _section(result: Result, number: int, out: Path) -> str:
    try:
        bars = f"{number}-{result['evaluation']}.svg"
        (out / bars).write_text(_bars(result), encoding="utf-8")
        parts = [
            f"## {result['evaluation'].capitalize()}: {Path(result['corpus']).name}",
            _table(("Setting", "Value"), [(k, result[k]) for k in _SETTINGS if k in result]),
            f"![Figures with 95 % intervals]({bars})",
            _figures(result),
            _seeds(result),
            _kinds(result),
            _baselines(result),
            _types(result),
            _groups(result),
            _outcomes(result),
            _failures(result) if "failed" in result else "",
            _mistakes(result, number, out) if "mistakes" in result else "",
        ]
    except (KeyError, TypeError) as error:
        raise InvalidInputError(field="json", reason=f"result {number} lacks {error}") from error
    return "\n\n".join(part for part in parts if part) + "\n"


def _bars(result: Result) -> str:
    bars = [
        Bar(name, result[name], span["low"], span["high"])
        for name, span in result["intervals"].items()
        if name in _SHARES and result[name] is not None and span["low"] is not None
    ]
    return draw_bars("Figures with 95 % intervals", bars)


def _figures(result: Result) -> str:
    rows = [
        (name, _number(result[name]), _number(span["low"]), _number(span["high"]))
        for name, span in result["intervals"].items()
    ]
    return _table(("Figure", "Value", "Low", "High"), rows)


def _seeds(result: Result) -> str:
    """Return one row a figure and one column a seed, where several were measured."""
    each = result.get("by_seed")
    if not each:
        return ""
    rows = [(name, *(_number(draw.get(name)) for draw in each)) for name in result["intervals"]]
    heads = ("Figure", *(f"Seed {draw['seed']}" for draw in each))
    return "### By seed (the figures above are their means)\n\n" + _table(heads, rows)


def _kinds(result: Result) -> str:
    """Return one row a figure and one column a kind of degradation, of drift a kind of change."""
    by_kind = result["by_kind"]
    kinds = sorted({kind for parts in by_kind.values() for kind in parts})
    rows = [
        (name, *(_part(parts[kind]) if kind in parts else "–" for kind in kinds))
        for name, parts in by_kind.items()
    ]
    of = "change" if result["evaluation"] == "drift" else "degradation"
    return f"### By kind of {of}\n\n" + _table(("Figure", *kinds), rows)


def _baselines(result: Result) -> str:
    """Return what other ways of grouping make of the same pages, one row each."""
    found = result.get("baselines")
    if not found:
        return ""
    names = ("layout_ari", "kin_ari", "pair_precision", "pair_recall", "unassigned_share")
    rows = [
        ("this", result["pages"], *(_spanned(result, name) for name in names)),
        *(
            (way, each["pages"], *(_spanned(each, name) for name in names))
            for way, each in found.items()
        ),
    ]
    return "### Other ways of grouping the same pages\n\n" + _table(("Way", "Pages", *names), rows)


def _spanned(result: Result, name: str) -> str:
    span = result["intervals"][name]
    return f"{_number(result[name])} ({_number(span['low'])}–{_number(span['high'])})"


def _part(part: Mapping[str, Any]) -> str:
    if part["value"] is None:
        return "–"
    span = "" if part["low"] is None else f" ({_number(part['low'])}–{_number(part['high'])})"
    return f"{_number(part['value'])}{span}, {part['pages']} p."


def _types(result: Result) -> str:
    """Return one row a figure and one column a type of field."""
    if "by_type" not in result:
        return ""
    types = sorted({kind for values in result["by_type"].values() for kind in values})
    rows = [
        (name, *(_number(values.get(kind)) for kind in types))
        for name, values in result["by_type"].items()
    ]
    return "### By type of field\n\n" + _table(("Figure", *types), rows)


def _groups(result: Result) -> str:
    """Return the figures of pages that are reported apart: handwriting, and faxes."""
    groups = [name for name in ("handwriting", "fax") if result.get(name, {}).get("pages")]
    if not groups:
        return ""
    names = list(result[groups[0]]["intervals"])
    rows = [(name, *(_number(result[group][name]) for group in groups)) for name in names]
    return "### Reported apart\n\n" + _table(("Figure", *groups), rows)


def _outcomes(result: Result) -> str:
    if "outcomes" not in result:
        return ""
    decisions = [*result["outcomes"].items(), *result["reasons"].items()]
    return "### Decisions\n\n" + _table(("Decision", "Pages"), decisions)


def _failures(result: Result) -> str:
    failed = result["failed"]
    rows = list(failed["reasons"].items())
    return f"### Pages that failed: {failed['count']}" + (
        "\n\n" + _table(("Reason", "Pages"), rows) if rows else ""
    )


def _mistakes(result: Result, number: int, out: Path) -> str:
    mistakes = result["mistakes"]
    parts = ["### Mistakes", _table(("Problem", "Pages"), list(mistakes["counts"].items()))]
    for place, mistake in enumerate(mistakes["worst"][:_PICTURES], 1):
        picture = out / f"{number}-mistake-{place:02}.jpg"
        drawn = _draw(Path(mistake.get("corpus", result["corpus"])), mistake, picture)
        parts.append(_described(mistake))
        parts.append(f"![{mistake['problem']}]({picture.name})" if drawn else "(no picture)")
    return "\n\n".join(parts)


def _described(mistake: Mapping[str, Any]) -> str:
    lines = [
        f"**{mistake['problem']}** ({mistake['kind']}): `{mistake['file']}`",
        f"It is {mistake['truth']}; found: {mistake['found']}.",
    ]
    if mistake["other"]:
        lines.append(f"Beside it, {mistake['other_is']}: `{mistake['other']}`.")
    if mistake["likeness"]:
        seen = mistake["likeness"]
        lines.append(
            f"Cosine {_number(seen['cosine'])}, agreement of print {_number(seen['agreement'])}."
        )
    return "  \n".join(lines)


def _draw(corpus: Path, mistake: Mapping[str, Any], picture: Path) -> bool:
    page = corpus / mistake["file"]
    if mistake["problem"] == "failed" or not page.is_file():
        return False
    if mistake.get("box"):
        draw_piece(page, Box(*mistake["box"]), picture)
        return True
    if "boxes" in mistake:
        draw_boxes(page, mistake["boxes"], picture)
        return True
    seen = mistake["likeness"]
    laid = Transform(tuple(seen["transform"])) if seen and seen["transform"] else None
    draw_mistake(page, corpus / mistake["other"] if mistake["other"] else None, laid, picture)
    return True


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.0f}"
