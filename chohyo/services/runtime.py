"""What every use case works with, and how committed work is announced."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from chohyo.domain.access import Caller, Role
from chohyo.errors import ForbiddenError, NotFoundError
from chohyo.pages.limits import Limits
from chohyo.queue import Queue
from chohyo.storage import work
from chohyo.storage.blobs import BlobStore
from chohyo.storage.database import Connection, Database
from chohyo.storage.work import Work


@dataclass(frozen=True, slots=True)
class Runtime:
    """The open database, blobs, queue and limits of a process.

    Webhooks may lead into the private network only with `private_webhooks`.
    """

    database: Database
    blobs: BlobStore
    queue: Queue
    limits: Limits
    private_webhooks: bool = False


@dataclass(slots=True)
class Change:
    """A transaction under way, with the work it asks for."""

    connection: Connection
    works: list[Work] = field(default_factory=list)

    def request(self, each: Work) -> None:
        """Ask for work: written at the end of the transaction, announced once that is committed."""
        self.works.append(each)


@contextmanager
def change(runtime: Runtime) -> Iterator[Change]:
    """Yield a change; commit it, then announce its work to the broker."""
    with runtime.database.transaction() as connection:
        result = Change(connection)
        yield result
        # Rows of work are locked last, here and in transactions under a lease: in one order, no two
        # changes wait for each other.
        for each in sorted(result.works, key=lambda w: (w.kind.value, w.object_id)):
            work.request(connection, each)
    announce(runtime, result.works)


def announce(runtime: Runtime, works: Sequence[Work]) -> None:
    """Send hints about committed work; what the broker does not take waits for the sweep."""
    sent = [w for w in works if runtime.queue.send(w.kind.value, w.object_id, w.priority)]
    if sent:
        with runtime.database.transaction() as connection:
            for each in sent:
                work.mark_sent(connection, each.kind, each.object_id)


def require(
    caller: Caller, collection_id: UUID, needed: Role, *, kind: str, object_id: object
) -> None:
    """Refuse a caller without the role; to one who may see nothing there, the thing is not there.

    Raises:
        NotFoundError: the caller has no role at all in the collection.
        ForbiddenError: the caller's role does not suffice.
    """
    if not caller.may(collection_id, Role.VIEWER):
        raise NotFoundError(kind=kind, id=str(object_id))
    if not caller.may(collection_id, needed):
        raise ForbiddenError(needed=needed.value)
