"""Search."""

from __future__ import annotations

from fastapi import APIRouter, Request

from api.idempotency import IdempotentRoute
from api.language import reader_locale
from api.security import CallerDep, RuntimeDep, allow
from api.v1.schemas.search import SearchIn, SearchOut
from chohyo.domain.access import Role
from chohyo.errors import (
    EmptyQueryError,
    FileDamagedError,
    FileEmptyError,
    FileTypeError,
    ImageTooLargeError,
    NotFoundError,
    QueryTooLongError,
    RerankerOffError,
    StaleCursorError,
    UnknownFieldError,
)
from chohyo.services.search import SearchEngine, search_pages

router = APIRouter(prefix="/search", tags=["search"], route_class=IdempotentRoute)


@router.post(
    "",
    summary="Find pages by words, an image or a page",
    **allow(
        Role.VIEWER,
        NotFoundError,
        EmptyQueryError,
        QueryTooLongError,
        UnknownFieldError,
        RerankerOffError,
        StaleCursorError,
        ImageTooLargeError,
        FileTypeError,
        FileEmptyError,
        FileDamagedError,
    ),
)
def search(request: Request, runtime: RuntimeDep, caller: CallerDep, asked: SearchIn) -> SearchOut:
    """Return the pages that answer, best first, each with the regions that matched.

    Words are found whatever their width, kana and case, misread ones too, and by what they mean.
    Viewers find nothing by personal data, and are shown none. The audit keeps who searched and a
    keyed hash of the query, and nothing else of it.
    """
    engine: SearchEngine = request.app.state.search
    return SearchOut.of(
        search_pages(runtime, engine, caller, asked.query()), reader_locale(request)
    )
