"""The product on a bench: its services and graphs in this process, on a database of its own."""

from __future__ import annotations

import logging
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from uuid import UUID

from agent.context import AgentContext
from agent.document.graph import DocumentGraph, build_document_graph
from agent.references import References
from chohyo.domain.access import Actor, Caller
from chohyo.domain.documents import Page
from chohyo.errors import ChohyoError
from chohyo.models.ocr import RapidTextRecognizer
from chohyo.models.orientation import LineOrientation
from chohyo.pages.limits import Limits
from chohyo.profiles import Models, cpu_models
from chohyo.services import access, processing
from chohyo.services.ingest import ingest
from chohyo.services.runtime import Runtime
from chohyo.storage.blobs import LocalBlobs
from eval.batches.files import is_readable, scanned
from eval.batches.mishaps import Sheet
from eval.corpus import CorpusPage
from eval.throwaway import Throwaway, throwaway_server
from eval.trips import Trip

_log = logging.getLogger(__name__)

_SETUP = Actor.system("eval")
_FOR_PAGE = ("retrieve", "rerank", "decide", "watch")


class DeafQueue:
    """Takes no hints: the bench does the work itself."""

    def send(self, kind: str, object_id: UUID, priority: int) -> bool:
        """Refuse a hint, as a broker that does not answer."""
        return False


@dataclass(frozen=True, slots=True)
class Bench:
    """The context of the graphs, whom the services serve, and the server with the database."""

    context: AgentContext
    caller: Caller
    collection_id: UUID
    document: DocumentGraph
    server: Throwaway

    @property
    def runtime(self) -> Runtime:
        """Return the services' runtime."""
        return self.context.runtime


@contextmanager
def open_bench(models: Models | None = None) -> Iterator[Bench]:
    """Open models on an empty database, the default profile's unless others are given.

    Everything is gone afterwards.
    """
    with (
        throwaway_server() as server,
        tempfile.TemporaryDirectory(prefix="chohyo-blobs-") as blobs,
    ):
        runtime = Runtime(server.database, LocalBlobs(Path(blobs)), DeafQueue(), Limits())
        collection, admin_id = access.ensure_installation(runtime, "eval", "en")
        key = access.create_key(runtime, _SETUP, admin_id, "eval")
        models = models or cpu_models()
        recognizer = RapidTextRecognizer()
        context = AgentContext(
            runtime=runtime,
            embedders=models.embedders,
            reranker=models.reranker,
            recognizer=recognizer,
            orientation=LineOrientation(recognizer),
            references=References(runtime),
        )
        caller = access.authenticate_key(runtime, key.secret)
        yield Bench(context, caller, collection.id, build_document_graph(), server)


def send_copy(bench: Bench, copy: Sequence[CorpusPage]) -> list[Trip]:
    """Send a filled copy the way of an arriving document; return a trip for each of its pages.

    A defect ends the document's way, is logged, and counts as a failure of its pages; other
    documents go on. A page whose file cannot be read is a document of its own, for a scanner would
    not have put it into the same file.
    """
    whole = [page for page in copy if is_readable(page.path)]
    broken = [page for page in copy if page not in whole]
    parts = [part for part in (whole, *([page] for page in broken)) if part]
    trips = [trip for part in parts for trip in send_pages(bench, part, _file_of(part))]
    return sorted(trips, key=lambda trip: trip.truth.page)


def send_copies(bench: Bench, copies: Iterable[Sequence[CorpusPage]]) -> list[Trip]:
    """Send filled copies one after the other."""
    return [trip for copy in copies for trip in send_copy(bench, copy)]


def send_pages(bench: Bench, truths: Sequence[CorpusPage], file: tuple[str, bytes]) -> list[Trip]:
    """Send a file, named and with its bytes, whose pages are those; return a trip for each."""
    clock, cpu = Clock(len(truths)), Clock(len(truths))
    try:
        pages = _processed(bench, file, clock, cpu)
    except ChohyoError as error:
        return [Trip(each, None, error.code, clock.of(0)) for each in truths]
    except Exception as error:  # noqa: BLE001 - logged, and counted against the figures
        _log.exception("%s went wrong", file[0])
        return [Trip(each, None, type(error).__name__, clock.of(0)) for each in truths]
    return [
        Trip(
            each,
            page,
            page.failure.code if page.failure else None,
            clock.of(number),
            cpu.of(number),
        )
        for number, (each, page) in enumerate(zip(truths, pages, strict=True))
    ]


class Clock:
    """How long each step took for each page; what is done for all of them is shared out."""

    def __init__(self, pages: int) -> None:
        self._shared: defaultdict[str, float] = defaultdict(float)
        self._own: list[defaultdict[str, float]] = [defaultdict(float) for _ in range(pages)]
        self._turned = -1

    def note(self, step: str, seconds: float) -> None:
        """Add the time of a step; the steps for a page follow its `turn`."""
        if step == "turn":
            self._turned += 1
        if step in _FOR_PAGE and self._turned < len(self._own):
            self._own[self._turned][step] += seconds
        else:
            self._shared[step] += seconds

    def of(self, page: int) -> dict[str, float]:
        """Return the times of a page, by step."""
        shared = {step: seconds / len(self._own) for step, seconds in self._shared.items()}
        return {**shared, **self._own[page]}


def _file_of(pages: Sequence[CorpusPage]) -> tuple[str, bytes]:
    """Return a page's own file, or several pages as one PDF."""
    if len(pages) == 1:
        return pages[0].path.name, pages[0].path.read_bytes()
    return f"{pages[0].document}.pdf", scanned([Sheet(page) for page in pages])


def _processed(bench: Bench, file: tuple[str, bytes], clock: Clock, cpu: Clock) -> list[Page]:
    name, data = file
    before, spent = perf_counter(), process_time()
    with tempfile.NamedTemporaryFile(suffix=Path(name).suffix) as upload:
        upload.write(data)
        upload.flush()
        taken = ingest(bench.runtime, bench.caller, bench.collection_id, Path(upload.name), name)
    document_id = taken.document.id
    clock.note("ingest", perf_counter() - before)
    cpu.note("ingest", process_time() - spent)
    before, spent = perf_counter(), process_time()
    steps = bench.document.stream(
        {"document_id": document_id}, context=bench.context, stream_mode="updates",
        config={"recursion_limit": 100_000},
    )  # fmt: skip
    for step in steps:
        for node in step:
            clock.note(node, perf_counter() - before)
            cpu.note(node, process_time() - spent)
        before, spent = perf_counter(), process_time()
    return processing.load_document(bench.runtime, document_id)[1]
