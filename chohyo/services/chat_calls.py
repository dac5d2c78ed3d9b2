"""Ask a chat model that another process has loaded, and answer such calls where it is."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from chohyo.domain.documents import Failure
from chohyo.errors import ChohyoError
from chohyo.models.chat import Message, Reply, ToolCall
from chohyo.services.model_calls import Asking
from chohyo.services.runtime import Runtime
from chohyo.storage import model_calls
from chohyo.storage.model_calls import CallKind

_log = logging.getLogger(__name__)


class TimedChat(Protocol):
    """A chat model in this process, bounded in time."""

    def reply(
        self,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]],
        schema: Mapping[str, Any],
        most_tokens: int,
        seconds: float,
    ) -> Reply:
        """Return the model's next turn within so many seconds."""
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
        asked = {
            "messages": list(messages), "tools": [dict(tool) for tool in tools],
            "schema": dict(schema), "most_tokens": most_tokens, "seconds": self.seconds,
        }  # fmt: skip
        asking = Asking(self.runtime, self.seconds, self.priority, self.model)
        (said,) = asking.ask(CallKind.CHAT, [json.dumps(asked, ensure_ascii=False).encode()])
        found = json.loads(str(said))
        calls = tuple(ToolCall(**call) for call in found.pop("calls"))
        return Reply(calls=calls, **found)


def answer_chats(runtime: Runtime, chats: Mapping[str, TimedChat]) -> int:
    """Answer the conversation that has waited longest, if one does; return how many: 0 or 1."""
    with runtime.database.transaction() as connection:
        calls = model_calls.claim(connection, 1, [(CallKind.CHAT, name) for name in chats])
    for call in calls:
        result = _said(chats[call.model], call.payload)
        with runtime.database.transaction() as connection:
            if isinstance(result, Failure):
                model_calls.fail(connection, call.id, result)
            else:
                model_calls.say(connection, call.id, json.dumps(result, ensure_ascii=False))
    return len(calls)


def _said(chat: TimedChat, payload: bytes) -> dict[str, Any] | Failure:
    try:
        return asdict(chat.reply(**json.loads(payload)))
    except ChohyoError as error:
        return Failure(error.code, error.params)
    except Exception:  # noqa: BLE001 - the caller is told, and the log has it
        _log.exception("the chat model went wrong")
        return Failure(ChohyoError.code, {})
