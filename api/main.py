"""The application that uvicorn serves: `uvicorn --factory api.main:build`."""

from __future__ import annotations

from fastapi import FastAPI

from api.app import create_app
from chohyo.settings import Settings, open_runtime


def build() -> FastAPI:
    """Read the settings, open the runtime and return the application on it."""
    settings = Settings()
    return create_app(open_runtime(settings), settings)
