"""Processes without the models ask the one that has them, through PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from chohyo.errors import ChohyoError, UnavailableError
from chohyo.models.qwen_errors import EmptyTextError, ModelMemoryError
from chohyo.models.qwen_prompts import ModelInput, ModelPair
from chohyo.services import model_calls
from chohyo.services.model_calls import RemoteModels, answer_calls
from chohyo.services.runtime import Runtime
from chohyo.storage.model_calls import CallKind
from tests.integration.conftest import RecordingQueue


class Counted:
    """Embeds a text as its length, scores a pair by its texts, and remembers its batches."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def embed(
        self, inputs: Sequence[ModelInput], dimensions: int | None = None
    ) -> NDArray[np.float32]:
        """Return (length, 1), or fail when a text is empty or too much."""
        self.batches.append(len(inputs))
        for number, given in enumerate(inputs, 1):
            given.check(f"#{number}")
            if given.text == "huge":
                raise ModelMemoryError
            if given.text == "bug":
                raise KeyError(given.text)
        return np.array([[len(each.text or ""), 1.0] for each in inputs], np.float32)

    def score(self, pairs: Sequence[ModelPair]) -> NDArray[np.float32]:
        """Return half where both texts are alike."""
        self.batches.append(len(pairs))
        alike = [pair.query.text == pair.document.text for pair in pairs]
        return np.array(alike, np.float32) / 2


@contextmanager
def answered(runtime: Runtime, models: Any) -> Iterator[None]:
    """Answer calls in another thread while the block lasts."""
    over = threading.Event()

    def work() -> None:
        while not over.wait(0.02):
            answer_calls(runtime, {"": models}, {"": models})

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_vectors_and_scores_come_back_in_order(runtime: Runtime, queue: RecordingQueue) -> None:
    remote = RemoteModels(runtime, seconds=20)
    words = ["a", "abc", "ab", "abcdef"]
    with answered(runtime, Counted()):
        vectors = remote.embed([ModelInput(word) for word in words])
        scores = remote.score([ModelPair(ModelInput("a"), ModelInput(w)) for w in words])

    assert np.allclose(vectors[:, 0] / vectors[:, 1], [1, 3, 2, 6])
    assert scores.tolist() == [0.5, 0, 0, 0]
    assert {kind for kind, _, _ in queue.sent} == {"model"}
    assert _left(runtime) == 0


def test_an_image_arrives_as_it_was_sent(runtime: Runtime) -> None:
    sent = Image.fromarray(np.random.default_rng(0).integers(0, 256, (50, 40), np.uint8))
    seen: list[Any] = []

    class Watching(Counted):
        def embed(self, inputs: Any, dimensions: int | None = None) -> NDArray[np.float32]:
            seen.extend(np.asarray(each.images[0]) for each in inputs)
            return super().embed(inputs, dimensions)

    with answered(runtime, Watching()):
        RemoteModels(runtime, 20).embed([ModelInput("x", (sent,), "Same layout")])

    assert np.array_equal(seen[0], np.asarray(sent))


def test_calls_that_wait_together_are_computed_together(runtime: Runtime) -> None:
    models = Counted()
    asking = [
        threading.Thread(target=RemoteModels(runtime, 20).embed, args=([ModelInput("x")],))
        for _ in range(6)
    ]
    for thread in asking:
        thread.start()
    while _left(runtime) < 6:
        pass
    answer_calls(runtime, {"": models}, {"": models})
    for thread in asking:
        thread.join()

    assert models.batches == [6]


