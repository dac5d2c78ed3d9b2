"""Pages that routing judged wrongly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.context import AgentContext
from eval.likeness import likeness
from eval.mistakes import Mistake
from eval.routing.figures import Routed
from eval.trips import Trip

# The worst first: a wrong decision without a person, then one that only costs a person's time.
PROBLEMS = (
    "failed",
    "unknown-form-routed",
    "routed-to-another-form",
    "routed-to-another-edition",
    "known-form-called-unknown",
    "wrong-suggestion-in-review",
)


def routing_mistakes(
    context: AgentContext, routed: Sequence[Routed], exemplars: Mapping[str, Sequence[Trip]]
) -> list[Mistake]:
    """Return the mistakes, the worst problems first, the most confident ones first in each."""
    found = [(problem, each) for each in routed if (problem := _problem(each)) is not None]
    found.sort(key=lambda pair: (PROBLEMS.index(pair[0]), *_confidence(pair[1])))
    return [_mistake(context, problem, each, exemplars) for problem, each in found]


def _problem(each: Routed) -> str | None:
    same_layout = each.best_layout == each.truth.layout_id
    match each.outcome:
        case "failed":
            return "failed"
        case "unknown-wrong":
            return "known-form-called-unknown"
        case "routed-wrong" if each.unknown:
            return "unknown-form-routed"
        case "routed-wrong":
            same_kin = each.best_kin == each.truth.kin_id
            return "routed-to-another-edition" if same_kin else "routed-to-another-form"
        case "review" if not each.unknown and not same_layout:
            return "wrong-suggestion-in-review"
        case _:
            return None


def _confidence(each: Routed) -> tuple[float, str]:
    sure = abs(each.form_probability - 0.5)
    return -sure, each.truth.file


def _mistake(
    context: AgentContext, problem: str, each: Routed, exemplars: Mapping[str, Sequence[Trip]]
) -> Mistake:
    own = problem == "known-form-called-unknown"
    shown = each.truth.layout_id if own else each.best_layout
    beside = exemplars[shown][0] if shown is not None else None
    page, other = each.trip.page, beside.page if beside else None
    return Mistake(
        problem=problem,
        file=each.truth.file,
        kind=each.truth.kind,
        truth=each.truth.layout_id + (" (withheld)" if each.unknown else ""),
        found=_found(each),
        other=beside.truth.file if beside else None,
        other_is="an exemplar of its own form" if own else "an exemplar of the form it was given",
        likeness=likeness(context, page, other) if page and other else None,
    )


def _found(each: Routed) -> str:
    if each.match is None:
        return str(each.trip.failure)
    decided = each.match
    return (
        f"{decided.outcome.value} ({decided.reason}), form {each.form_probability:.3f}, "
        f"edition {decided.probability:.3f}, margin {decided.margin:.3f}, "
        f"best {each.best_layout or 'none'}"
    )
