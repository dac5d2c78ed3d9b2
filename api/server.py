"""The web server: uvicorn, told to end streams when it stops."""

from __future__ import annotations

import socket

import uvicorn
from fastapi import FastAPI

_GRACE_SECONDS = 5


class Server(uvicorn.Server):
    """Serves the application; streams of events end as soon as it is asked to stop."""

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        self._app = app
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                # The application logs requests itself, without their queries.
                access_log=False,
                log_config=None,
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
        )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Say that it is over, then wait for what is under way."""
        self._app.state.stopping.set()
        await super().shutdown(sockets)
