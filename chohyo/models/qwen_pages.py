"""Pages as Qwen3-VL meets them: their spaces, their vectors, and the score of two of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from chohyo.domain.spaces import EmbeddingSpace, Purpose
from chohyo.models.qwen_pixels import MAX_PIXELS
from chohyo.models.qwen_prompts import PROMPT_VERSION, ModelInput, ModelPair

# What makes a space: the same page has another vector under each of them.
INSTRUCTIONS = {
    "layout": "Represent the printed layout of this form, ignoring what was filled in.",
    "image": "Represent this page for finding pages that look like it.",
    "text": "Represent this passage of a form for finding it by what it means.",
}
# What a query is told apart from passages; part of the text space's prompt version.
_QUERY = "Find the passage of a form that these words mean."
SAME_FORM = "Judge whether both pages are the same printed form, whatever was filled in."


class Embeds(Protocol):
    """Turns inputs into vectors: in this process, through a queue, or over HTTP."""

    def embed(
        self, inputs: Sequence[ModelInput], dimensions: int | None = None
    ) -> NDArray[np.float32]:
        """Return one L2-normalised row (inputs, dimensions) for each input."""
        ...


class Scores(Protocol):
    """Judges pairs: in this process, through a queue, or over HTTP."""

    def score(self, pairs: Sequence[ModelPair]) -> NDArray[np.float32]:
        """Return a score in 0 … 1 for each pair."""
        ...


@dataclass(frozen=True, slots=True)
class QwenPages:
    """Embeds upright grey pages in a space of Qwen3-VL-Embedding."""

    space: EmbeddingSpace
    embedder: Embeds

    def embed(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return L2-normalised vectors of shape (len(images), space.dimensions)."""
        inputs = [
            ModelInput(images=(Image.fromarray(image),), instruction=self.space.instruction)
            for image in images
        ]
        return self.embedder.embed(inputs, self.space.dimensions)


@dataclass(frozen=True, slots=True)
class QwenTexts:
    """Puts passages and queries into a text space of Qwen3-VL-Embedding."""

    space: EmbeddingSpace
    embedder: Embeds

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return L2-normalised vectors of shape (len(texts), space.dimensions)."""
        told = self.space.instruction
        inputs = [ModelInput(text, instruction=told) for text in texts]
        if not inputs:
            return np.zeros((0, self.space.dimensions), np.float32)
        return self.embedder.embed(inputs, self.space.dimensions)

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Return the L2-normalised vector, shape (space.dimensions,), that passages answer to."""
        asked = ModelInput(text, instruction=_QUERY)
        (vector,) = self.embedder.embed([asked], self.space.dimensions)
        return np.asarray(vector, np.float32)


def page_space(
    model: str,
    revision: str | None,
    dimensions: int,
    purpose: str = "layout",
    instruction: str | None = None,
    max_pixels: int = MAX_PIXELS,
    dtype: str = "auto",
) -> EmbeddingSpace:
    """Return the space of a checkpoint, a cut of its dimensions and an instruction.

    Its name has a digest of all that makes it, so that no two spaces share one; a folder without
    a revision is known by its files.

    Args:
        model: hub id or folder.
        revision: commit of a hub id; a folder may do without.
        dimensions: how many of the first are kept.
        purpose: key of `INSTRUCTIONS`.
        instruction: what is told instead of the one built in.
        max_pixels: area to which larger pages are shrunk.
        dtype: number format or quantisation of the weights; `auto` is what suits the device.
    """
    space = EmbeddingSpace(
        name="",
        model_id=Path(model).name if Path(model).is_dir() else model,
        revision=revision or fingerprint(Path(model)),
        dimensions=dimensions,
        instruction=instruction or INSTRUCTIONS[purpose],
        pixel_budget=max_pixels,
        prompt_version=PROMPT_VERSION,
        dtype=dtype,
        purpose=Purpose(purpose),
    )
    made_of = [
        space.model_id, space.revision, dimensions, space.instruction, max_pixels, PROMPT_VERSION,
        dtype,
    ]  # fmt: skip
    digest = hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:8]
    stem = Path(space.model_id).name.lower()
    return replace(space, name=f"{stem}-{purpose}-{dimensions}-{digest}")


def fingerprint(folder: Path) -> str:
    """Return a digest of a checkpoint's configuration, tokenizer, and sizes and heads of weights.

    Reading gigabytes at each start would take minutes; the head of a safetensors file lists its
    tensors, their types and places.
    """
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.json"), *folder.glob("*.safetensors")]):
        digest.update(f"{path.name} {path.stat().st_size}\n".encode())
        with path.open("rb") as file:
            digest.update(file.read(1 << 20))
    return digest.hexdigest()[:16]
