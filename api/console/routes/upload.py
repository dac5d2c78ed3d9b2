"""Take files in; each is answered on its own."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Header, UploadFile
from fastapi.responses import HTMLResponse

from api.console.guard import BoundedRoute
from api.console.visit import Acting, Visit, Visiting
from chohyo.domain.access import Role
from chohyo.errors import RejectedFileError
from chohyo.services import access
from chohyo.services.ingest import Ingested, ingest
from chohyo.translation import render

router = APIRouter(route_class=BoundedRoute)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: taken in, or why not."""

    filename: str
    ingested: Ingested | None = None
    refusal: str = ""


@router.get("/upload")
def upload_page(visit: Visiting) -> HTMLResponse:
    """Show the place to drop files."""
    return visit.show("upload.html", outcomes=[])


@router.post("/upload")
def upload(
    visit: Acting,
    files: Annotated[list[UploadFile], File()],
    collection: Annotated[UUID | None, Form()] = None,
    x_fragment: Annotated[str, Header()] = "",
) -> HTMLResponse:
    """Take files into the collection that the form was shown for; say what became of each."""
    caller = visit.session.caller
    where = access.pick_collection(visit.runtime, caller, Role.OPERATOR, collection)
    outcomes = [_take_in(visit, where, file) for file in files]
    template = "partials/outcomes.html" if x_fragment else "upload.html"
    return visit.show(template, outcomes=outcomes)


def _take_in(visit: Visit, collection_id: UUID, file: UploadFile) -> Outcome:
    filename = _base_name(file.filename)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as copy:
            shutil.copyfileobj(file.file, copy)
        try:
            taken = ingest(visit.runtime, visit.session.caller, collection_id, path, filename)
        except RejectedFileError as error:
            return Outcome(filename, refusal=render(error, visit.locale))
    return Outcome(filename, taken)


def _base_name(filename: str | None) -> str:
    # Browsers send a folder's files with their relative path.
    return (filename or "").replace("\\", "/").rpartition("/")[2] or "upload"
