"""A chat model behind any endpoint that speaks OpenAI's chat completions, with tools."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chohyo.errors import ChohyoError
from chohyo.models.http_endpoint import Endpoint

Message = dict[str, Any]

_PATH = "/v1/chat/completions"


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


class StreamingChat(ChatModel, Protocol):
    """Answers a conversation, and lets one listen while it does."""

    def stream(
        self,
        messages: Sequence[Message],
        schema: Mapping[str, Any],
        most_tokens: int,
        tell: Callable[[str], None],
    ) -> Reply:
        """Return the answer as `reply` does; `tell` is given what there is of it so far.

        What `tell` raises ends the answer.
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
        body = self._body(messages, schema, most_tokens)
        if tools:
            body["tools"] = [{"type": "function", "function": dict(tool)} for tool in tools]
        return _reply(self.endpoint.post(_PATH, body))

    def stream(
        self,
        messages: Sequence[Message],
        schema: Mapping[str, Any],
        most_tokens: int,
        tell: Callable[[str], None],
    ) -> Reply:
        """Return the answer, told as it comes; where none is streamed, it is told as a whole."""
        body = self._body(messages, schema, most_tokens)
        body |= {"stream": True, "stream_options": {"include_usage": True}}
        text, usage = "", (0, 0)
        for event in self.endpoint.events(_PATH, body):
            piece, whole, counted = _piece(event)
            usage = counted or usage
            if piece:
                text = piece if whole else text + piece
                tell(text)
        return Reply(text, (), {"role": "assistant", "content": text}, *usage)

    def _body(
        self, messages: Sequence[Message], schema: Mapping[str, Any], most_tokens: int
    ) -> dict[str, Any]:
        return {
            "model": self.model,
            "messages": list(messages),
            "max_tokens": most_tokens,
            "temperature": 0,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "answer", "schema": dict(schema), "strict": True},
            },
        }


def _piece(event: Any) -> tuple[str, bool, tuple[int, int] | None]:
    """Return the text of an event, whether it is the whole answer, and the tokens if it says."""
    try:
        choice = (event.get("choices") or [{}])[0]
        if "message" in choice:
            reply = _reply(event)
            return reply.text, True, (reply.prompt_tokens, reply.answer_tokens)
        text = (choice.get("delta") or {}).get("content") or ""
        usage = _usage(event) if event.get("usage") else None
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise ChatOutputError from error
    if not isinstance(text, str) or "error" in event:
        raise ChatOutputError
    return text, False, usage


def _usage(answer: Mapping[str, Any]) -> tuple[int, int]:
    usage = answer.get("usage") or {}
    return int(usage.get("prompt_tokens", 0)), int(usage.get("completion_tokens", 0))


def _reply(answer: Any) -> Reply:
    try:
        message = answer["choices"][0]["message"]
        calls = tuple(_call(each) for each in message.get("tool_calls") or ())
        text = message.get("content") or ""
        counted = _usage(answer)
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
