"""POST JSON to a server that the settings name: time limits, retries, a breaker, streams."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from chohyo.errors import UnavailableError
from chohyo.models.qwen_errors import ModelServerError

_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_LONGEST_PAUSE = 10.0
_EVENTS = "text/event-stream"
_SHOWN = 200  # characters of a refusal that are worth keeping


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, how often to try again, and when to stop asking.

    `seconds` bounds one try, `pause` the first wait between two, which doubles and is drawn from
    its half to one and a half of it, so that waiting workers do not come back as one. After
    `failures` requests in a row that failed with all their tries, none is sent for `rest` seconds;
    then one is, and if it is answered the others follow.
    """

    seconds: float = 60.0
    connect_seconds: float = 5.0
    tries: int = 3
    pause: float = 0.5
    failures: int = 5
    rest: float = 30.0


@dataclass(slots=True)
class Breaker:
    """Counts failures in a row, and says whether a request may be sent; shared by threads."""

    patience: Patience
    clock: Callable[[], float] = time.monotonic
    _failures: int = 0
    _closed_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def allows(self) -> bool:
        """Say whether to send; while resting is over, one request at a time probes."""
        with self._lock:
            if self._failures < self.patience.failures:
                return True
            if self.clock() < self._closed_at:
                return False
            self._closed_at = self.clock() + self.patience.rest
            return True

    def note(self, *, answered: bool) -> None:
        """Count what became of a request."""
        with self._lock:
            self._failures = 0 if answered else self._failures + 1
            if self._failures >= self.patience.failures:
                self._closed_at = self.clock() + self.patience.rest


class Endpoint:
    """A server that answers JSON. It follows no redirect and asks no proxy.

    Args:
        url: its address, without the path.
        key: bearer token, where it wants one.
        sleep: how to wait between two tries.
    """

    def __init__(
        self,
        url: str,
        key: str | None = None,
        patience: Patience | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.patience = patience or Patience()
        self._sleep = sleep
        self._breaker = Breaker(self.patience, clock)
        self._client = httpx.Client(
            base_url=url.rstrip("/"),
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=httpx.Timeout(self.patience.seconds, connect=self.patience.connect_seconds),
            trust_env=False,
        )

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Send a body and return what is answered.

        Raises:
            UnavailableError: no usable answer came, or none was asked for: the server rests.
            ModelServerError: the server refuses the request.
        """
        if not self._breaker.allows():
            raise UnavailableError(part="The model server")
        for left in range(self.patience.tries - 1, -1, -1):
            answer = self._once(path, body)
            if answer is not None and answer.status_code not in _PASSING:
                self._breaker.note(answered=True)
                return _read(answer)
            if left:
                self._sleep(self._pause(self.patience.tries - 1 - left, answer))
        self._breaker.note(answered=False)
        raise UnavailableError(part="The model server")

    def events(self, path: str, body: dict[str, Any]) -> Iterator[Any]:
        """Send a body once and yield the JSON of each server-sent event as it comes.

        A server that does not stream answers as `post` has it: that is the only event then.

        Raises:
            UnavailableError: no answer came, or it broke off.
            ModelServerError: the server refuses the request, or sends no JSON.
        """
        if not self._breaker.allows():
            raise UnavailableError(part="The model server")
        try:
            with self._client.stream("POST", path, json=body) as answer:
                if answer.status_code in _PASSING:
                    raise httpx.RemoteProtocolError("not now")
                self._breaker.note(answered=True)
                if _streams(answer):
                    yield from _events(answer)
                else:
                    answer.read()
                    yield _read(answer)
        except httpx.TransportError as error:
            self._breaker.note(answered=False)
            raise UnavailableError(part="The model server") from error

    def answers(self, path: str) -> bool:
        """Say whether the server answers a GET; asks once, and not while it rests."""
        try:
            return self._client.get(path, timeout=self.patience.connect_seconds).is_success
        except httpx.HTTPError:
            return False

    def _once(self, path: str, body: dict[str, Any]) -> httpx.Response | None:
        try:
            return self._client.post(path, json=body)
        except httpx.TransportError:
            return None

    def _pause(self, tried: int, answer: httpx.Response | None) -> float:
        asked = answer.headers.get("Retry-After", "") if answer is not None else ""
        if asked.isdecimal():
            return min(float(asked), _LONGEST_PAUSE)
        return float(min(self.patience.pause * 2**tried * random.uniform(0.5, 1.5), _LONGEST_PAUSE))


def _streams(answer: httpx.Response) -> bool:
    return answer.is_success and answer.headers.get("content-type", "").startswith(_EVENTS)


def _events(answer: httpx.Response) -> Iterator[Any]:
    rest = b""
    # Not by `iter_lines`, which takes characters within a text for ends of lines.
    for piece in answer.iter_bytes():
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            data = line.removeprefix(b"data:").strip()
            if line.startswith(b"data:") and data not in (b"", b"[DONE]"):
                try:
                    yield json.loads(data)
                except ValueError as error:
                    status = answer.status_code
                    raise ModelServerError(status=status, detail="no JSON") from error


def _read(answer: httpx.Response) -> Any:
    if not answer.is_success:
        raise ModelServerError(status=answer.status_code, detail=answer.text[:_SHOWN].strip())
    try:
        return answer.json()
    except ValueError as error:
        raise ModelServerError(status=answer.status_code, detail="no JSON") from error
