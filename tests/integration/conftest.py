"""A runtime on a real database, with callers of every role."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from filing import Filing, fill_cabinet

from chohyo.domain.access import Actor, Caller, PrincipalKind, Role
from chohyo.domain.collections import Collection
from chohyo.domain.ids import new_id
from chohyo.pages.limits import Limits
from chohyo.services import access
from chohyo.services.runtime import Runtime
from chohyo.storage import collections
from chohyo.storage.blobs import LocalBlobs
from chohyo.storage.database import Database

SETUP = Actor.system("test")


@dataclass(slots=True)
class RecordingQueue:
    """Takes every hint and remembers it; `reachable` switches the broker off and on."""

    sent: list[tuple[str, UUID, int]] = field(default_factory=list)
    reachable: bool = True

    def send(self, kind: str, object_id: UUID, priority: int) -> bool:
        """Remember a hint."""
        if self.reachable:
            self.sent.append((kind, object_id, priority))
        return self.reachable


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """A principal with a role, as services see it, and the API key it holds."""

    caller: Caller
    key: str

    @property
    def headers(self) -> dict[str, str]:
        """Return the request headers that present the key."""
        return {"Authorization": f"Bearer {self.key}"}


@pytest.fixture
def queue() -> RecordingQueue:
    """Return the broker of the test."""
    return RecordingQueue()


@pytest.fixture
def runtime(database: Database, queue: RecordingQueue, tmp_path: Path) -> Runtime:
    """Return the runtime of a process on the test's database."""
    return Runtime(database, LocalBlobs(tmp_path / "blobs"), queue, Limits())


@pytest.fixture
def collection(runtime: Runtime) -> Collection:
    """Return the collection an installation starts with."""
    return access.ensure_installation(runtime, "installer", "ja")[0]


@pytest.fixture
def other_collection(runtime: Runtime, collection: Collection) -> Collection:
    """Return a second, younger collection."""
    other = Collection(new_id(), "other")
    with runtime.database.transaction() as connection:
        collections.insert(connection, other)
    return other


@pytest.fixture
def callers(
    runtime: Runtime, collection: Collection, other_collection: Collection
) -> dict[str, KeyHolder]:
    """Return callers by role; "stranger" administers the other collection and sees nothing here."""
    known = {role.value: make_holder(runtime, collection, role.value, role) for role in Role}
    known["stranger"] = make_holder(runtime, other_collection, "stranger", Role.ADMIN)
    return known


@pytest.fixture
def filing(runtime: Runtime, collection: Collection) -> Filing:
    """Return the collection's template, documents, pages, values and proposal."""
    return fill_cabinet(runtime, collection.id)


def make_holder(runtime: Runtime, where: Collection, name: str, role: Role) -> KeyHolder:
    """Register a person with a role and a key."""
    principal = access.add_principal(
        runtime, SETUP, PrincipalKind.PERSON, name, "en", where.id, role
    )
    key = access.create_key(runtime, SETUP, principal.id, "test")
    return KeyHolder(access.authenticate_key(runtime, key.secret), key.secret)