def test_queries_go_before_pages(runtime: Runtime) -> None:
    order: list[str | None] = []

    class Watching(Counted):
        def embed(self, inputs: Any, dimensions: int | None = None) -> NDArray[np.float32]:
            order.extend(each.text for each in inputs)
            return super().embed(inputs, dimensions)

    pages = RemoteModels(runtime, 20, priority=5)
    query = RemoteModels(runtime, 20, priority=1)
    asking = [
        threading.Thread(target=pages.embed, args=([ModelInput(f"page {n}") for n in range(70)],)),
        threading.Thread(target=query.embed, args=([ModelInput("query")],)),
    ]
    for thread, waiting in zip(asking, (70, 71), strict=True):
        thread.start()
        while _left(runtime) < waiting:
            pass
    while answer_calls(runtime, {"": Watching()}, {}):
        pass
    for thread in asking:
        thread.join()

    # A batch has no order, so what counts is that the query was in the first.
    assert "query" in order[:64]


def test_a_bad_input_fails_alone_and_as_it_would_here(runtime: Runtime) -> None:
    remote, models = RemoteModels(runtime, 20), Counted()
    failed: dict[str, Exception] = {}
    good: list[NDArray[np.float32]] = []

    def ask(text: str) -> None:
        try:
            good.append(remote.embed([ModelInput(text)]))
        except ChohyoError as error:
            failed[text] = error

    asking = [threading.Thread(target=ask, args=(t,)) for t in ("a", "", "huge", "bug", "b")]
    for thread in asking:
        thread.start()
    while _left(runtime) < 5:
        pass
    answer_calls(runtime, {"": models}, {"": models})
    for thread in asking:
        thread.join()

    assert len(good) == 2
    assert isinstance(failed[""], EmptyTextError)
    assert isinstance(failed["huge"], ModelMemoryError)
    assert type(failed["bug"]).__name__ == "ChohyoError"


def test_a_process_with_another_model_leaves_a_call_alone(runtime: Runtime) -> None:
    asking = threading.Thread(
        target=RemoteModels(runtime, 20, model="small@1").embed, args=([ModelInput("x")],)
    )
    large, small = Counted(), Counted()
    asking.start()
    while _left(runtime) < 1:
        pass
    assert answer_calls(runtime, {"large@1": large}, {"small@1": large}) == 0
    assert answer_calls(runtime, {"large@1": large, "small@1": small}, {}) == 1
    asking.join()

    assert (large.batches, small.batches) == ([], [1])


def test_no_answer_in_time_is_an_error_that_passes(runtime: Runtime, queue: RecordingQueue) -> None:
    with pytest.raises(UnavailableError, match="model worker") as caught:
        RemoteModels(runtime, seconds=0.2).embed([ModelInput("x")])

    assert caught.value.passing
    assert _left(runtime) == 0


def test_a_call_whose_deadline_is_over_is_not_begun(runtime: Runtime) -> None:
    from chohyo.domain.ids import new_id
    from chohyo.storage import model_calls as rows

    with runtime.database.transaction() as connection:
        rows.insert(connection, rows.ModelCall(new_id(), CallKind.EMBED, b"{}"), 5, seconds=-1)

    assert answer_calls(runtime, {"": Counted()}, {}) == 0


def test_models_are_known_while_their_process_is_heard_of(runtime: Runtime) -> None:
    assert model_calls.hosted(runtime) == []
    model_calls.appear(runtime, [(CallKind.EMBED, "tiny", "1"), (CallKind.SCORE, "judge", "2")])
    assert [(m.role.value, m.model_id) for m in model_calls.hosted(runtime)] == [
        ("embed", "tiny"),
        ("score", "judge"),
    ]
    with runtime.database.transaction() as connection:
        connection.execute("UPDATE model_host SET seen_at = now() - interval '5 minutes'")
    assert model_calls.hosted(runtime) == []
    model_calls.stay(runtime)
    assert len(model_calls.hosted(runtime)) == 2
    model_calls.leave(runtime)
    assert model_calls.hosted(runtime) == []


def _left(runtime: Runtime) -> int:
    with runtime.database.transaction() as connection:
        row = connection.execute("SELECT count(*) AS n FROM model_call").fetchone()
    assert row is not None
    return int(row["n"])
