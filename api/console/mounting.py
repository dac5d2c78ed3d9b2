"""Put the console's parts together."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from api.console import failures
from api.console.guard import ContentPolicy
from api.console.routes import (
    administration,
    answers,
    audit,
    decisions,
    discovery,
    documents,
    drifts,
    families,
    fields,
    home,
    images,
    login,
    pages,
    proposals,
    retention,
    review,
    schema_files,
    search,
    status,
    suggestions,
    trial,
    upload,
)
from api.console.views import Views
from chohyo.services.answering import AnswerEngine
from chohyo.services.runtime import Runtime
from chohyo.services.search import SearchEngine
from chohyo.settings import Settings

_FEATURES = (
    login,
    home,
    upload,
    documents,
    search,
    answers,
    pages,
    images,
    decisions,
    review,
    schema_files,
    proposals,
    fields,
    trial,
    discovery,
    drifts,
    families,
    suggestions,
    audit,
    status,
    administration,
    retention,
)


def mount(
    app: FastAPI,
    runtime: Runtime,
    settings: Settings,
    engine: SearchEngine,
    answering: AnswerEngine,
) -> None:
    """Serve the console at `/`; call it last, for it answers every path that is left over."""
    console = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    console.state.runtime = runtime
    console.state.settings = settings
    console.state.search = engine
    console.state.answers = answering
    console.state.views = Views(settings.timezone)
    failures.install(console)
    console.mount("/static", StaticFiles(packages=[("api.console", "static")]))
    for feature in _FEATURES:
        console.include_router(feature.router)
    app.mount("/", ContentPolicy(console))
