"""A worker process that is killed right after a chosen function has returned."""

from __future__ import annotations

import functools
import importlib
import multiprocessing
import os
import signal
from pathlib import Path
from uuid import UUID

from agent.checkpoints import open_saver
from agent.context import AgentContext
from agent.discovery.graph import build_proposal_graph, build_run_graph
from agent.document.graph import build_document_graph
from agent.references import References
from chohyo.models.ocr import RecognizedText
from chohyo.pages.limits import Limits
from chohyo.profiles import cpu_models
from chohyo.services.runtime import Runtime
from chohyo.settings import Settings
from chohyo.storage.blobs import LocalBlobs
from chohyo.storage.database import Database
from chohyo.storage.work import WorkKind
from workers.perform import perform
from workers.runtime import Workshop

# The models are loaded once, in the server that the processes are forked from.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([__name__])


class Clerk:
    """Reads every crop alike at once: what is written does not matter to what is lost."""

    def read_page(self, image):
        """Find no print."""
        return []

    def read_regions(self, images):
        """Read the same in each crop."""
        return [RecognizedText("1234", 0.9, (0.9,) * 4) for _ in images]


class DeafQueue:
    """Takes no hint, like a broker that is away."""

    def send(self, kind: str, object_id: UUID, priority: int) -> bool:
        """Refuse."""
        return False


def make_workshop(runtime: Runtime, settings: Settings | None = None) -> Workshop:
    """Return a worker's workshop as a fresh process would open it, with a quick reader."""
    saver = open_saver(runtime.database.url)
    models = cpu_models()
    context = AgentContext(
        runtime=runtime,
        embedders=models.embedders,
        reranker=models.reranker,
        recognizer=Clerk(),
        references=References(runtime),
    )
    return Workshop(
        settings=settings or Settings(),
        context=context,
        document=build_document_graph(),
        run=build_run_graph(saver),
        proposal=build_proposal_graph(saver),
    )


def work_and_die(url: str, blobs: Path, kind: WorkKind, object_id: UUID, after: str) -> int | None:
    """Do the work in a process that dies after `module:function`; return how it ended."""
    process = PROCESSES.Process(target=_live, args=(url, blobs, kind, object_id, after))
    process.start()
    process.join(120)
    return process.exitcode


def _live(url: str, blobs: Path, kind: WorkKind, object_id: UUID, after: str) -> None:
    # Before the graphs are built, which take the nodes from these modules.
    module_name, _, name = after.partition(":")
    module = importlib.import_module(module_name)
    setattr(module, name, _last(getattr(module, name)))
    runtime = Runtime(Database(url).open(), LocalBlobs(blobs), DeafQueue(), Limits())
    perform(make_workshop(runtime), kind, object_id)


def _last(function):
    @functools.wraps(function)
    def wrapped(*args, **kwargs):
        function(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    return wrapped
