"""Ask a chat model that another process has loaded, and answer such calls where it is."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Final, Protocol
from uuid import UUID

from chohyo.domain.documents import Failure
from chohyo.errors import ChohyoError, UnavailableError
from chohyo.models.chat import Message, Reply, ToolCall
from chohyo.services.model_calls import Asking
from chohyo.services.runtime import Runtime
from chohyo.storage import model_calls
from chohyo.storage.model_calls import CallKind

_log = logging.getLogger(__name__)

_TELLING_SECONDS: Final = 0.1  # between two looks of those who listen


class TimedChat(Protocol):
    """A chat model in this process, bounded in time."""

    def reply(
        self,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]],
        schema: Mapping[str, Any],
        most_tokens: int,
        seconds: float,
        tell: Callable[[str], None] | None = None,
    ) -> Reply:
        """Return the model's next turn within so many seconds; `tell` as in `StreamingChat`."""
        ...


@dataclass(frozen=True, slots=True)
class RemoteChat:
    """A chat model in the process that has the card; `model` is the name calls ask for it by."""

    runtime: Runtime
    model: str
    seconds: float
    priority: int = 7

    @property
    def name(self) -> str:
        """Return the model's name with its revision."""
        return self.model

    def reply(
        self,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]],
        schema: Mapping[str, Any],
        most_tokens: int,
    ) -> Reply:
        """Return the model's next turn.

        Raises:
            UnavailableError: there was no answer in time.
            ChatOutputError: its answer cannot be used.
            ChohyoError: it failed, as it is told where the model is.
        """
        return self._asked(messages, tools, schema, most_tokens, None)

    def stream(
        self,
        messages: Sequence[Message],
        schema: Mapping[str, Any],
        most_tokens: int,
        tell: Callable[[str], None],
    ) -> Reply:
        """Return the answer, told as the other process writes it; raises as `reply`."""
        reply = self._asked(messages, (), schema, most_tokens, tell)
        tell(reply.text)
        return reply

    def _asked(
        self,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]],
        schema: Mapping[str, Any],
        most_tokens: int,
        tell: Callable[[str], None] | None,
    ) -> Reply:
        asked = {
            "messages": list(messages), "tools": [dict(tool) for tool in tools],
            "schema": dict(schema), "most_tokens": most_tokens, "seconds": self.seconds,
        }  # fmt: skip
        payload = {"asked": asked, "heard": tell is not None}
        asking = Asking(self.runtime, self.seconds, self.priority, self.model)
        encoded = json.dumps(payload, ensure_ascii=False).encode()
        (said,) = asking.ask(CallKind.CHAT, [encoded], tell)
        found = json.loads(str(said))
        calls = tuple(ToolCall(**call) for call in found.pop("calls"))
        return Reply(calls=calls, **found)


def answer_chats(runtime: Runtime, chats: Mapping[str, TimedChat]) -> int:
    """Answer the conversation that has waited longest, if one does; return how many: 0 or 1."""
    with runtime.database.transaction() as connection:
        calls = model_calls.claim(connection, 1, [(CallKind.CHAT, name) for name in chats])
    for call in calls:
        result = _said(runtime, call.id, chats[call.model], call.payload)
        with runtime.database.transaction() as connection:
            if isinstance(result, Failure):
                model_calls.fail(connection, call.id, result)
            else:
                model_calls.say(connection, call.id, json.dumps(result, ensure_ascii=False))
    return len(calls)


class _Teller:
    """Shows what a model has written so far to the process that waits for it, now and then."""

    def __init__(self, runtime: Runtime, call_id: UUID) -> None:
        self._runtime, self._call_id = runtime, call_id
        self._next = 0.0

    def __call__(self, text: str) -> None:
        """Show a text.

        Raises:
            UnavailableError: nobody waits for it any more.
        """
        if not text or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _TELLING_SECONDS
        with self._runtime.database.transaction() as connection:
            if not model_calls.tell(connection, self._call_id, text):
                raise UnavailableError(part="The chat model")


def _said(
    runtime: Runtime, call_id: UUID, chat: TimedChat, payload: bytes
) -> dict[str, Any] | Failure:
    try:
        given = json.loads(payload)
        say = partial(chat.reply, **given["asked"])
        return asdict(say(tell=_Teller(runtime, call_id)) if given["heard"] else say())
    except ChohyoError as error:
        return Failure(error.code, error.params)
    except Exception:  # noqa: BLE001 - the caller is told, and the log has it
        _log.exception("the chat model went wrong")
        return Failure(ChohyoError.code, {})
