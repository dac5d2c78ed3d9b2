"""See that a version's new pages show other print than its blank form, and propose a new one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from chohyo.discovery.common_change import EVERY, LATEST, compared
from chohyo.discovery.drift import Sighting, suspects
from chohyo.discovery.mixed_change import BEFORE, EVERY_MIXED, chosen_for_mix
from chohyo.domain.access import Actor, Caller, Role
from chohyo.domain.documents import Page
from chohyo.domain.drifts import Drift, DriftState, SeenPage
from chohyo.domain.geometry import Box, Transform
from chohyo.domain.ids import new_id
from chohyo.domain.proposals import MemberPage, RunState
from chohyo.domain.templates import TemplatePage
from chohyo.errors import ConflictError, NotFoundError
from chohyo.services import pool
from chohyo.services.runtime import Change, Runtime, change, require
from chohyo.storage import audit, drifts, pages, runs, templates
from chohyo.storage.work import Work, WorkKind

KEPT = 100  # sightings of each template page
MOST_SUSPECTS = 10
CONTRAST = 15  # other pages, beside which suspects are laid
PROPOSED_FROM = 3  # pages; fewer copies make no good blank form
_PRIORITY = 8
_SAME_PLACE = 0.3  # of the smaller of two boxes


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What to lay side by side: suspected pages and others of a template page, newest last.

    `fields` are the boxes in which people write.
    """

    page: TemplatePage
    collection_id: UUID
    seen: tuple[tuple[Page, SeenPage], ...]
    fields: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class DriftView:
    """Drift with its template page and its pages, each with how it lies on the template page."""

    drift: Drift
    page: TemplatePage
    pages: tuple[tuple[Page, Transform | None], ...]


def fields_of(runtime: Runtime, template_page_id: UUID) -> list[Box]:
    """Return where people write on a template page."""
    with runtime.database.transaction() as connection:
        return drifts.field_boxes(connection, template_page_id)


def note(
    runtime: Runtime,
    page: Page,
    template_page_id: UUID,
    transform: Transform,
    cells: frozenset[int],
) -> None:
    """Note where a page deviates; ask for a closer look when several recent pages do alike.

    And now and then anyway: a digit in small print is seen in no single page.
    """
    with change(runtime) as doing:
        if templates.page(doing.connection, template_page_id) is None:
            return
        drifts.see(doing.connection, page, template_page_id, sorted(cells), transform, KEPT)
        seen = _sightings(drifts.seen(doing.connection, template_page_id))
        if page.id in suspects(seen) or _is_time(page.id, len(seen)):
            doing.request(Work(WorkKind.DRIFT, template_page_id, priority=_PRIORITY))


def suspicion(runtime: Runtime, template_page_id: UUID) -> Suspicion | None:
    """Return what to look at, None when nothing is suspected any more."""
    with runtime.database.transaction() as connection:
        found = templates.page(connection, template_page_id)
        seen = drifts.seen(connection, template_page_id)
        suspected = suspects(_sightings(seen))[-MOST_SUSPECTS:]
        if found is None or not suspected:
            return None
        others = [each for each in seen if each.page_id not in suspected][-CONTRAST:]
        chosen = [*others, *(each for each in seen if each.page_id in suspected)]
        stored = {p.id: p for p in pages.some(connection, [each.page_id for each in chosen])}
        boxes = drifts.field_boxes(connection, template_page_id)
    pairs = tuple((stored[each.page_id], each) for each in chosen if each.page_id in stored)
    return Suspicion(found[0], found[1], pairs, tuple(boxes))


def latest(runtime: Runtime, template_page_id: UUID) -> Suspicion | None:
    """Return the latest pages and some before them, None while there are too few."""
    return _looked_at(runtime, template_page_id, compared, LATEST)


def mixed(runtime: Runtime, template_page_id: UUID) -> Suspicion | None:
    """Return recent pages and the first of those kept, None when it is not the time to look.

    That is told by the ids of the pages since the last look, so that pages in a hurry are looked at
    as well.
    """
    found = _looked_at(runtime, template_page_id, chosen_for_mix, BEFORE + 1)
    latest_ids = [page.id for page, _ in found.seen[-EVERY:]] if found is not None else []
    return found if any(_is_turn(each, EVERY_MIXED) for each in latest_ids) else None


def _looked_at(
    runtime: Runtime,
    template_page_id: UUID,
    choose: Callable[[Sequence[SeenPage]], list[SeenPage]],
    fewest: int,
) -> Suspicion | None:
    with runtime.database.transaction() as connection:
        found = templates.page(connection, template_page_id)
        chosen = choose(drifts.seen(connection, template_page_id))
        if found is None or len(chosen) < fewest:
            return None
        stored = {p.id: p for p in pages.some(connection, [each.page_id for each in chosen])}
        boxes = drifts.field_boxes(connection, template_page_id)
    pairs = tuple((stored[each.page_id], each) for each in chosen if each.page_id in stored)
    return Suspicion(found[0], found[1], pairs, tuple(boxes))


