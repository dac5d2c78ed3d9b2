"""Rules for how long documents are kept, and forgetting those whose time is over."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from chohyo.domain.access import Actor, Caller, Role
from chohyo.domain.ids import new_id
from chohyo.domain.retention import DueDocument, RetentionRule
from chohyo.errors import InvalidInputError, NotFoundError, StaleCursorError
from chohyo.services.forgetting import OnHoldError, forget_in, remove_blobs, remove_orphans
from chohyo.services.runtime import Runtime, change, require
from chohyo.storage import audit, collections, documents, retention, templates

_log = logging.getLogger(__name__)

MAX_DAYS = 36_500
_AT_A_TIME = 200


def list_rules(runtime: Runtime, caller: Caller) -> list[RetentionRule]:
    """Return the rules of the collections the caller administers."""
    with runtime.database.transaction() as connection:
        return retention.rules(connection, caller.collections(Role.ADMIN))


def set_rule(
    runtime: Runtime, caller: Caller, collection_id: UUID, family_id: UUID | None, days: int
) -> RetentionRule:
    """Keep documents of a collection, or of a family of it, for so many days.

    Raises:
        InvalidInputError: the number of days is not possible.
        NotFoundError: there is no such family in the collection.
    """
    require(caller, collection_id, Role.ADMIN, kind="collection", object_id=collection_id)
    if not 1 <= days <= MAX_DAYS:
        raise InvalidInputError(field="days", reason=f"must be from 1 to {MAX_DAYS}")
    with change(runtime) as doing:
        if family_id is not None:
            family = templates.family(doing.connection, family_id)
            if family is None or family.collection_id != collection_id:
                raise NotFoundError(kind="template family", id=str(family_id))
        rule = RetentionRule(new_id(), collection_id, family_id, days)
        rule = replace(rule, id=retention.put(doing.connection, rule))
        audit.append(
            doing.connection, caller.actor, "retention.set",
            "template_family" if family_id else "collection", family_id or collection_id,
            collection_id=collection_id, details={"days": days},
        )  # fmt: skip
    return rule


def remove_rule(runtime: Runtime, caller: Caller, rule_id: UUID) -> None:
    """Remove a rule: its documents are kept until somebody forgets them."""
    with change(runtime) as doing:
        rule = retention.get(doing.connection, rule_id)
        if rule is None:
            raise NotFoundError(kind="retention rule", id=str(rule_id))
        require(caller, rule.collection_id, Role.ADMIN, kind="retention rule", object_id=rule_id)
        retention.remove(doing.connection, rule_id)
        audit.append(
            doing.connection, caller.actor, "retention.removed",
            "template_family" if rule.family_id else "collection",
            rule.family_id or rule.collection_id,
            collection_id=rule.collection_id, details={"days": rule.days},
        )  # fmt: skip


def list_due(
    runtime: Runtime,
    caller: Caller,
    *,
    within_days: int = 0,
    after: UUID | None = None,
    limit: int = 100,
) -> list[DueDocument]:
    """Return the documents that go now, or within so many days; those on hold are among them.

    Raises:
        StaleCursorError: the document `after` which the list goes on is gone.
    """
    mine = caller.collections(Role.ADMIN)
    with runtime.database.transaction() as connection:
        if after is not None:
            last = documents.get(connection, after)
            if last is None or last.collection_id not in mine:
                raise StaleCursorError
        return retention.due(
            connection, mine, datetime.now(UTC) + timedelta(days=within_days), limit,
            held=True, after=after,
        )  # fmt: skip


def tidy(runtime: Runtime) -> int:
    """Forget the documents whose time is over; return how many. Leftover blobs go as well."""
    forgotten = 0
    while due := _due(runtime):
        for document_id in due:
            try:
                with change(runtime) as doing:
                    forget_in(doing, Actor.system("retention"), document_id, "retention")
                forgotten += 1
            except (NotFoundError, OnHoldError):
                _log.info("document %s is gone or on hold by now", document_id)
    remove_blobs(runtime)
    remove_orphans(runtime)
    return forgotten


def _due(runtime: Runtime) -> list[UUID]:
    with runtime.database.transaction() as connection:
        every = [collection.id for collection in collections.every(connection)]
        found = retention.due(connection, every, datetime.now(UTC), _AT_A_TIME, held=False)
        return [document.id for document in found]
