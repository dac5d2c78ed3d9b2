"""Fill an embedding space beside the one that leads, switch to it, go back, and drop it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chohyo.domain.access import Caller, Role
from chohyo.domain.spaces import Disagreement, EmbeddingSpace, Purpose, SpaceView
from chohyo.errors import (
    ForbiddenError,
    NoEarlierSpaceError,
    NotFoundError,
    SpaceFailedPagesError,
    SpaceIncompleteError,
    SpaceInUseError,
)
from chohyo.services.audit import require_installation
from chohyo.services.embedding import FILL_PRIORITY, leading_space
from chohyo.services.runtime import Runtime, change
from chohyo.services.trained import known_with_trained
from chohyo.storage import audit, spaces, training, work
from chohyo.storage.audit import Detail
from chohyo.storage.database import Connection
from chohyo.storage.spaces import StoredSpace
from chohyo.storage.work import Work, WorkKind


def list_spaces(
    runtime: Runtime, caller: Caller, known: Sequence[EmbeddingSpace]
) -> list[SpaceView]:
    """Return all spaces and how far they are filled; last those that could be filled.

    Args:
        known: the spaces whose vectors can be computed in this installation.

    Raises:
        ForbiddenError: the caller may see no collection.
    """
    if not caller.collections(Role.VIEWER):
        raise ForbiddenError(needed=Role.VIEWER.value)
    with runtime.database.transaction() as connection:
        stored = spaces.every(connection)
        known = known_with_trained(connection, known)
        views = [_view(connection, each, known) for each in stored]
    there = {each.space.name for each in stored}
    return views + [_possible(each) for each in known if each.name not in there]


def request_fill(
    runtime: Runtime, caller: Caller, known: Sequence[EmbeddingSpace], name: str
) -> SpaceView:
    """Have a space filled in the background; arriving pages get a vector in it too from now on.

    Asking again fills what is missing by now, and tries pages again that failed.

    Raises:
        ForbiddenError: the caller does not run the installation.
        NotFoundError: there is no such space, and no model here computes one.
    """
    with change(runtime) as doing:
        connection = doing.connection
        require_installation(connection, caller)
        known = known_with_trained(connection, known)
        wanted = {each.name: each for each in known}.get(name)
        stored = spaces.ensure(connection, wanted) if wanted else spaces.by_name(connection, name)
        if stored is None:
            raise NotFoundError(kind="embedding space", id=name)
        spaces.keep(connection, stored)
        doing.request(Work(WorkKind.SPACE, stored.space.fill_id, FILL_PRIORITY))
        _record(connection, caller, "space.fill-requested", stored)
        view = _view(connection, stored, known)
    return replace(view, kept=True, filling=True, failure=None)


def switch(
    runtime: Runtime,
    caller: Caller,
    known: Sequence[EmbeddingSpace],
    name: str,
    *,
    without_failed: bool = False,
) -> SpaceView:
    """Have a full space lead for its purpose, at once and for all; the former one is kept.

    Args:
        known: the spaces whose vectors can be computed in this installation.
        without_failed: lead without the pages that could not be embedded in it.

    Raises:
        ForbiddenError: the caller does not run the installation.
        NotFoundError: there is no such space.
        SpaceIncompleteError: pages are missing in it.
        SpaceFailedPagesError: pages could not be embedded in it.
    """
    with runtime.database.transaction() as connection:
        require_installation(connection, caller)
        stored = {each.space.name: each for each in spaces.lock_every(connection)}
        if name not in stored:
            raise NotFoundError(kind="embedding space", id=name)
        _lead(connection, caller, stored[name], without_failed=without_failed)
        now = spaces.by_name(connection, name)
        assert now is not None
        return _view(connection, now, known_with_trained(connection, known))


def go_back(
    runtime: Runtime, caller: Caller, known: Sequence[EmbeddingSpace], purpose: Purpose
) -> SpaceView:
    """Have the space lead again that did before the last switch, and return it.

    Before the first image space, pictures were looked up by their layout: then none leads again,
    and the one that did is returned.

    Raises:
        ForbiddenError: the caller does not run the installation.
        NoEarlierSpaceError: there was no switch, or that space was dropped.
        SpaceIncompleteError, SpaceFailedPagesError: pages are missing in it by now.
    """
    with runtime.database.transaction() as connection:
        require_installation(connection, caller)
        mine = [each for each in spaces.lock_every(connection) if each.space.purpose is purpose]
        left = [each for each in mine if each.left_at is not None and not each.active]
        leading = next((each for each in mine if each.active), None)
        if left:
            returned = max(left, key=lambda each: str(each.left_at))
            _lead(connection, caller, returned, without_failed=False)
        elif purpose is Purpose.IMAGE and leading is not None:
            returned = leading
            spaces.stand_down(connection, purpose)
            _record(connection, caller, "space.switched", returned, former=returned.space.name)
        else:
            raise NoEarlierSpaceError
        now = spaces.by_name(connection, returned.space.name)
        assert now is not None
        return _view(connection, now, known_with_trained(connection, known))


def drop(runtime: Runtime, caller: Caller, name: str) -> None:
    """Remove a space with all its vectors, and with its weights where it was trained here.

    Raises:
        ForbiddenError: the caller does not run the installation.
        NotFoundError: there is no such space.
        SpaceInUseError: it leads.
    """
    with runtime.database.transaction() as connection:
        require_installation(connection, caller)
        stored = {each.space.name: each for each in spaces.lock_every(connection)}.get(name)
        if stored is None:
            raise NotFoundError(kind="embedding space", id=name)
        if stored.active:
            raise SpaceInUseError(space=name)
        filled = spaces.progress(connection, stored).filled
        spaces.drop(connection, stored)
        training.drop_projection(connection, name)
        _record(connection, caller, "space.dropped", stored, pages=filled)


def settle(runtime: Runtime, own: Sequence[EmbeddingSpace]) -> None:
    """Have the profile's own spaces, one for each purpose, lead where none does yet."""
    with runtime.database.transaction() as connection:
        for space in own:
            leading_space(connection, space)


