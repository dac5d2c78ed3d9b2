"""Ask models that another process has loaded, and answer such calls where they are.

A call is a row, the broker's message a hint about it, and whoever asks waits for the answer until
a deadline. Calls that wait together are computed together.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.documents import Failure
from chohyo.domain.ids import new_id
from chohyo.errors import ChohyoError, UnavailableError
from chohyo.models import qwen_exchange
from chohyo.models.qwen_errors import ModelOutputError
from chohyo.models.qwen_pages import Embeds, Scores
from chohyo.models.qwen_prompts import ModelInput, ModelPair
from chohyo.models.vector_cuts import cut
from chohyo.services.runtime import Runtime
from chohyo.storage import model_calls
from chohyo.storage.model_calls import CallKind, HostedModel, ModelCall

_log = logging.getLogger(__name__)

Compute = Callable[[Sequence[bytes]], NDArray[np.float32]]

HINT = "model"
SEEN_SECONDS = 30.0  # a process that was not heard of for so long is gone
_MOST = 64  # calls taken up at once; batches are made of them
_PAUSES = (0.01, 0.02, 0.05, 0.1)  # seconds between two looks, the last one from then on
_HINT_SECONDS = 2.0  # after which a hint may be lost and is sent again


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks the process that has `model`, and waits for the answers for so many seconds.

    Lower numbers of `priority` are answered first: a person waits for a query, no one for a page.
    Only a process that has `model` answers: vectors of two models never mix.
    """

    runtime: Runtime
    seconds: float
    priority: int = 5
    model: str = ""

    def ask(
        self,
        kind: CallKind,
        payloads: Sequence[bytes],
        tell: Callable[[str], None] | None = None,
    ) -> list[NDArray[np.float32] | str]:
        """Return the answers, in their order; `tell` is given what there is of the first so far.

        Raises:
            UnavailableError: there was no answer in time.
            ChohyoError: an input cannot be used, as it is told where the models are.
        """
        calls = [ModelCall(new_id(), kind, payload, self.model) for payload in payloads]
        with self.runtime.database.transaction() as connection:
            for call in calls:
                model_calls.insert(connection, call, self.priority, self.seconds)
        try:
            return self._answers([call.id for call in calls], tell)
        finally:
            with self.runtime.database.transaction() as connection:
                model_calls.drop(connection, [call.id for call in calls])

    def _answers(
        self, call_ids: Sequence[UUID], tell: Callable[[str], None] | None
    ) -> list[NDArray[np.float32] | str]:
        """Wait for all answers, looking for them less and less often."""
        deadline = time.monotonic() + self.seconds
        found: dict[UUID, NDArray[np.float32] | str] = {}
        hinted, looks = -_HINT_SECONDS, 0
        while len(found) < len(call_ids):
            if time.monotonic() - hinted > _HINT_SECONDS:
                self.runtime.queue.send(HINT, call_ids[0], self.priority)
                hinted = time.monotonic()
            if tell is not None:
                self._listen(call_ids[0], tell)
            self._collect([each for each in call_ids if each not in found], found)
            if time.monotonic() > deadline:
                raise UnavailableError(part="The model worker")
            if len(found) < len(call_ids):
                time.sleep(_PAUSES[min(looks, len(_PAUSES) - 1)])
                looks += 1
        return [found[each] for each in call_ids]

    def _listen(self, call_id: UUID, tell: Callable[[str], None]) -> None:
        with self.runtime.database.transaction() as connection:
            so_far = model_calls.so_far(connection, call_id)
        if so_far:
            tell(so_far)

    def _collect(
        self, call_ids: Sequence[UUID], found: dict[UUID, NDArray[np.float32] | str]
    ) -> None:
        for call_id in call_ids:
            with self.runtime.database.transaction() as connection:
                answer = model_calls.take(connection, call_id)
            if isinstance(answer, Failure):
                raise _error(answer)
            if answer is not None:
                found[call_id] = answer


