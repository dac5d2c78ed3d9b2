"""Pages that discovery put with strangers, apart from their copies, or nowhere."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from agent.context import AgentContext
from eval.discovery.figures import Grouped, expected_in_groups
from eval.likeness import likeness
from eval.mistakes import Mistake

# The worst first.
PROBLEMS = (
    "failed",
    "with-another-form",
    "linked-to-another-form",
    "with-another-edition",
    "left-alone",
    "split-off",
    "editions-not-linked",
)


def grouping_mistakes(context: AgentContext, grouped: Sequence[Grouped]) -> list[Mistake]:
    """Return the mistakes, the worst problems first, each problem by what was seen.

    Joined pages that look least alike come first, and separated ones that look most alike.
    """
    found = [
        *_failed(grouped),
        *_joined(context, grouped),
        *_separated(context, grouped),
        *_linked(context, grouped),
        *_unlinked(context, grouped),
    ]
    return sorted(found, key=_badness)


def _badness(mistake: Mistake) -> tuple[int, float, str]:
    seen = mistake.likeness.agreement if mistake.likeness else None
    joined = mistake.problem.startswith(("with-", "linked-"))
    agreement = seen or 0.0
    return PROBLEMS.index(mistake.problem), agreement if joined else -agreement, mistake.file


def _failed(grouped: Sequence[Grouped]) -> Iterator[Mistake]:
    for each in grouped:
        if each.trip.failure is not None:
            yield Mistake(
                "failed", each.truth.file, each.truth.kind, each.truth.layout_id,
                each.trip.failure, None, "", None,
            )  # fmt: skip


def _joined(context: AgentContext, grouped: Sequence[Grouped]) -> Iterator[Mistake]:
    """Yield the pages in groups in which most pages are of another layout."""
    for group, members in _by_group(grouped).items():
        main = _main(each.truth.layout_id for each in members)
        shown = next(each for each in members if each.truth.layout_id == main)
        for each in members:
            if each.truth.layout_id != main:
                kin = each.truth.kin_id == shown.truth.kin_id
                problem = "with-another-edition" if kin else "with-another-form"
                yield _beside(context, problem, each, group, shown, "one of the group")


def _separated(context: AgentContext, grouped: Sequence[Grouped]) -> Iterator[Mistake]:
    """Yield the pages that are not where most of their layout's grouped pages are."""
    layouts: defaultdict[str, list[Grouped]] = defaultdict(list)
    for each in expected_in_groups(grouped):
        layouts[each.truth.layout_id].append(each)
    for copies in layouts.values():
        main = _main(each.group for each in copies if each.group is not None)
        for each in copies:
            if each.trip.failure is not None or (each.group == main and main is not None):
                continue
            others = [other for other in copies if other is not each and other.trip.page]
            shown = next((other for other in others if other.group == main), None)
            problem = "left-alone" if each.group is None else "split-off"
            yield _beside(context, problem, each, each.group, shown, "a copy of it")


def _linked(context: AgentContext, grouped: Sequence[Grouped]) -> Iterator[Mistake]:
    """Yield a page of each group that is linked to groups of another form."""
    families: defaultdict[str | None, list[Grouped]] = defaultdict(list)
    for shown in _shown(grouped):
        families[shown.kin].append(shown)
    for family, groups in families.items():
        main = _main(shown.truth.kin_id for shown in groups)
        other = next(shown for shown in groups if shown.truth.kin_id == main)
        for shown in groups:
            if shown.truth.kin_id != main:
                problem = "linked-to-another-form"
                yield _beside(context, problem, shown, family, other, "one of the family")


def _unlinked(context: AgentContext, grouped: Sequence[Grouped]) -> Iterator[Mistake]:
    """Yield a page of each group that is not linked to the other editions of its form."""
    forms: defaultdict[str, list[Grouped]] = defaultdict(list)
    for shown in _shown(grouped):
        forms[shown.truth.kin_id].append(shown)
    for groups in forms.values():
        main = _main(shown.kin for shown in groups if shown.kin is not None)
        other = next(shown for shown in groups if shown.kin == main)
        for shown in groups:
            if shown.kin != main:
                problem = "editions-not-linked"
                yield _beside(context, problem, shown, shown.kin, other, "another edition")


def _shown(grouped: Sequence[Grouped]) -> list[Grouped]:
    """Return for each group the first of its pages that are of its most frequent layout."""
    return [
        next(each for each in members if each.truth.layout_id == main)
        for members in _by_group(grouped).values()
        if (main := _main(each.truth.layout_id for each in members))
    ]


def _beside(
    context: AgentContext,
    problem: str,
    page: Grouped,
    found: str | None,
    other: Grouped | None,
    other_is: str,
) -> Mistake:
    mistake = Mistake(
        problem, page.truth.file, page.truth.kind, page.truth.layout_id, found or "alone",
        None, other_is, None,
    )  # fmt: skip
    if other is None or page.trip.page is None or other.trip.page is None:
        return mistake
    seen = likeness(context, page.trip.page, other.trip.page)
    return replace(mistake, other=other.truth.file, likeness=seen)


def _by_group(grouped: Sequence[Grouped]) -> dict[str, list[Grouped]]:
    groups: defaultdict[str, list[Grouped]] = defaultdict(list)
    for each in grouped:
        if each.group is not None:
            groups[each.group].append(each)
    return dict(groups)


def _main(names: Iterator[str]) -> str | None:
    """Return the name that occurs most often; ties go by name."""
    counts = Counter(names)
    return min(counts, key=lambda name: (-counts[name], name)) if counts else None
