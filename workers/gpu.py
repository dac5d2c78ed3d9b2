"""The worker that has the models: a Celery application, a queue and a process of its own.

It loads the weights once, tries them, and answers the calls of the other processes; one at a time,
for a card computes one batch at a time.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from celery.signals import worker_init, worker_shutdown
from PIL import Image

from chohyo.errors import UnavailableError
from chohyo.models.qwen_pages import Scores
from chohyo.models.qwen_prompts import ModelInput, ModelPair
from chohyo.profiles import LoadedModels, load_models
from chohyo.queue import MODEL_QUEUE, celery_app
from chohyo.qwen_profile import reranker_key
from chohyo.services import chat_calls, model_calls
from chohyo.services.runtime import Runtime
from chohyo.settings import Settings, open_runtime
from chohyo.storage.model_calls import CallKind
from workers import logs
from workers.runtime import settings

_log = logging.getLogger(__name__)
_BEAT_SECONDS = 5.0
# A conversation takes many seconds: it has a thread of its own, so that no query waits for it.
_ASKED = threading.Event()

app = celery_app(settings().broker_settings)
logs.take_over(settings().log.format)
app.conf.update(task_default_queue=MODEL_QUEUE, worker_concurrency=1)


@dataclass(frozen=True, slots=True)
class ModelRoom:
    """The loaded models, and the services through which they are asked."""

    runtime: Runtime
    models: LoadedModels
    rerankers: Mapping[str, Scores]

    def chat(self) -> None:
        """Answer all conversations that wait."""
        while chat_calls.answer_chats(self.runtime, self.models.chats):
            pass

    def answer(self) -> None:
        """Answer all calls that wait for vectors and scores."""
        while model_calls.answer_calls(self.runtime, self.models.embedders, self.rerankers):
            pass


@cache
def room() -> ModelRoom:
    """Load the models and say that they are there."""
    return open_room(settings(), open_runtime(settings()))


def open_room(chosen: Settings, runtime: Runtime) -> ModelRoom:
    """Load the models, try them once, and say that they are there."""
    models = load_models(chosen)
    warm_up(models)
    rerankers = {reranker_key(chosen.qwen): models.reranker} if models.reranker else {}
    loaded = [(CallKind.EMBED, *_named(key)) for key in models.embedders]
    loaded += [(CallKind.SCORE, *_named(key)) for key in rerankers]
    loaded += [(CallKind.CHAT, *_named(key)) for key in models.chats]
    model_calls.appear(runtime, loaded)
    return ModelRoom(runtime, models, rerankers)


def _named(key: str) -> tuple[str, str]:
    model_id, _, revision = key.rpartition("@")
    return model_id, revision


def warm_up(models: LoadedModels) -> None:
    """Compute a page once: kernels are chosen and memory is taken before somebody waits."""
    page = ModelInput(images=(Image.fromarray(np.full((1000, 707), 255, np.uint8)),))
    for embedder in models.embedders.values():
        embedder.embed([page])
    if models.reranker is not None:
        models.reranker.score([ModelPair(page, page)])


@app.task(name="chohyo.model")  # type: ignore[untyped-decorator]
def model(_call_id: str) -> None:
    """Answer the calls that wait; which one the hint was about does not matter."""
    _ASKED.set()
    try:
        room().answer()
    except UnavailableError as error:
        _log.warning("calls wait: %s", error.code)


@worker_init.connect  # type: ignore[untyped-decorator]
def _open(**_: object) -> None:
    room()
    threading.Thread(target=_stay, name="model-host", daemon=True).start()
    if room().models.chats:
        threading.Thread(target=_converse, name="model-chat", daemon=True).start()


def _stay() -> None:
    pause = threading.Event()
    while not pause.wait(_BEAT_SECONDS):
        try:
            model_calls.stay(room().runtime)
        except UnavailableError:
            _log.warning("the models are loaded; PostgreSQL does not answer")


def _converse() -> None:
    while True:
        _ASKED.wait(_BEAT_SECONDS)
        _ASKED.clear()
        try:
            room().chat()
        except UnavailableError as error:
            _log.warning("conversations wait: %s", error.code)


@worker_shutdown.connect  # type: ignore[untyped-decorator]
def _close(**_: object) -> None:
    model_calls.leave(room().runtime)
