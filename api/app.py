"""Put the HTTP door together: health, `/v1`, and the console on what is left over."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api import health, metrics, problems
from api.console import mount
from api.metrics import RequestMetrics
from api.middleware import OwnSiteOnly, SafeHeaders
from api.traffic import Traffic, log_request
from api.v1.application import v1_application
from chohyo.profiles import open_answers, open_search
from chohyo.services.runtime import Runtime
from chohyo.settings import Settings


def create_app(runtime: Runtime, settings: Settings) -> FastAPI:
    """Return the application; it closes the runtime's database when it shuts down."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        runtime.database.close()

    app = FastAPI(lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    app.state.runtime, app.state.settings = runtime, settings
    app.state.search = engine = open_search(settings, runtime)
    app.state.answers = answers = open_answers(settings, engine, runtime)
    app.state.stopping = stopping = threading.Event()
    app.state.metrics = counted = RequestMetrics()
    problems.install(app)
    app.add_middleware(OwnSiteOnly, bound_host=settings.web.host)
    app.add_middleware(SafeHeaders)
    app.add_middleware(Traffic, listeners=(counted.count, log_request))
    app.include_router(health.router)
    app.include_router(metrics.router)
    app.mount("/v1", v1_application(runtime, settings, engine, answers, stopping))
    mount(app, runtime, settings, engine, answers)
    return app
