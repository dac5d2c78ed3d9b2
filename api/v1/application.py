"""Version 1 as an application of its own, mounted at `/v1`."""

from __future__ import annotations

import threading
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI

from api import problems
from api.middleware import BoundedBodies
from api.v1 import (
    access,
    answers,
    arrangements,
    audit,
    collections,
    decision_rules,
    discovery,
    documents,
    drifts,
    events,
    ingestion,
    pages,
    proposals,
    reindexing,
    retention,
    schema_files,
    search,
    spaces,
    status,
    suggestions,
    templates,
    trainings,
    values,
    webhooks,
)
from api.v1.examples import with_examples
from chohyo.services.answering import AnswerEngine
from chohyo.services.runtime import Runtime
from chohyo.services.search import SearchEngine
from chohyo.settings import Settings

_MAX_BODY_BYTES = 1 << 20
# A screenshot in base64: body and pixels are bounded apart.
_MAX_SEARCH_BYTES = 16 << 20

_DESCRIPTION = """\
Send an API key as `Authorization: Bearer …` or as `X-API-Key`. `x-role` names the least role an
operation needs in the collection concerned. Errors are `application/problem+json`, in the language
of `Accept-Language` (`ja` or `en`). Boxes are `[x0, y0, x1, y1]` in fractions of the upright page.
"""


class DescribedApplication(FastAPI):
    """An application whose description has examples."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = with_examples(super().openapi())
        return self.openapi_schema


def v1_application(
    runtime: Runtime,
    settings: Settings,
    engine: SearchEngine,
    answering: AnswerEngine,
    stopping: threading.Event,
) -> FastAPI:
    """Return the application that answers under `/v1`; its description is at `/openapi.json`.

    Streams end once `stopping` is set.
    """
    app = DescribedApplication(
        title="chohyo",
        version=version("chohyo"),
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
    )
    app.state.runtime, app.state.settings = runtime, settings
    app.state.search, app.state.answers = engine, answering
    app.state.stopping = stopping
    problems.install(app)
    app.add_exception_handler(Exception, problems.on_unforeseen_error)
    app.add_middleware(
        BoundedBodies,
        limit=_MAX_BODY_BYTES,
        limits={
            f"/v1{ingestion.router.prefix}": None,
            f"/v1{search.router.prefix}": _MAX_SEARCH_BYTES,
        },
    )
    for resource in (
        ingestion,
        documents,
        pages,
        values,
        search,
        spaces,
        trainings,
        answers,
        templates,
        suggestions,
        schema_files,
        discovery,
        proposals,
        arrangements,
        decision_rules,
        drifts,
        audit,
        access,
        collections,
        webhooks,
        retention,
        reindexing,
        events,
        status,
    ):
        app.include_router(resource.router)
    return app
