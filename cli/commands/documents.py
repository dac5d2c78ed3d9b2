"""`chohyo documents`: the documents, newest first."""

from __future__ import annotations

from typing import Annotated

import typer

from chohyo.domain.documents import Document, DocumentState
from chohyo.services.documents import list_documents
from chohyo.translation import render_failure
from cli.desk import Desk, open_desk
from cli.options import AsJson, DataDir, Limit


def documents(
    state: Annotated[DocumentState | None, typer.Option(help="Only those in this state.")] = None,
    limit: Limit = 50,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List documents, newest first."""
    with open_desk(data_dir, as_json=as_json) as desk:
        found = list_documents(desk.runtime, desk.caller, state=state, limit=limit)
        desk.terminal.result(found)
        rows = [_row(desk, each) for each in found]
        desk.terminal.table(["Id", "File", "Pages", "State", "Reason"], rows)


def _row(desk: Desk, document: Document) -> list[object]:
    failure = document.failure
    locale = desk.terminal.locale
    return [
        document.id,
        document.filename,
        document.page_count,
        desk.terminal.label("document_state", document.state),
        render_failure(failure.code, failure.params, locale) if failure else None,
    ]
