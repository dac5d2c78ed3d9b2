"""Put the HTTP door together: health, `/v1`, and the console on what is left over."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api import health, problems
from api.console import mount
from api.middleware import OwnSiteOnly, SafeHeaders
from api.v1.application import v1_application
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
    problems.install(app)
    app.add_middleware(OwnSiteOnly, bound_host=settings.web.host)
    app.add_middleware(SafeHeaders)
    app.include_router(health.router)
    app.mount("/v1", v1_application(runtime, settings))
    mount(app, runtime, settings)
    return app
