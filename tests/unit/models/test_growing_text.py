"""Text that grows token by token."""

from __future__ import annotations

from chohyo.models.qwen_tokens import GrowingText


class Bytes:
    """A vocabulary whose tokens are single bytes; counts those it decodes."""

    def __init__(self) -> None:
        self.decoded = 0

    def text(self, ids):
        """Return the text of some bytes."""
        self.decoded += len(ids)
        return bytes(ids).decode("utf-8", "replace")


def _grown(data: bytes) -> tuple[list[str], int]:
    vocabulary = Bytes()
    text = GrowingText(vocabulary)
    return [text.add([each]) for each in data], vocabulary.decoded


def test_a_letter_is_told_once_its_bytes_are_whole():
    told, _ = _grown("年a😀".encode())
    assert told == ["", "", "年", "年a", "年a", "年a", "年a", "年a😀"]


def test_a_long_answer_is_decoded_a_few_times_at_most():
    answer = "在留期間更新 2024-03-01, " * 200
    told, decoded = _grown(answer.encode())
    assert told[-1] == answer
    assert decoded < 10 * len(answer.encode())


def test_bytes_that_are_no_letter_do_not_hold_up_the_rest():
    told, decoded = _grown(b"a" + b"\xff" * 100 + b"bc")
    assert told[-1].endswith("bc")
    assert decoded < 2_000
