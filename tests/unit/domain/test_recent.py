"""Keeping what was used last."""

from __future__ import annotations

import threading

import pytest

from chohyo.domain.recent import Recent


def _made(log: list[str], name: str):
    def make() -> str:
        log.append(name)
        return name.upper()

    return make


def test_what_is_kept_is_made_once():
    log: list[str] = []
    recent: Recent[str, str] = Recent(2)

    assert [recent.get("a", _made(log, "a")) for _ in range(3)] == ["A"] * 3
    assert log == ["a"]


def test_the_least_recently_used_is_dropped_first():
    log: list[str] = []
    recent: Recent[str, str] = Recent(2)

    for name in ("a", "b", "a", "c", "a", "b"):
        recent.get(name, _made(log, name))

    assert log == ["a", "b", "c", "b"]


def test_none_is_kept_too():
    asked: list[int] = []
    recent: Recent[int, None] = Recent(2)

    for _ in range(2):
        recent.get(7, lambda: asked.append(7))

    assert asked == [7]


def test_as_much_is_kept_as_there_is_room_for():
    log: list[str] = []
    recent: Recent[str, str] = Recent(5, len)

    for name in ("aaa", "bb", "c", "bb", "aaa"):
        recent.get(name, _made(log, name))

    assert log == ["aaa", "bb", "c", "aaa"]
    assert recent.get("too large", _made(log, "too large")) == "TOO LARGE"
    assert recent.get("bb", _made(log, "bb")) == "BB"
    assert log[-2:] == ["too large", "bb"]


def test_nothing_is_kept_of_what_could_not_be_made():
    recent: Recent[str, str] = Recent(2)

    def fail() -> str:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        recent.get("a", fail)
    assert recent.get("a", lambda: "made") == "made"


def test_others_are_served_while_something_is_made():
    recent: Recent[str, str] = Recent(4)
    waiting, going = threading.Event(), threading.Event()

    def slow() -> str:
        waiting.set()
        assert going.wait(10)
        return "slow"

    maker = threading.Thread(target=lambda: recent.get("slow", slow))
    maker.start()
    assert waiting.wait(10)
    assert recent.get("quick", lambda: "quick") == "quick"
    going.set()
    maker.join(10)

    assert recent.get("slow", lambda: "again") == "slow"
