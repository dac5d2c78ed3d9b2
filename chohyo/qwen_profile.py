"""The embedding models of the profile `qwen`, and the spaces they fill."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from chohyo.domain.spaces import EmbeddingSpace, Purpose
from chohyo.errors import InvalidInputError
from chohyo.models.http_endpoint import Endpoint, Patience
from chohyo.models.qwen_pages import Embeds, QwenPages, QwenTexts, fingerprint, page_space
from chohyo.models.qwen_pixels import PixelLimits
from chohyo.models.qwen_vllm import VllmEmbedder
from chohyo.qwen_settings import QwenSettings
from chohyo.services.model_calls import RemoteModels
from chohyo.services.runtime import Runtime
from chohyo.settings import ChatSettings

_COMMIT = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True, slots=True)
class EmbedderChoice:
    """An embedding checkpoint that the settings name, and the server that has it with vLLM."""

    model: str
    revision: str | None
    url: str

    def spaces(self, settings: QwenSettings) -> list[EmbeddingSpace]:
        """Return the spaces it fills: for each purpose, the usual length first, then the cuts."""
        own = {
            Purpose.LAYOUT: settings.layout_instruction,
            Purpose.IMAGE: settings.image_instruction,
            Purpose.TEXT: settings.text_instruction,
        }
        return [
            page_space(
                self.model, self.revision, dimensions, purpose, instruction, settings.max_pixels,
                settings.number_format,
            )
            for purpose, instruction in own.items()
            for dimensions in dict.fromkeys((settings.dimensions, *settings.cuts))
        ]  # fmt: skip

    def key(self, settings: QwenSettings) -> str:
        """Return the name by which calls ask for it."""
        space = self.spaces(settings)[0]
        return f"{space.model_id}@{space.revision}"


def embedder_choices(settings: QwenSettings) -> list[EmbedderChoice]:
    """Return the configured embedding checkpoints, the profile's own first.

    Raises:
        InvalidInputError: a hub id comes without the commit that pins its weights.
    """
    require_pinned("CHOHYO_QWEN__EMBEDDER_REVISION", settings.embedder, settings.embedder_revision)
    found = [EmbedderChoice(settings.embedder, settings.embedder_revision, settings.url)]
    if settings.second_embedder:
        second, revision = settings.second_embedder, settings.second_embedder_revision
        require_pinned("CHOHYO_QWEN__SECOND_EMBEDDER_REVISION", second, revision)
        found.append(EmbedderChoice(second, revision, settings.second_url or settings.url))
    return found


def qwen_spaces(settings: QwenSettings) -> dict[Purpose, EmbeddingSpace]:
    """Return the profile's own spaces, by what they are for; raises as `embedder_choices`."""
    spaces = embedder_choices(settings)[0].spaces(settings)
    return {space.purpose: space for space in reversed(spaces)}


def reranker_key(settings: QwenSettings) -> str:
    """Return the name by which calls ask for the reranking checkpoint."""
    return f"{settings.reranker}@{settings.reranker_revision or ''}"


def reranker_name(settings: QwenSettings) -> str:
    """Return the reranking checkpoint's name and revision as people and the audit are told."""
    return _named(settings.reranker, settings.reranker_revision)


def chat_key(settings: ChatSettings) -> str:
    """Return the name by which calls ask for the chat checkpoint, and the audit has it.

    Raises:
        InvalidInputError: none is named, or a hub id comes without its commit.
    """
    if not settings.model:
        raise InvalidInputError(field="CHOHYO_CHAT__MODEL", reason="must not be empty")
    require_pinned("CHOHYO_CHAT__REVISION", settings.model, settings.revision)
    return _named(settings.model, settings.revision)


def page_embedders(
    settings: QwenSettings, opened: Callable[[EmbedderChoice], Embeds]
) -> list[QwenPages]:
    """Return an embedder for each space of pages, the profile's own first."""
    return [
        QwenPages(space, embedder)
        for choice, embedder in _opened(settings, opened)
        for space in choice.spaces(settings)
        if space.purpose is not Purpose.TEXT
    ]


def text_encoders(
    settings: QwenSettings, opened: Callable[[EmbedderChoice], Embeds]
) -> list[QwenTexts]:
    """Return an encoder for each space of passages."""
    return [
        QwenTexts(space, embedder)
        for choice, embedder in _opened(settings, opened)
        for space in choice.spaces(settings)
        if space.purpose is Purpose.TEXT
    ]


def far_embedder(
    settings: QwenSettings, choice: EmbedderChoice, runtime: Runtime, seconds: float, priority: int
) -> Embeds:
    """Return what asks the process or the server that has a checkpoint."""
    if settings.backend == "vllm":
        endpoint = vllm_endpoint(settings, choice.url, seconds)
        return VllmEmbedder(endpoint, choice.model, PixelLimits(largest=settings.max_pixels))
    return RemoteModels(runtime, seconds, priority, choice.key(settings))


def vllm_endpoint(settings: QwenSettings, url: str, seconds: float) -> Endpoint:
    """Return the server at an address, asked with the patience of the settings."""
    key = settings.api_key.get_secret_value() if settings.api_key else None
    patience = Patience(
        seconds=seconds,
        tries=settings.tries,
        failures=settings.failures,
        rest=settings.rest_seconds,
    )
    return Endpoint(url, key, patience)


def require_pinned(setting: str, model: str, revision: str | None) -> None:
    """Refuse a hub id whose weights could change.

    Raises:
        InvalidInputError: it comes without a commit.
    """
    if not Path(model).is_dir() and not _COMMIT.fullmatch(revision or ""):
        raise InvalidInputError(field=setting, reason="must name the commit of the weights")


def _named(model: str, revision: str | None) -> str:
    folder = Path(model)
    if folder.is_dir():
        return f"{folder.name}@{revision or fingerprint(folder)}"
    # Which commit a server has of an id without one is not for us to know.
    return f"{model}@{revision}" if revision else model


def _opened(
    settings: QwenSettings, opened: Callable[[EmbedderChoice], Embeds]
) -> list[tuple[EmbedderChoice, Embeds]]:
    return [(choice, opened(choice)) for choice in embedder_choices(settings)]
