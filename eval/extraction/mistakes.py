"""Fields that were read wrongly."""

from __future__ import annotations

from collections.abc import Sequence

from eval.extraction.figures import ReadPage, type_of
from eval.extraction.judging import Judged
from eval.mistakes import Mistake

# The worst first: what nobody would notice, then what only costs a correction.
PROBLEMS = (
    "not-registered",
    "written-called-empty",
    "empty-called-written",
    "mark-told-wrongly",
    "misread",
)


def reading_mistakes(pages: Sequence[ReadPage]) -> list[Mistake]:
    """Return the mistakes in the true boxes: the worst problems first, then the surest ones.

    Problems take turns, so that a common one does not hide the others.
    """
    found: dict[str, list[tuple[float, Mistake]]] = {problem: [] for problem in PROBLEMS}
    for page in pages:
        if not page.registered:
            found["not-registered"].append((1.0, _lost(page)))
            continue
        for each in page.true_boxes:
            problem = _problem(each)
            if problem is not None:
                found[problem].append((each.confidence, _mistake(problem, page, each)))
    queues = [sorted(each, key=lambda pair: (-pair[0], pair[1].file)) for each in found.values()]
    longest = max(map(len, queues))
    return [queue[turn][1] for turn in range(longest) for queue in queues if turn < len(queue)]


def _problem(each: Judged) -> str | None:
    if each.right or not each.countable:
        return None
    if each.field.is_mark:
        return "mark-told-wrongly"
    if each.found_empty != (not each.field.value):
        return "written-called-empty" if each.found_empty else "empty-called-written"
    return "misread"


def _mistake(problem: str, page: ReadPage, each: Judged) -> Mistake:
    return Mistake(
        problem=problem,
        file=page.truth.page.file,
        kind=f"{page.truth.page.kind}, {page.truth.ink}",
        truth=f"“{each.field.value}” ({type_of(each)} {each.field.name})",
        found=f"“{each.text}”, confidence {each.confidence:.3f}",
        other=None,
        other_is="",
        box=tuple(each.where.as_list()),
    )


def _lost(page: ReadPage) -> Mistake:
    return Mistake(
        problem="not-registered",
        file=page.truth.page.file,
        kind=f"{page.truth.page.kind}, {page.truth.ink}",
        truth=page.truth.page.layout_id,
        found="nothing: it does not lie on its blank form",
        other=None,
        other_is="",
    )
