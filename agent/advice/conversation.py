"""Talk with a chat model until it answers, the budget is spent, or it fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.advice.budget import Spending
from agent.advice.tools import TOOLS, Desk
from chohyo.models.chat import ChatModel, Message, Reply

_MOST_ANSWER_TOKENS = 8_000
_MOST_CALLS_A_TURN = 8

Note = Callable[[Sequence[Message], Reply], None]


@dataclass(frozen=True, slots=True)
class Task:
    """What the model is told to do, and the JSON Schema of its answer."""

    instruction: str
    schema: Mapping[str, Any]


def converse(
    chat: ChatModel, task: Task, shown: str, desk: Desk, spending: Spending, note: Note
) -> str | None:
    """Return the model's answer as text, or None when the budget was spent before it came.

    Args:
        chat: the model.
        task: what is asked of it.
        shown: what it is about as JSON, data for the model.
        desk: what its tools read from.
        spending: the budget.
        note: told of each call with the messages sent and the reply.
    """
    messages: list[Message] = [
        {"role": "system", "content": task.instruction},
        {"role": "user", "content": shown},
    ]
    while not spending.is_spent:
        most = min(_MOST_ANSWER_TOKENS, spending.tokens_left)
        reply = chat.reply(messages, TOOLS, task.schema, most)
        spending.note(reply.prompt_tokens + reply.answer_tokens)
        note(messages, reply)
        if not reply.calls:
            return reply.text
        messages.append(reply.message)
        for number, call in enumerate(reply.calls):
            used = number < _MOST_CALLS_A_TURN
            result = desk.use(call.name, call.arguments) if used else '{"error": "too many calls"}'
            messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
    return None
