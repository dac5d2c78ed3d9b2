"""A chat model of the test's own, behind a real HTTP endpoint."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Shown = dict[str, Any]


@dataclass
class Talker:
    """Answers what `says` makes of the task it is shown; keeps the bodies it was sent."""

    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    says: Callable[[Shown], object] = lambda _: {"sentences": []}
    seconds: float = 0.0
    # Streams: what is done after each piece, of as many letters, that was said.
    after_piece: Callable[[str], None] = lambda _: None
    letters: int = 20

    @property
    def shown(self) -> Shown:
        """Return the task of the last call, as the model reads it."""
        return json.loads(self.bodies[-1]["messages"][1]["content"])


@contextmanager
def talking() -> Iterator[Talker]:
    """Serve a chat model until the test is over."""
    talker = Talker()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            talker.bodies.append(json.loads(body))
            time.sleep(talker.seconds)
            said = talker.says(talker.shown)
            content = said if isinstance(said, str) else json.dumps(said)
            self.send_response(200)
            if talker.bodies[-1].get("stream"):
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                self.say(content)
                return
            answer = {"choices": [{"message": {"content": content}}]}
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def say(self, content: str) -> None:
            """Say it piece by piece."""
            for at in range(0, len(content), talker.letters):
                piece = content[at : at + talker.letters]
                event = {"choices": [{"delta": {"content": piece}}]}
                with contextlib.suppress(OSError):  # nobody listens any more
                    self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
                    self.wfile.flush()
                talker.after_piece(content[: at + talker.letters])

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    talker.url = f"http://127.0.0.1:{listening.server_port}"
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield talker
    listening.shutdown()
    listening.server_close()
