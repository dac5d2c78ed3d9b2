"""Persons, services, roles and keys."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from api.v1.schemas.basics import Input, Line, Output, ShownOnce
from chohyo.domain.access import Principal, PrincipalKind, Role


class RoleOut(BaseModel):
    """A role in a collection."""

    collection_id: UUID
    role: Role


class PrincipalOut(BaseModel):
    """A person or a service with its roles."""

    id: UUID
    kind: PrincipalKind
    name: str
    locale: str
    enabled: bool
    roles: list[RoleOut]

    @classmethod
    def of(cls, principal: Principal, roles: dict[UUID, Role]) -> PrincipalOut:
        """Show a principal."""
        return cls(
            id=principal.id,
            kind=principal.kind,
            name=principal.name,
            locale=principal.locale,
            enabled=principal.enabled,
            roles=[RoleOut(collection_id=each, role=role) for each, role in roles.items()],
        )


class NewPrincipal(Input):
    """Whom to register; a null collection means the caller's oldest collection."""

    kind: PrincipalKind
    name: Line
    locale: Literal["ja", "en"] = "ja"
    collection_id: UUID | None = None
    role: Role


class RoleChange(Input):
    """The role to give, in place of the one there is."""

    role: Role


class LoginLinkOut(BaseModel):
    """Where a person logs in once, and for how many minutes the link is good.

    `path` is null when the answer is repeated.
    """

    path: ShownOnce
    minutes: int


class KeyOut(Output):
    """What is known of a key; the key itself is not."""

    id: UUID
    principal_id: UUID
    principal_name: str
    name: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class KeyRequest(Input):
    """For whom to make a key, what to call it, and after how many days it expires."""

    principal_id: UUID
    name: Line
    days: Annotated[int, Field(ge=1, le=3650)] | None = None


class NewKeyOut(Output):
    """A key just made; `secret` is shown this once, and null when the answer is repeated."""

    id: UUID
    secret: ShownOnce


class CollectionOut(Output):
    """A set of documents and templates with its own permissions."""

    id: UUID
    name: str


class CollectionName(Input):
    """What to call a collection."""

    name: Line
