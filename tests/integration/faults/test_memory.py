"""A worker's memory stays where it is, however many documents it has processed."""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path
from uuid import UUID

import cv2
import psutil
import pymupdf

from agent.references import References
from chohyo.pages.limits import Limits
from chohyo.services.runtime import Runtime
from chohyo.storage.blobs import LocalBlobs
from chohyo.storage.database import Database
from chohyo.storage.work import WorkKind
from tests.integration.faults.conftest import scan
from tests.integration.faults.mortal import PROCESSES, DeafQueue, make_workshop
from workers.perform import perform

DOCUMENTS, PAGES, WARM = 5, 8, 2
# A leaked page image would be 10 MB a page, its features 1.5 MB.
MOST_GROWTH = 30 * 2**20


def _process(url: str, blobs: Path, document_ids: list[UUID], pipe: Connection) -> None:
    """Process documents, and send how much memory is held after each."""
    runtime = Runtime(Database(url).open(), LocalBlobs(blobs), DeafQueue(), Limits())
    workshop = make_workshop(runtime)
    object.__setattr__(workshop.context, "references", References(runtime, kept=4))
    for document_id in document_ids:
        perform(workshop, WorkKind.DOCUMENT, document_id)
        pipe.send(psutil.Process().memory_info().rss)


def test_memory_does_not_grow_with_the_documents(shift, tmp_path) -> None:
    ids = [shift.add(_bundle(tmp_path, number)).id for number in range(DOCUMENTS)]

    here, there = PROCESSES.Pipe()
    worker = PROCESSES.Process(target=_process, args=(shift.urls.service, shift.blobs, ids, there))
    worker.start()
    held = [here.recv() for _ in ids]
    worker.join(60)

    assert worker.exitcode == 0
    done = shift.sql("SELECT count(*) AS n FROM page WHERE document_id = ANY(%s)", ids)
    assert done[0]["n"] == DOCUMENTS * PAGES
    growth = held[-1] - max(held[:WARM])
    assert growth < MOST_GROWTH, f"{growth / 2**20:.0f} MiB"


def _bundle(folder: Path, number: int) -> Path:
    """Draw a document of many pages, each with other bytes and the same form."""
    image = cv2.imread(str(scan(folder, "receipt", 0)))
    pdf = pymupdf.open()
    for page_no in range(PAGES):
        image[10:20, 10:20] = (number * 20, page_no * 20, 0)
        page = pdf.new_page(width=image.shape[1], height=image.shape[0])
        page.insert_image(page.rect, stream=cv2.imencode(".jpg", image)[1].tobytes())
    path = folder / f"{number}.pdf"
    pdf.save(path)
    return path
