"""A chat model behind any endpoint that speaks OpenAI's chat completions, with tools."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chohyo.errors import ChohyoError
from chohyo.models.http_endpoint import Endpoint

Message = dict[str, Any]


class ChatOutputError(ChohyoError):
    """The model's answer is not what the protocol has."""

    code = "chat-output"
    message = "The chat model answered something that cannot be used."
    http_status = 502
    exit_code = 7


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool the model wants called; `arguments` were checked to be a JSON object."""

    id: str
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """One turn of the model: text, or tools to be called; `message` is the turn to send back.

    `prompt_tokens` and `answer_tokens` are as the endpoint counted them, 0 where it did not.
    """

    text: str
    calls: tuple[ToolCall, ...]
    message: Message
    prompt_tokens: int = 0
    answer_tokens: int = 0


class ChatModel(Protocol):
    """Answers a conversation."""

    @property
    def name(self) -> str:
        """Return the model's name with its revision, as the audit keeps it."""
        ...

    def reply(
        self,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]],
        schema: Mapping[str, Any],
        most_tokens: int,
    ) -> Reply:
        """Return the model's next turn.

        Args:
            messages: the conversation so far.
            tools: what may be called, as OpenAI describes functions.
            schema: JSON Schema of the final answer.
            most_tokens: bound on the answer.

        Raises:
            UnavailableError: the endpoint does not answer.
            ModelServerError: it refuses.
            ChatOutputError: its answer cannot be used.
        """
        ...


@dataclass(frozen=True, slots=True)
class OpenAiChat:
    """A model of the name `model` at an endpoint."""

    endpoint: Endpoint
    model: str
    revision: str = ""

    @property
    def name(self) -> str:
        """Return the model's name with its revision."""
        return f"{self.model}@{self.revision}" if self.revision else self.model

    def reply(
        self,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]],
        schema: Mapping[str, Any],
        most_tokens: int,
    ) -> Reply:
        """Return the model's next turn; raises as the protocol says."""
        body: dict[str, Any] = {
            "model": self.model,
            "messages": list(messages),
            "max_tokens": most_tokens,
            "temperature": 0,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "answer", "schema": dict(schema), "strict": True},
            },
        }
        if tools:
            body["tools"] = [{"type": "function", "function": dict(tool)} for tool in tools]
        return _reply(self.endpoint.post("/v1/chat/completions", body))


def _reply(answer: Any) -> Reply:
    try:
        message = answer["choices"][0]["message"]
        calls = tuple(_call(each) for each in message.get("tool_calls") or ())
        text = message.get("content") or ""
        usage = answer.get("usage") or {}
        counted = int(usage.get("prompt_tokens", 0)), int(usage.get("completion_tokens", 0))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise ChatOutputError from error
    if not isinstance(text, str):
        raise ChatOutputError
    sent_back: Message = {"role": "assistant", "content": text}
    if calls:
        sent_back["tool_calls"] = message["tool_calls"]
    return Reply(text, calls, sent_back, *counted)


def _call(described: Any) -> ToolCall:
    function = described["function"]
    arguments = json.loads(function.get("arguments") or "{}")
    if not isinstance(arguments, dict):
        raise ChatOutputError
    return ToolCall(str(described["id"]), str(function["name"]), arguments)
