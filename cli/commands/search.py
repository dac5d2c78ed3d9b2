"""`chohyo search`: find pages by words, an image or a page."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from chohyo.domain.documents import PageState
from chohyo.domain.rerankers import RerankerChoice
from chohyo.domain.search import (
    Hit,
    PageQuery,
    SearchAnswer,
    SearchFilters,
    SearchQuery,
)
from chohyo.profiles import open_search
from chohyo.services.search import search_pages
from chohyo.services.search_input import box_of, condition_of
from cli.desk import Desk, open_desk
from cli.options import AsJson, DataDir

_SNIPPET = 60


def search(
    text: Annotated[str, typer.Argument(help="Words to find.")] = "",
    image: Annotated[
        Path | None, typer.Option(help="A screenshot or photo to find.", exists=True)
    ] = None,
    page: Annotated[UUID | None, typer.Option(help="Find more like this page.")] = None,
    box: Annotated[
        str | None, typer.Option(help="Part of that page: x0,y0,x1,y1 in fractions of it.")
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(help="Condition on a field, as `支払金額>=1000000`; may be given again."),
    ] = None,
    version: Annotated[
        UUID | None, typer.Option("--version-id", help="Only pages of this template version.")
    ] = None,
    family: Annotated[
        UUID | None, typer.Option("--family-id", help="Only pages of this form type.")
    ] = None,
    state: Annotated[
        list[PageState] | None, typer.Option(help="Only pages in this state; may be given again.")
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Taken in on this day or later.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Taken in on this day or before.")
    ] = None,
    source: Annotated[str, typer.Option(help="Piece of the file's name.")] = "",
    top: Annotated[int, typer.Option(min=1, max=100, help="Most hits to show.")] = 10,
    reranker: Annotated[
        RerankerChoice, typer.Option(help="What puts the first hits in order.")
    ] = RerankerChoice.REGISTRATION,
    cursor: Annotated[str | None, typer.Option(help="Go on from an earlier answer.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Find pages by words, by an image, or by a page that is there already."""
    query = SearchQuery(
        text=text,
        image=image.read_bytes() if image else None,
        page=PageQuery(page, box_of(box) if box else None) if page else None,
        filters=SearchFilters(
            family_id=family,
            version_id=version,
            states=tuple(state or ()),
            since=day_of(since),
            until=day_of(until),
            source=source,
            fields=tuple(condition_of(each) for each in where or ()),
        ),
        top_k=top,
        reranker=reranker,
        cursor=cursor,
    )
    with open_desk(data_dir, as_json=as_json) as desk:
        answer = search_pages(
            desk.runtime, open_search(desk.settings, desk.runtime), desk.caller, query
        )
        desk.terminal.result(answer)
        _show(desk, answer)


def _show(desk: Desk, answer: SearchAnswer) -> None:
    if not answer.hits:
        desk.terminal.say("Nothing was found.")
        return
    rows = [_row(desk, number, hit) for number, hit in enumerate(answer.hits, start=1)]
    desk.terminal.table(["No.", "Page", "File", "Form type", "Score", "Found"], rows)
    desk.terminal.say("{found} pages found.", found=answer.found)
    if answer.next_cursor:
        desk.terminal.say("Go on with --cursor {cursor}", cursor=answer.next_cursor)


def _row(desk: Desk, number: int, hit: Hit) -> list[object]:
    template = hit.template
    return [
        number,
        hit.page.id,
        f"{hit.document.filename} ({hit.page.page_no})",
        f"{template.family_name} {template.version_label}" if template else None,
        f"{hit.score:.3f}",
        _found(desk, hit),
    ]


def _found(desk: Desk, hit: Hit) -> str:
    ways = ", ".join(desk.terminal.label("search_way", way) for way in hit.parts)
    region = next((each for each in hit.regions if each.text), None)
    if region is None:
        return ways
    label = f"{region.label}: " if region.label else ""
    return f"{label}{region.text[:_SNIPPET]} [{ways}]"


def day_of(moment: datetime | None) -> date | None:
    """Return the day that an option gives."""
    return moment.date() if moment else None
