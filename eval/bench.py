"""The product on a bench: its services and graphs in this process, on a database of its own."""

from __future__ import annotations

import logging
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from uuid import UUID

from agent.context import AgentContext
from agent.document.graph import DocumentGraph, build_document_graph
from agent.references import References
from chohyo.domain.access import Actor, Caller
from chohyo.domain.documents import Page
from chohyo.errors import ChohyoError
from chohyo.models.ocr import RapidTextRecognizer
from chohyo.pages.limits import Limits
from chohyo.profiles import cpu_models
from chohyo.services import access, processing
from chohyo.services.ingest import ingest
from chohyo.services.runtime import Runtime
from chohyo.storage.blobs import LocalBlobs
from eval.corpus import CorpusPage
from eval.throwaway import throwaway_database
from eval.trips import Trip

_log = logging.getLogger(__name__)

_SETUP = Actor.system("eval")


class DeafQueue:
    """Takes no hints: the bench does the work itself."""

    def send(self, kind: str, object_id: UUID, priority: int) -> bool:
        """Refuse a hint, as a broker that does not answer."""
        return False


@dataclass(frozen=True, slots=True)
class Bench:
    """The context of the graphs, and whom the services serve."""

    context: AgentContext
    caller: Caller
    collection_id: UUID
    document: DocumentGraph

    @property
    def runtime(self) -> Runtime:
        """Return the services' runtime."""
        return self.context.runtime


@contextmanager
def open_bench() -> Iterator[Bench]:
    """Open the default profile on an empty database; everything is gone afterwards."""
    with (
        throwaway_database() as database,
        tempfile.TemporaryDirectory(prefix="chohyo-blobs-") as blobs,
    ):
        runtime = Runtime(database, LocalBlobs(Path(blobs)), DeafQueue(), Limits())
        collection, admin_id = access.ensure_installation(runtime, "eval", "en")
        key = access.create_key(runtime, _SETUP, admin_id, "eval")
        models = cpu_models()
        context = AgentContext(
            runtime=runtime,
            embedder=models.embedder,
            reranker=models.reranker,
            recognizer=RapidTextRecognizer(),
            references=References(runtime),
        )
        caller = access.authenticate_key(runtime, key.secret)
        yield Bench(context, caller, collection.id, build_document_graph())


def send(bench: Bench, truth: CorpusPage) -> Trip:
    """Send a page of the corpus the way of an arriving document.

    A defect ends that page's way, is logged, and counts as a failure; the other pages go on.
    """
    seconds: defaultdict[str, float] = defaultdict(float)
    try:
        page = _processed(bench, truth, seconds)
    except ChohyoError as error:
        return Trip(truth, None, error.code, seconds)
    except Exception as error:  # noqa: BLE001 - logged, and counted against the figures
        _log.exception("%s went wrong", truth.file)
        return Trip(truth, None, type(error).__name__, seconds)
    return Trip(truth, page, page.failure.code if page.failure else None, seconds)


def send_all(bench: Bench, pages: Iterable[CorpusPage]) -> list[Trip]:
    """Send pages one after the other."""
    return [send(bench, page) for page in pages]


def _processed(bench: Bench, truth: CorpusPage, seconds: defaultdict[str, float]) -> Page:
    before = perf_counter()
    taken = ingest(bench.runtime, bench.caller, bench.collection_id, truth.path, truth.path.name)
    document_id = taken.document.id
    seconds["ingest"] = perf_counter() - before
    before = perf_counter()
    steps = bench.document.stream(
        {"document_id": document_id}, context=bench.context, stream_mode="updates"
    )
    for step in steps:
        for node in step:
            seconds[node] += perf_counter() - before
        before = perf_counter()
    return processing.load_document(bench.runtime, document_id)[1][0]
