"""The network of Qwen3-VL, from prompts to the hidden state that embedder and reranker read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from chohyo.models.qwen_batches import run_packed
from chohyo.models.qwen_errors import ModelOutputError
from chohyo.models.qwen_loading import (
    Checkpoint,
    Placement,
    free_memory,
    is_out_of_memory,
    load_images,
    load_vocabulary,
)
from chohyo.models.qwen_patches import Patches
from chohyo.models.qwen_pixels import Picture, PixelLimits, opened
from chohyo.models.qwen_tokens import Vocabulary

# Padded tokens of a batch. On the CPU pages go alone: two or more together were no faster, and some
# batches slower; small images are then still 4 times as fast as singly. On a card larger ones keep
# it busy, and what does not fit is halved.
_BUDGETS = {"cpu": 1024, "cuda": 16384}


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt: its token ids, and the images that its image tokens stand for."""

    ids: list[int]
    images: tuple[Picture, ...]
    item: str


@dataclass(frozen=True, slots=True)
class Network:
    """The language model with its vision tower.

    Args:
        model: a `Qwen3VLModel`; its output is the state after the final norm.
        patches: how images are cut for the vision tower.
        budget: most padded tokens of a batch.
        padded_left: on which side shorter prompts of a batch are padded.
    """

    checkpoint: Checkpoint
    model: Any
    vocabulary: Vocabulary
    patches: Patches
    limits: PixelLimits
    placement: Placement
    budget: int
    padded_left: bool

    @classmethod
    def around(
        cls,
        model: Any,
        checkpoint: Checkpoint,
        placement: Placement,
        limits: PixelLimits | None,
        budget: int,
        *,
        padded_left: bool,
    ) -> Network:
        """Put a loaded model together with the tokenizer and image processor of its checkpoint."""
        return cls(
            checkpoint, model, load_vocabulary(checkpoint), Patches.of(load_images(checkpoint)),
            limits or PixelLimits(), placement,
            budget or _BUDGETS.get(placement.device.type, _BUDGETS["cpu"]), padded_left,
        )  # fmt: skip

    def visual_tokens(self, images: Sequence[Picture], item: str) -> list[int]:
        """Return the number of visual tokens of each image, which is decoded to be sure of it."""
        return [self.limits.tokens(*opened(picture, item).size) for picture in images]

    def run(
        self,
        prompts: Sequence[Prompt],
        forward: Callable[[Sequence[Prompt]], NDArray[np.float32]],
        width: int,
    ) -> NDArray[np.float32]:
        """Return a finite row of `width` numbers for each prompt, computed in packed batches.

        Raises:
            ModelMemoryError: one prompt alone needs more memory than there is.
            ModelOutputError: a number is not finite.
        """
        if not prompts:
            return np.zeros((0, width), np.float32)
        lengths = [len(prompt.ids) for prompt in prompts]
        rows = run_packed(prompts, lengths, self.budget, forward, is_out_of_memory, free_memory)
        usable = int(np.isfinite(rows).all(axis=1).sum())
        if rows.shape != (len(prompts), width) or usable != len(prompts):
            raise ModelOutputError(model=self.checkpoint.model, got=usable, asked=len(prompts))
        return rows

    def last_states(self, prompts: Sequence[Prompt]) -> torch.Tensor:
        """Return the state at each prompt's last attended position, shape (prompts, width).

        The position comes from the mask: a token of the same id as the padding may be meant.
        """
        padded = self.vocabulary.padded([p.ids for p in prompts], left=self.padded_left)
        inputs = {
            "input_ids": self._placed(padded.ids),
            "attention_mask": self._placed(padded.mask),
            "mm_token_type_ids": self._placed(padded.image),
            **self._images(prompts),
        }
        with torch.inference_mode(), _attention(planned="pixel_values" in inputs):
            states = self.model(**inputs, use_cache=False).last_hidden_state
        last = padded.mask.shape[1] - 1 - padded.mask[:, ::-1].argmax(axis=1)
        return states[torch.arange(len(prompts)), torch.from_numpy(last).to(states.device)]

    def _images(self, prompts: Sequence[Prompt]) -> dict[str, torch.Tensor]:
        """Return patches (n, 3 · 2 · 16 · 16) of all images, and their grids (images, 3).

        To shrink a full page takes 0.03 s of one core: cores share the pages.
        """
        pictures = [(each, prompt.item) for prompt in prompts for each in prompt.images]
        if not pictures:
            return {}
        with ThreadPoolExecutor(min(len(pictures), os.cpu_count() or 1)) as cores:
            fitted = list(cores.map(self._fitted, pictures))
        device, dtype = self.placement.device, self.placement.dtype
        return {
            "pixel_values": torch.cat([self.patches.cut(each, device, dtype) for each in fitted]),
            "image_grid_thw": torch.tensor(list(map(self.patches.grid, fitted)), device=device),
        }

    def _fitted(self, picture: tuple[Picture, str]) -> Image.Image:
        return self.limits.fitted(opened(*picture))

    def _placed(self, array: NDArray[np.int64]) -> torch.Tensor:
        return torch.from_numpy(array).to(self.placement.device)


@contextmanager
def _attention(*, planned: bool) -> Iterator[None]:
    """Let cuDNN compute attention only where its plans are used again.

    For each shape it makes a plan, and takes 0.1 s for a text's, 0.17 s for a page's. Pages come in
    few sizes and are computed a tenth faster with it; texts have any length and are not.
    """
    allowed = torch.backends.cuda.cudnn_sdp_enabled()
    torch.backends.cuda.enable_cudnn_sdp(allowed and planned)
    try:
        yield
    finally:
        torch.backends.cuda.enable_cudnn_sdp(allowed)