def record(
    runtime: Runtime, suspected: Suspicion, page_ids: Sequence[UUID], boxes: Sequence[Box]
) -> UUID | None:
    """Keep drift, and propose a new version from its pages; the pages stay where they are.

    What a person said is nothing is not brought up again, and what is known only gets its new
    pages. Returns the drift's id, None when there is nothing new.
    """
    with change(runtime) as doing:
        known = [
            each
            for each in drifts.of_template_page(doing.connection, suspected.page.id)
            if _overlap(each.boxes, boxes)
        ]
        if known:
            drifts.add_pages(doing.connection, known[-1].id, page_ids)
            return None
        drift = Drift(
            new_id(), suspected.collection_id, suspected.page.id, tuple(boxes), DriftState.SEEN,
            None, datetime.now(UTC), tuple(page_ids),
        )  # fmt: skip
        drifts.insert(doing.connection, drift)
        proposal_id = _propose(doing, drift, suspected)
        if proposal_id is not None:
            drifts.set_state(doing.connection, drift.id, DriftState.PROPOSED, proposal_id)
        audit.append(
            doing.connection, Actor.agent("drift"), "drift.seen", "drift", drift.id,
            collection_id=drift.collection_id,
            details={
                "template_page": str(drift.template_page_id),
                "pages": len(page_ids),
                "places": len(boxes),
                "proposal": str(proposal_id) if proposal_id else None,
            },
        )  # fmt: skip
    return drift.id


def list_drifts(
    runtime: Runtime, caller: Caller, *, before: UUID | None = None, limit: int = 50
) -> list[Drift]:
    """Return drift of the collections the caller may see, newest first."""
    with runtime.database.transaction() as connection:
        return drifts.newest(
            connection, caller.collections(Role.VIEWER), before=before, limit=limit
        )


def get_drift(runtime: Runtime, caller: Caller, drift_id: UUID) -> DriftView:
    """Return drift with its template page and pages."""
    with runtime.database.transaction() as connection:
        drift = _visible(drifts.get(connection, drift_id), caller, drift_id, Role.VIEWER)
        found = templates.page(connection, drift.template_page_id)
        assert found is not None
        lying = {
            each.page_id: each.transform for each in drifts.seen(connection, drift.template_page_id)
        }
        stored = pages.some(connection, drift.page_ids)
    return DriftView(drift, found[0], tuple((page, lying.get(page.id)) for page in stored))


def versions_of(runtime: Runtime, found: Sequence[Drift]) -> dict[UUID, UUID]:
    """Return the version of each template page that drift was seen of."""
    with runtime.database.transaction() as connection:
        known = {
            each.template_page_id: templates.page(connection, each.template_page_id)
            for each in found
        }
    return {key: page[0].version_id for key, page in known.items() if page is not None}


def of_proposal(runtime: Runtime, caller: Caller, proposal_id: UUID) -> list[Drift]:
    """Return the drift for which a proposal was opened, where the caller may see it."""
    with runtime.database.transaction() as connection:
        found = drifts.of_proposal(connection, proposal_id)
    return [each for each in found if caller.may(each.collection_id, Role.VIEWER)]


def dismiss(runtime: Runtime, caller: Caller, drift_id: UUID) -> Drift:
    """Say that drift is nothing: the same place is not brought up again.

    Raises:
        ConflictError: it was dismissed before.
    """
    with change(runtime) as doing:
        found = drifts.get(doing.connection, drift_id, lock=True)
        drift = _visible(found, caller, drift_id, Role.REVIEWER)
        if drift.state is DriftState.DISMISSED:
            raise ConflictError(kind="drift", state=drift.state.value)
        drifts.set_state(doing.connection, drift_id, DriftState.DISMISSED)
        audit.append(
            doing.connection, caller.actor, "drift.dismissed", "drift", drift_id,
            collection_id=drift.collection_id,
            details={"template_page": str(drift.template_page_id)},
        )  # fmt: skip
    with runtime.database.transaction() as connection:
        return _visible(drifts.get(connection, drift_id), caller, drift_id, Role.REVIEWER)


def _propose(doing: Change, drift: Drift, suspected: Suspicion) -> UUID | None:
    """Open a proposal with all pages of the filled forms that show the other print."""
    version_id = suspected.page.version_id
    members = drifts.members(doing.connection, version_id, drift.page_ids)
    if not members:  # not put together yet: the pages themselves
        lying = {seen.page_id: seen.transform for _, seen in suspected.seen}
        members = [
            MemberPage(page_id, suspected.page.page_no, lying[page_id])
            for page_id in drift.page_ids
        ]
    if len(drift.page_ids) < PROPOSED_FROM:
        return None
    run, opened = runs.open_or_insert(doing.connection, drift.collection_id, "drift")
    found = pool.propose(doing, run, pool.FoundGroup(tuple(members), kin_key=""))
    if opened:
        runs.finish(
            doing.connection, run.id, RunState.DONE,
            grouped_pages=len(members), proposal_count=len(found),
        )  # fmt: skip
    return found[0] if found else None


def _visible(drift: Drift | None, caller: Caller, drift_id: UUID, needed: Role) -> Drift:
    if drift is None:
        raise NotFoundError(kind="drift", id=str(drift_id))
    require(caller, drift.collection_id, needed, kind="drift", object_id=drift_id)
    return drift


def _is_time(page_id: UUID, seen: int) -> bool:
    """Say whether it is the turn of a look at the latest pages, one page in some by its id."""
    return seen >= LATEST and _is_turn(page_id, EVERY)


def _is_turn(page_id: UUID, every: int) -> bool:
    return page_id.int % every == 0


def _sightings(seen: Sequence[SeenPage]) -> list[Sighting]:
    return [Sighting(each.page_id, each.document_id, each.cells) for each in seen]


def _overlap(some: Sequence[Box], others: Sequence[Box]) -> bool:
    return any(_shared(one, other) > _SAME_PLACE for one in some for other in others)


def _shared(one: Box, other: Box) -> float:
    return one.intersection(other) / max(min(one.area, other.area), 1e-9)