def disagreements(
    runtime: Runtime, own: Sequence[EmbeddingSpace], known: Sequence[EmbeddingSpace]
) -> list[Disagreement]:
    """Return where another space leads than the profile's own, or than one trained on that.

    Args:
        own: a space for each purpose of the profile.
        known: all whose vectors can be computed here.
    """
    with runtime.database.transaction() as connection:
        names = {each.name for each in known_with_trained(connection, known)}
        bases = {each.space: each.base for each in training.projections(connection)}
        leading = [(space, spaces.active(connection, space.purpose)) for space in own]
    return [
        Disagreement(mine.purpose, found.space.name, mine.name, found.space.name in names)
        for mine, found in leading
        if found is not None
        and found.space.name != mine.name
        and bases.get(found.space.name) != mine
    ]


def _lead(
    connection: Connection, caller: Caller, space: StoredSpace, *, without_failed: bool
) -> None:
    if space.active:
        return
    counted = spaces.progress(connection, space)
    if counted.missing:
        raise SpaceIncompleteError(space=space.space.name, missing=counted.missing)
    if counted.failed and not without_failed:
        raise SpaceFailedPagesError(space=space.space.name, failed=counted.failed)
    former = spaces.active(connection, space.space.purpose)
    spaces.lead(connection, space)
    _record(
        connection, caller, "space.switched", space,
        former=former.space.name if former else "", pages=counted.filled, failed=counted.failed,
    )  # fmt: skip


def _view(
    connection: Connection, stored: StoredSpace, known: Sequence[EmbeddingSpace]
) -> SpaceView:
    counted = spaces.progress(connection, stored)
    trained = {each.space: each for each in training.projections(connection)}.get(stored.space.name)
    return SpaceView(
        space=stored.space,
        registered=True,
        active=stored.active,
        kept=stored.kept,
        served=stored.space.name in {each.name for each in known},
        filling=work.exists(connection, WorkKind.SPACE, stored.space.fill_id),
        filled=counted.filled,
        missing=counted.missing,
        failed=counted.failed,
        failure=stored.failure,
        left_at=stored.left_at,
        base=trained.base.name if trained else None,
        forgotten=trained.forgotten if trained else 0,
    )


def _possible(space: EmbeddingSpace) -> SpaceView:
    return SpaceView(
        space=space, registered=False, active=False, kept=False, served=True, filling=False,
        filled=0, missing=0, failed=0,
    )  # fmt: skip


def _record(
    connection: Connection, caller: Caller, action: str, space: StoredSpace, **details: Detail
) -> None:
    audit.append(
        connection, caller.actor, action, "embedding_space", space.space.audit_id,
        details={"space": space.space.name, **details},
    )  # fmt: skip
