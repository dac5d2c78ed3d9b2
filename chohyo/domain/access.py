"""Who acts, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a principal may do in a collection; each role includes those before it."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    REVIEWER = "reviewer"
    ADMIN = "admin"

    def covers(self, needed: Role) -> bool:
        """Say whether this role is at least `needed`."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


class PrincipalKind(StrEnum):
    """Whether a key belongs to a human being or to a machine."""

    PERSON = "person"
    SERVICE = "service"


class ActorKind(StrEnum):
    """What kind of hand made a change, as the audit names it."""

    PERSON = "person"
    SERVICE = "service"
    AGENT = "agent"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Principal:
    """A person or a service that may hold keys and roles."""

    id: UUID
    kind: PrincipalKind
    name: str
    locale: str
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Actor:
    """The hand behind a change: a principal with its key, or a node of the agent."""

    kind: ActorKind
    id: str
    key_id: UUID | None = None
    model: str | None = None

    @classmethod
    def agent(cls, node: str, model: str | None = None) -> Actor:
        """Return the actor for a node of the agent."""
        return cls(ActorKind.AGENT, node, model=model)

    @classmethod
    def system(cls, part: str) -> Actor:
        """Return the actor for the software itself (migration, set-up, sweep)."""
        return cls(ActorKind.SYSTEM, part)


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated principal and its roles, by collection."""

    principal: Principal
    key_id: UUID | None
    roles: dict[UUID, Role] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        """Return the caller as the audit names it."""
        return Actor(ActorKind(self.principal.kind.value), str(self.principal.id), self.key_id)

    def may(self, collection_id: UUID, needed: Role) -> bool:
        """Say whether the caller's role in the collection covers `needed`."""
        role = self.roles.get(collection_id)
        return role is not None and role.covers(needed)

    def collections(self, needed: Role) -> list[UUID]:
        """Return the collections in which the caller's role covers `needed`."""
        return [c for c, role in self.roles.items() if role.covers(needed)]
