"""Settings of the profile `qwen`, `CHOHYO_QWEN__…`; read by `chohyo.settings`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, SecretStr, field_validator

from chohyo.domain.rerankers import Order
from chohyo.models.qwen_pixels import MAX_PIXELS, MIN_PIXELS


class QwenSettings(BaseModel):
    """Where Qwen3-VL runs, which weights, and how much of them.

    A model is a folder or a hub id; a hub id needs the commit that pins it. `with_reranker` loads
    the reranker although not every page is judged by it, for the documents and the searches that
    ask for it; a search waits `rerank_seconds` for it.
    `dimensions` cuts the vectors, and `cuts` are further lengths that can be filled as spaces of
    their own; `second_embedder` is loaded beside the first, so that its spaces can be filled and
    switched to. `fusion_file` has coefficients that were fitted. Instructions are standard ones
    unless given here, and each of the first three makes a space of its own.
    """

    backend: Literal["transformers", "vllm"] = "transformers"
    embedder: str = "Qwen/Qwen3-VL-Embedding-2B"
    embedder_revision: str | None = None
    second_embedder: str | None = None
    second_embedder_revision: str | None = None
    reranker: str = "Qwen/Qwen3-VL-Reranker-2B"
    reranker_revision: str | None = None
    with_reranker: bool = False
    dimensions: int = Field(default=1024, ge=1, le=4000)
    cuts: tuple[Annotated[int, Field(ge=1, le=4000)], ...] = ()
    max_pixels: int = Field(default=MAX_PIXELS, ge=MIN_PIXELS)
    layout_instruction: str | None = None
    image_instruction: str | None = None
    text_instruction: str | None = None
    rerank_instruction: str | None = None
    order: Order = Order.PAGE_FIRST
    fusion_file: Path | None = None
    device: str = "auto"
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = "auto"
    quantization: Literal["none", "8bit", "4bit"] = "none"
    batch_tokens: int = Field(default=0, ge=0)
    seconds: float = Field(default=120, gt=0)
    query_seconds: float = Field(default=5, gt=0)
    rerank_seconds: float = Field(default=10, gt=0)
    url: str = "http://127.0.0.1:8000"
    second_url: str | None = None
    reranker_url: str | None = None
    api_key: SecretStr | None = None
    tries: int = Field(default=3, ge=1)
    failures: int = Field(default=5, ge=1)
    rest_seconds: float = Field(default=30, gt=0)

    @field_validator(
        "embedder_revision", "second_embedder", "second_embedder_revision", "second_url",
        "reranker_revision", mode="before",
    )  # fmt: skip
    @classmethod
    def _named(cls, revision: str | None) -> str | None:
        return revision or None  # what compose leaves empty is not given

    @field_validator("embedder", "second_embedder", "reranker")
    @classmethod
    def _absolute(cls, model: str | None) -> str | None:
        """Name a folder so that processes started elsewhere find it too."""
        return str(Path(model).resolve()) if model and Path(model).is_dir() else model

    @property
    def number_format(self) -> str:
        """Return what the weights are computed in, as spaces name it."""
        return self.dtype if self.quantization == "none" else self.quantization
