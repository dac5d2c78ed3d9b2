"""Work that is interrupted, and the same work undisturbed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import cv2
import psycopg
import pymupdf
import pytest
from psycopg.rows import dict_row

from agent.checkpoints import prepare
from chohyo.domain.access import Caller, Role
from chohyo.domain.collections import Collection
from chohyo.domain.documents import Document
from chohyo.domain.geometry import Box, Transform
from chohyo.domain.proposals import Draft, MemberPage, ProposedPage
from chohyo.domain.templates import FieldSpec, FieldType
from chohyo.pages.limits import Limits
from chohyo.services import access, discovery, drafting, pool, processing, proposals, working
from chohyo.services.ingest import ingest
from chohyo.services.runtime import Runtime
from chohyo.storage.blobs import LocalBlobs
from chohyo.storage.database import Database
from chohyo.storage.work import WorkKind
from eval.forms import filled_copies, form_type
from tests.conftest import TEMPLATE, DatabaseUrls, Postgres
from tests.integration.conftest import RecordingQueue, make_holder
from tests.integration.faults.mortal import make_workshop, work_and_die
from workers.perform import perform
from workers.runtime import Workshop

FIELDS = (
    FieldSpec("first", "First", FieldType.TEXT, 1, Box(0.1, 0.1, 0.5, 0.2), 1),
    FieldSpec("second", "Second", FieldType.INTEGER, 1, Box(0.5, 0.5, 0.9, 0.6), 2),
)


@dataclass(slots=True)
class Shift:
    """A worker in this process, and others that are killed, on one database."""

    workshop: Workshop
    queue: RecordingQueue
    collection: Collection
    admin: Caller
    urls: DatabaseUrls
    blobs: Path

    @property
    def runtime(self) -> Runtime:
        """Return the services of the worker."""
        return self.workshop.context.runtime

    def add(self, path: Path) -> Document:
        """Take a file in."""
        return ingest(self.runtime, self.admin, self.collection.id, path, path.name).document

    def work(self) -> None:
        """Do everything that was announced, and what that announces."""
        while self.queue.sent:
            kind, object_id, _ = self.queue.sent.pop(0)
            perform(self.workshop, WorkKind(kind), object_id)

    def die(self, kind: WorkKind, object_id: UUID, after: str) -> int | None:
        """Have another process do the work and be killed; its lease is over at once."""
        ended = work_and_die(self.urls.service, self.blobs, kind, object_id, after)
        self.queue.sent.clear()
        self.expire_leases()
        return ended

    def expire_leases(self) -> None:
        """Let all leases run out."""
        self.sql("UPDATE work SET lease_until = now() - interval '1 second'")

    def sweep(self) -> None:
        """Send again what nobody is at, and do it."""
        working.sweep(self.runtime, resend_seconds=0)
        self.work()

    def sql(self, statement: str, *params: object) -> list[dict[str, object]]:
        """Run a statement as the superuser."""
        with psycopg.connect(self.urls.superuser, row_factory=dict_row) as connection:
            cursor = connection.execute(statement.encode(), params)
            return cursor.fetchall() if cursor.description else []


@dataclass(frozen=True, slots=True)
class Seed:
    """A database with a published form type of two fields, and copies of another in the pool."""

    template: str
    blobs: Path
    collection: Collection
    admin: Caller


@pytest.fixture(scope="session")
def seed(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seed]:
    """Prepare the database that the tests copy."""
    folder = tmp_path_factory.mktemp("faults")
    with postgres.clone(TEMPLATE) as urls:
        prepare(urls.owner)
        runtime = Runtime(
            Database(urls.service).open(), LocalBlobs(folder), RecordingQueue(), Limits()
        )
        collection, _ = access.ensure_installation(runtime, "installer", "ja")
        admin = make_holder(runtime, collection, "admin", Role.ADMIN).caller
        shift = Shift(make_workshop(runtime), runtime.queue, collection, admin, urls, folder)
        _publish(shift, [shift.add(path) for path in _references(folder)])
        for number in (1, 2):
            shift.add(scan(folder, "vehicle", number))
        shift.work()
        _close(shift.workshop)
        yield Seed(urls.service, folder, collection, admin)


@pytest.fixture
def shift(seed: Seed, postgres: Postgres) -> Iterator[Shift]:
    """Open a copy of the prepared database for one test."""
    with opened(seed, postgres) as shift:
        yield shift


@contextmanager
def opened(seed: Seed, postgres: Postgres) -> Iterator[Shift]:
    """Open a copy of the prepared database."""
    template = psycopg.conninfo.conninfo_to_dict(seed.template)["dbname"]
    with postgres.clone(str(template)) as urls:
        queue = RecordingQueue()
        runtime = Runtime(Database(urls.service).open(), LocalBlobs(seed.blobs), queue, Limits())
        workshop = make_workshop(runtime)
        yield Shift(workshop, queue, seed.collection, seed.admin, urls, seed.blobs)
        _close(workshop)


@pytest.fixture(scope="session")
def letter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Draw a document of two pages of the published form type, with something written on each."""
    folder = tmp_path_factory.mktemp("letter")
    pdf = pymupdf.open()
    for number in (1, 2):
        image = cv2.imread(str(scan(folder, "receipt", 0)))
        height, width = image.shape[:2]
        for spec in FIELDS:
            place = (int((spec.box.x0 + 0.1) * width), int((spec.box.y0 + 0.06) * height))
            # Not the same on both, which would be one page scanned twice.
            words = "1234" if number == 1 else "58069"
            cv2.putText(image, words, place, cv2.FONT_HERSHEY_SIMPLEX, 1, (0, 0, 0), 3)
        path = folder / f"{number}.png"
        cv2.imwrite(str(path), image)
        page = pdf.new_page(width=width, height=height)
        page.insert_image(page.rect, filename=path)
    path = folder / "letter.pdf"
    pdf.save(path)
    return path


