"""The agent on real models and a real database, its work done in this process.

Discovery takes seconds, so a pile is discovered once a session, and each test gets a copy of the
database as it was then.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import UUID

import cv2
import pytest

from agent.checkpoints import open_saver, prepare
from agent.context import AgentContext
from agent.discovery.graph import build_proposal_graph, build_run_graph
from agent.document.graph import build_document_graph
from agent.references import References
from chohyo.domain.access import Caller, Role
from chohyo.domain.collections import Collection
from chohyo.domain.documents import PageState
from chohyo.domain.proposals import Proposal
from chohyo.domain.spaces import EmbeddingSpace
from chohyo.models.ocr import RapidTextRecognizer
from chohyo.models.orientation import LineOrientation
from chohyo.pages.limits import Limits
from chohyo.profiles import cpu_models
from chohyo.services import access, discovery, embedding, processing, proposals
from chohyo.services.ingest import Ingested, ingest
from chohyo.services.runtime import Runtime
from chohyo.settings import Settings
from chohyo.storage.blobs import LocalBlobs
from chohyo.storage.database import Database
from chohyo.storage.work import WorkKind
from eval.forms import filled_copies, form_type
from tests.conftest import TEMPLATE, DatabaseUrls, Postgres
from tests.integration.conftest import RecordingQueue, make_holder
from workers.perform import perform
from workers.runtime import Workshop


@dataclass(slots=True)
class Bench:
    """A worker without a broker: it does what the queue was told, in order."""

    workshop: Workshop
    queue: RecordingQueue
    collection: Collection
    admin: Caller
    urls: DatabaseUrls

    @property
    def runtime(self) -> Runtime:
        """Return the services the worker uses."""
        return self.workshop.context.runtime

    def add(self, path: Path) -> Ingested:
        """Take a file in."""
        return ingest(self.runtime, self.admin, self.collection.id, path, path.name)

    def work(self) -> None:
        """Do everything that was announced, and what that announces."""
        while self.queue.sent:
            kind, object_id, _ = self.queue.sent.pop(0)
            perform(self.workshop, WorkKind(kind), UUID(str(object_id)))

    def discover(self) -> None:
        """Run discovery over the pool."""
        discovery.start_run(self.runtime, self.admin, self.collection.id)
        self.work()

    def waiting(self) -> list[Proposal]:
        """Return the proposals that wait for a person."""
        return proposals.list_proposals(self.runtime, self.admin)

    def approve(self, proposal: Proposal) -> None:
        """Approve a proposal, without doing the work that follows."""
        proposals.approve(self.runtime, self.admin, proposal.id)

    def restarted(self) -> Bench:
        """Return the same bench as another process would open it."""
        return Bench(
            make_workshop(self.runtime), self.queue, self.collection, self.admin, self.urls
        )


def make_workshop(runtime: Runtime) -> Workshop:
    """Return a worker's workshop as a fresh process would open it."""
    saver = open_saver(runtime.database.url)
    models = cpu_models()
    recognizer = RapidTextRecognizer()
    context = AgentContext(
        runtime=runtime,
        embedders=models.embedders,
        reranker=models.reranker,
        recognizer=recognizer,
        orientation=LineOrientation(recognizer),
        references=References(runtime),
    )
    return Workshop(
        settings=Settings(),
        context=context,
        document=build_document_graph(),
        run=build_run_graph(saver),
        proposal=build_proposal_graph(saver),
    )


def scan(folder: Path, type_id: str, seed: int, edition: int = -1) -> Path:
    """Draw one filled scan of a form type, of its newest edition unless told otherwise."""
    name = form_type(type_id).editions[edition]
    (page,) = filled_copies(type_id, name, [seed], kind="light", dpi=150)
    path = folder / f"{type_id}-{name}-{seed}.png"
    cv2.imwrite(str(path), page.image)
    return path


def routed_receipt(bench: Bench, folder: Path, seed: int) -> tuple[UUID, float]:
    """Send a receipt; make sure it is routed, and return its document and best similarity."""
    document = bench.add(scan(folder, "receipt", seed)).document
    bench.work()
    _, (page,) = processing.load_document(bench.runtime, document.id)
    assert page.state in {PageState.ROUTED, PageState.READ}
    (match,) = processing.matches_of(bench.runtime, [page.id]).values()
    return document.id, match.candidates[0].similarity


def best_similarity(bench: Bench, document_id: UUID, space: EmbeddingSpace) -> float:
    """Return the similarity to the nearest exemplar, computed apart from the product's query."""
    _, (page,) = processing.load_document(bench.runtime, document_id)
    with bench.runtime.database.transaction() as connection:
        rows = connection.execute("SELECT page_id FROM exemplar").fetchall()
    mine = embedding.stored_vector(bench.runtime, space, page.id)
    theirs = [embedding.stored_vector(bench.runtime, space, row["page_id"]) for row in rows]
    assert mine is not None
    return max(float(mine @ each) for each in theirs if each is not None)


@dataclass(frozen=True, slots=True)
class Discovered:
    """A database in which a pile has been discovered and nothing decided yet."""

    template: str
    blobs: Path
    collection: Collection
    admin: Caller


@pytest.fixture(scope="session")
def discovered_pile(
    postgres: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Discovered]:
    """Discover two form types of four copies each, with one stranger among them."""
    folder = tmp_path_factory.mktemp("discovered")
    with postgres.clone(TEMPLATE) as urls:
        prepare(urls.owner)
        database = Database(urls.service).open()
        queue = RecordingQueue()
        runtime = Runtime(database, LocalBlobs(folder / "blobs"), queue, Limits())
        collection, _ = access.ensure_installation(runtime, "installer", "ja")
        admin = make_holder(runtime, collection, "admin", Role.ADMIN).caller
        bench = Bench(make_workshop(runtime), queue, collection, admin, urls)
        for type_id in ("receipt", "expenses"):
            for seed in range(4):
                bench.add(scan(folder, type_id, seed))
        bench.add(scan(folder, "leave", 1))
        bench.work()
        bench.discover()
        close(bench)
        name = urls.service.split("dbname=")[1].split()[0]
        yield Discovered(name, folder / "blobs", collection, admin)


@pytest.fixture
def discovered(discovered_pile: Discovered, postgres: Postgres, tmp_path: Path) -> Iterator[Bench]:
    """Return a worker on a copy of the discovered database and its blobs."""
    blobs = tmp_path / "blobs"
    shutil.copytree(discovered_pile.blobs, blobs, copy_function=os.link)
    with postgres.clone(discovered_pile.template) as urls:
        queue = RecordingQueue()
        database = Database(urls.service).open()
        runtime = Runtime(database, LocalBlobs(blobs), queue, Limits())
        bench = Bench(
            make_workshop(runtime), queue, discovered_pile.collection, discovered_pile.admin, urls
        )
        yield bench
        close(bench)


def close(bench: Bench) -> None:
    """Close the bench's connections; a database in use cannot be copied."""
    saver = bench.workshop.run.checkpointer
    saver.conn.close()
    bench.runtime.database.close()


@dataclass
class Server:
    """Answers what it was told to, and keeps the bodies it was sent."""

    url: str = ""
    bodies: list[dict] = field(default_factory=list)
    answers: list[dict | int] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[Server]:
    """Run a chat endpoint that says what a test has it say."""
    told = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.bodies.append(json.loads(body))
            answer = told.answers.pop(0)
            self.send_response(answer if isinstance(answer, int) else 200)
            self.end_headers()
            if isinstance(answer, dict):
                self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{listening.server_port}"
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield told
    listening.shutdown()
    listening.server_close()
