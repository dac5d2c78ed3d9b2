"""Find people, services and collections by the names that people type."""

from __future__ import annotations

from uuid import UUID

from chohyo.domain.access import Principal, PrincipalKind
from chohyo.errors import NotFoundError
from chohyo.services import access, administration
from cli.desk import Desk


def principal_named(desk: Desk, name: str, *kinds: PrincipalKind) -> Principal:
    """Return the person or service of a name; `kinds` in the order they are looked through.

    Raises:
        NotFoundError: there is none.
    """
    known = [view.principal for view in administration.list_principals(desk.runtime, desk.caller)]
    for kind in kinds:
        for each in known:
            if each.kind is kind and each.name == name:
                return each
    raise NotFoundError(kind="principal", id=name)


def collection_named(desk: Desk, name: str | None) -> UUID:
    """Return the id of the collection of a name; of the first collection when none is named.

    Raises:
        NotFoundError: there is none.
    """
    if name is None:
        return desk.collection_id
    for each in access.my_collections(desk.runtime, desk.caller):
        if each.name == name:
            return each.id
    raise NotFoundError(kind="collection", id=name)