def scan(folder: Path, type_id: str, number: int) -> Path:
    """Draw one filled scan."""
    edition = form_type(type_id).editions[-1]
    (page,) = filled_copies(type_id, edition, [number], kind="light", dpi=110)
    path = folder / f"{type_id}-{number}.png"
    cv2.imwrite(str(path), page.image)
    return path


def _references(folder: Path) -> list[Path]:
    """Draw two pages of the form type that lie alike."""
    first, second = scan(folder, "receipt", 0), folder / "receipt-again.png"
    image = cv2.imread(str(first))
    cv2.putText(image, "7", (60, 60), cv2.FONT_HERSHEY_SIMPLEX, 1, (0, 0, 0), 3)
    cv2.imwrite(str(second), image)
    return [first, second]


def _publish(shift: Shift, documents: list[Document]) -> None:
    """Publish a form type with the only page of each document as a reference."""
    shift.work()
    pages = [processing.load_document(shift.runtime, each.id)[1][0] for each in documents]
    run = discovery.start_run(shift.runtime, shift.admin, shift.collection.id)
    pool.gather(shift.runtime, run.id, shift.workshop.context.embedders.own.space)
    members = tuple(MemberPage(page.id, 1, Transform.identity()) for page in pages)
    (opened,) = pool.open_proposals(shift.runtime, run.id, [pool.FoundGroup(members, "")])
    page = pages[0]
    blank = ProposedPage(1, page.width, page.height, 2, page.evidence_blob, page.model_blob)
    drafting.store_draft(shift.runtime, opened, Draft("Receipt", "1", (blank,), FIELDS), members)
    drafting.present(shift.runtime, opened)
    proposals.approve(shift.runtime, shift.admin, opened)
    shift.work()


def _close(workshop: Workshop) -> None:
    workshop.context.runtime.database.close()
    workshop.proposal.checkpointer.conn.close()
