"""`chohyo reindex`: index pages once more."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

import typer

from chohyo.domain.reindexing import ReindexPart, ReindexRun, ReindexState
from chohyo.errors import InvalidInputError
from chohyo.services import reindexing
from cli.commands.spaces import fill
from cli.desk import Desk, open_desk
from cli.directory import collection_named
from cli.options import AsJson, CollectionName, DataDir, Timeout, Wait
from cli.waiting import until


def reindex(
    document: Annotated[UUID | None, typer.Option(help="Only the pages of this document.")] = None,
    template: Annotated[
        UUID | None, typer.Option(help="Only pages of this form type, or of this version of one.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All pages of the collection.")] = False,
    what: Annotated[
        ReindexPart, typer.Option(help="What of the pages is indexed.")
    ] = ReindexPart.BOTH,
    space: Annotated[
        list[str] | None,
        typer.Option(help="Embed all pages in this space as well; can be given several times."),
    ] = None,
    switch: Annotated[
        bool, typer.Option("--switch", help="Wait until the space is full, and use it then.")
    ] = False,
    collection: CollectionName = None,
    wait: Wait = False,
    timeout: Timeout = 86_400,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Index pages once more, or embed them in another space, in the background."""
    with open_desk(data_dir, as_json=as_json) as desk:
        if space:
            if document or template or everything:
                raise InvalidInputError(
                    field="document, template, all, space", reason="exactly one has to be given"
                )
            fill(desk, space, wait=wait, switch_to=switch, timeout=timeout)
            return
        where = collection_named(desk, collection)
        run = reindexing.request(
            desk.runtime, desk.caller, what, document_id=document, template_id=template,
            everything=everything, collection_id=where,
        )  # fmt: skip
        if wait:
            run = _await(desk, run, timeout)
        desk.terminal.result({**asdict(run), "done": run.done, "state": run.state})
        desk.terminal.say("{done} of {pages} pages indexed once more.", done=run.done,
                          pages=run.pages)  # fmt: skip


def _await(desk: Desk, run: ReindexRun, timeout: float) -> ReindexRun:
    latest = run
    with desk.terminal.progress() as progress:
        task = progress.add_task(desk.terminal.text("Indexing"), total=run.pages)

        def look() -> bool:
            nonlocal latest
            latest = reindexing.get_run(desk.runtime, desk.caller, run.id)
            progress.update(task, completed=latest.done)
            return latest.state is ReindexState.DONE

        until(look, timeout)
    return latest
