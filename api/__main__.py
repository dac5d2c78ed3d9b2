"""`python -m api`: serve console and API."""

from __future__ import annotations

import contextlib

from api.app import create_app
from api.server import Server
from chohyo.logs import configure
from chohyo.settings import Settings, open_runtime


def main() -> None:
    """Read the settings, open the runtime and serve until a signal."""
    settings = Settings()
    configure(settings.log.format)
    app = create_app(open_runtime(settings), settings)
    with contextlib.suppress(KeyboardInterrupt):  # raised again once the server has stopped
        Server(app, settings.web.host, settings.web.port).run()


if __name__ == "__main__":
    main()
