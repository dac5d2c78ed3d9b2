"""The agent on real models and a real database, its work done in this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import cv2
import pytest
from chohyo.matching.rerank import RegistrationReranker

from agent.checkpoints import open_saver, prepare
from agent.context import AgentContext
from agent.discovery.graph import build_proposal_graph, build_run_graph
from agent.document.graph import build_document_graph
from agent.references import References
from chohyo.domain.collections import Collection
from chohyo.models.layout_grid import LayoutGrid
from chohyo.models.ocr import RapidTextRecognizer
from chohyo.services.ingest import Ingested, ingest
from chohyo.services.runtime import Runtime
from chohyo.settings import Settings
from chohyo.storage.work import WorkKind
from workers.perform import perform
from workers.runtime import Workshop


@dataclass(slots=True)
class Bench:
    """A worker without a broker: it does what the queue was told, in order."""

    workshop: Workshop
    queue: object
    add: Callable[[Path], Ingested]

    @property
    def runtime(self) -> Runtime:
        """Return the services the worker uses."""
        return self.workshop.context.runtime

    def work(self) -> None:
        """Do everything that was announced, and what that announces."""
        while self.queue.sent:
            kind, object_id, _ = self.queue.sent.pop(0)
            perform(self.workshop, WorkKind(kind), UUID(str(object_id)))


def make_workshop(runtime: Runtime) -> Workshop:
    """Return a worker's workshop as a fresh process would open it."""
    saver = open_saver(runtime.database.url)
    context = AgentContext(
        runtime=runtime,
        embedder=LayoutGrid(),
        reranker=RegistrationReranker(),
        recognizer=RapidTextRecognizer(),
        references=References(runtime),
    )
    return Workshop(
        settings=Settings(),
        context=context,
        document=build_document_graph(),
        run=build_run_graph(saver),
        proposal=build_proposal_graph(saver),
    )


@pytest.fixture
def bench(runtime: Runtime, queue, collection: Collection, callers, database_urls) -> Bench:
    """Return a worker on the test's database."""
    prepare(database_urls.owner)
    operator = callers["operator"].caller
    return Bench(
        make_workshop(runtime),
        queue,
        lambda path: ingest(runtime, operator, collection.id, path, path.name),
    )


def write_image(path: Path, image: object) -> Path:
    """Write an image file and return its path."""
    cv2.imwrite(str(path), image)
    return path
