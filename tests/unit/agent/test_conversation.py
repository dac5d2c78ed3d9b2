"""A conversation ends with an answer or with its budget, and its tools change nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace

from agent.advice.budget import Budget, Spending
from agent.advice.conversation import Task, converse
from agent.advice.tools import TOOLS, Desk
from chohyo.discovery.advice import Anchor
from chohyo.domain.geometry import Box
from chohyo.models.chat import Reply, ToolCall

TASK = Task("Do it.", {"type": "object"})
DESK = Desk(
    anchors=[Anchor("p1-1", "請求書", 1, Box(0, 0, 1, 0.1))],
    region=lambda page, box: f"page {page}, {box.width:.1f} wide",
    values=lambda name: {"total": ["1,200"]}[name],
    known=lambda: [("請求書", ["2024"])],
)


@dataclass
class Scripted:
    """Says one thing after the other, and keeps what it was sent."""

    replies: list[Reply]
    sent: list[list[dict]] = field(default_factory=list)
    name: str = "scripted"

    def reply(self, messages, tools, schema, most_tokens):
        self.sent.append(list(messages))
        return self.replies.pop(0)


def asks(name: str, **arguments: object) -> Reply:
    message = {"role": "assistant", "content": "", "tool_calls": []}
    return Reply("", (ToolCall("c1", name, arguments),), message, 10, 5)


def test_tools_are_answered_until_the_model_answers():
    chat = Scripted([asks("list_values", field="total"), Reply("done", (), {}, 10, 5)])
    noted: list[Reply] = []
    spending = Spending(Budget())

    answer = converse(chat, TASK, "{}", DESK, spending, lambda _, reply: noted.append(reply))

    assert answer == "done"
    assert chat.sent[1][-1] == {"role": "tool", "tool_call_id": "c1", "content": '["1,200"]'}
    assert (len(noted), spending.calls, spending.tokens) == (2, 2, 30)


def test_without_an_answer_the_budget_ends_it():
    chat = Scripted([asks("list_anchors", page=1) for _ in range(9)])
    assert converse(chat, TASK, "{}", DESK, Spending(Budget(calls=3)), lambda *_: None) is None
    assert len(chat.sent) == 3

    chat = Scripted([asks("list_anchors", page=1) for _ in range(9)])
    assert converse(chat, TASK, "{}", DESK, Spending(Budget(tokens=40)), lambda *_: None) is None
    assert len(chat.sent) == 3

    ticks = iter(range(0, 1000, 50))
    late = Spending(Budget(seconds=90), clock=lambda: float(next(ticks)))
    chat = Scripted([asks("list_anchors", page=1) for _ in range(9)])
    assert converse(chat, TASK, "{}", DESK, late, lambda *_: None) is None
    assert len(chat.sent) == 1


def test_each_tool_reads_and_none_decides():
    assert {tool["name"] for tool in TOOLS} == {
        "look_at_region", "list_anchors", "list_values", "compare_templates",
    }  # fmt: skip
    assert json.loads(DESK.use("look_at_region", {"page": 1, "box": [0, 0, 0.5, 2]})) == {
        "text": "page 1, 0.5 wide"
    }
    assert json.loads(DESK.use("list_anchors", {"page": 1}))[0]["text"] == "請求書"
    known = {"name": "請求書", "versions": ["2024"]}
    assert json.loads(DESK.use("compare_templates", {})) == {"known": [known], "differences": []}
    differs = {"id": "difference-1-1", "here": "2025", "there": "2024"}
    desk = replace(DESK, differences=lambda: [differs])
    assert json.loads(desk.use("compare_templates", {}))["differences"] == [differs]


def test_a_call_that_makes_no_sense_is_told_so():
    for name, arguments in (
        ("approve", {}), ("list_values", {"field": "ghost"}), ("list_values", {}),
        ("look_at_region", {"page": "x", "box": [0, 0, 1, 1]}),
        ("look_at_region", {"page": 1, "box": [1, 1, 0, 0]}),
        ("look_at_region", {"page": 1, "box": 3}),
    ):  # fmt: skip
        assert "error" in json.loads(DESK.use(name, arguments)), name