@dataclass(frozen=True, slots=True)
class RemoteModels:
    """Embeds and scores through the process that has the models; see `Asking`."""

    runtime: Runtime
    seconds: float
    priority: int = 5
    model: str = ""

    def embed(
        self, inputs: Sequence[ModelInput], dimensions: int | None = None
    ) -> NDArray[np.float32]:
        """Return one L2-normalised row (inputs, dimensions) for each input; raises as `Asking`."""
        rows = self._ask(CallKind.EMBED, qwen_exchange.encoded(inputs))
        if not rows:
            return np.zeros((0, dimensions or 0), np.float32)
        whole = np.stack(rows)
        return cut(whole, dimensions or whole.shape[1])

    def score(self, pairs: Sequence[ModelPair]) -> NDArray[np.float32]:
        """Return a score in 0 … 1 for each pair, in their order; raises as `Asking`."""
        rows = self._ask(CallKind.SCORE, qwen_exchange.encoded(pairs))
        return np.array([row[0] for row in rows], np.float32)

    def _ask(self, kind: CallKind, payloads: Sequence[bytes]) -> list[NDArray[np.float32]]:
        asking = Asking(self.runtime, self.seconds, self.priority, self.model)
        return [np.asarray(each, np.float32) for each in asking.ask(kind, payloads)]


def answer_calls(
    runtime: Runtime, embedders: Mapping[str, Embeds], rerankers: Mapping[str, Scores]
) -> int:
    """Answer the calls that wait for these models, the most urgent first; return how many.

    An input that cannot be used fails alone: the others are computed without it.
    """
    compute: dict[tuple[CallKind, str], Compute] = {}
    for name, embedder in embedders.items():
        compute[CallKind.EMBED, name] = partial(_embedded, embedder)
    for name, reranker in rerankers.items():
        compute[CallKind.SCORE, name] = partial(_scored, reranker)
    with runtime.database.transaction() as connection:
        model_calls.expire(connection)
        calls = model_calls.claim(connection, _MOST, list(compute))
    for asked, computed in compute.items():
        of_model = [call for call in calls if (call.kind, call.model) == asked]
        for call, result in _results(of_model, computed):
            with runtime.database.transaction() as connection:
                if isinstance(result, Failure):
                    model_calls.fail(connection, call.id, result)
                else:
                    model_calls.answer(connection, call.id, result)
    return len(calls)


def hosted(runtime: Runtime) -> list[HostedModel]:
    """Return the models that some process has loaded and is ready to run."""
    with runtime.database.transaction() as connection:
        return model_calls.hosted(connection, SEEN_SECONDS)


def appear(runtime: Runtime, models: Sequence[tuple[CallKind, str, str]]) -> None:
    """Note that this process has loaded models, each with its id and revision."""
    with runtime.database.transaction() as connection:
        model_calls.leave(connection)
        for role, model_id, revision in models:
            model_calls.appear(connection, role, model_id, revision)


def stay(runtime: Runtime) -> None:
    """Note that this process still has its models."""
    with runtime.database.transaction() as connection:
        model_calls.seen(connection)


def leave(runtime: Runtime) -> None:
    """Note that this process has its models no longer."""
    with runtime.database.transaction() as connection:
        model_calls.leave(connection)


def _error(failure: Failure) -> ChohyoError:
    """Return the error of the process that failed, as if it had been raised here."""
    kinds: list[type[ChohyoError]] = [ChohyoError]
    for kind in kinds:
        kinds += kind.__subclasses__()
        if kind.code == failure.code:
            return kind(**failure.params)
    return ChohyoError()


def _embedded(embedder: Embeds, data: Sequence[bytes]) -> NDArray[np.float32]:
    return embedder.embed(list(map(qwen_exchange.decoded_input, data)))


def _scored(reranker: Scores, data: Sequence[bytes]) -> NDArray[np.float32]:
    return reranker.score(list(map(qwen_exchange.decoded_pair, data)))[:, None]


def _results(
    calls: Sequence[ModelCall], compute: Compute
) -> list[tuple[ModelCall, NDArray[np.float32] | Failure]]:
    """Compute calls together, or one by one when that fails."""
    if not calls:
        return []
    try:
        results = compute([call.payload for call in calls])
        if len(results) != len(calls):
            raise ModelOutputError(model="", got=len(results), asked=len(calls))
        return list(zip(calls, results, strict=True))
    except ChohyoError as error:
        if len(calls) == 1:
            return [(calls[0], Failure(error.code, error.params))]
    except Exception:  # noqa: BLE001 - the caller is told, and the log has it
        _log.exception("%d model calls went wrong", len(calls))
        if len(calls) == 1:
            return [(calls[0], Failure(ChohyoError.code, {}))]
    return [result for call in calls for result in _results([call], compute)]
