"""Qwen3-VL-Embedding: texts, images or both to vectors of one space.

Procedure of the reference implementation (QwenLM/Qwen3-VL-Embedding): prompt, right padding, state
after the final norm at the last attended position, L2 norm. Its dimensions are nested (MRL): the
first k of them, normalised again, are a vector as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import Qwen3VLModel

from chohyo.models.qwen_loading import Checkpoint, Placement, load_weights
from chohyo.models.qwen_network import Network, Prompt
from chohyo.models.qwen_pixels import PixelLimits
from chohyo.models.qwen_prompts import ModelInput, embedding_messages
from chohyo.models.vector_cuts import cut

LONGEST = 8192


@dataclass(frozen=True, slots=True)
class QwenEmbedder:
    """Pre-processor, network and post-processor of an embedding checkpoint.

    Args:
        longest: tokens after which a prompt is cut.
    """

    network: Network
    longest: int = LONGEST

    @classmethod
    def load(
        cls,
        checkpoint: Checkpoint,
        placement: Placement,
        *,
        limits: PixelLimits | None = None,
        budget: int = 0,
    ) -> QwenEmbedder:
        """Load a checkpoint; batches of `budget` padded tokens, 0 for what suits the device."""
        model = load_weights(Qwen3VLModel, checkpoint, placement)
        return cls(Network.around(model, checkpoint, placement, limits, budget, padded_left=False))

    @property
    def width(self) -> int:
        """Return the number of dimensions before they are cut."""
        return int(self.network.model.config.text_config.hidden_size)

    def embed(
        self, inputs: Sequence[ModelInput], dimensions: int | None = None
    ) -> NDArray[np.float32]:
        """Return one L2-normalised row (inputs, dimensions) for each input, in their order.

        All inputs are looked at before the first is computed, so that a bad one costs nothing.

        Raises:
            ModelInputError: an input cannot be used; it says which.
            ModelMemoryError: one input alone needs more memory than there is.
            ModelOutputError: a vector is not finite.
        """
        prompts = [self.prompt(given, f"#{n}") for n, given in enumerate(inputs, 1)]
        rows = self.network.run(prompts, self._states, self.width)
        return cut(rows, dimensions or self.width)

    def prompt(self, given: ModelInput, item: str) -> Prompt:
        """Return an input as token ids, its images counted in visual tokens."""
        given.check(item)
        visual = self.network.visual_tokens(given.images, item)
        vocabulary = self.network.vocabulary
        text = vocabulary.prompt(embedding_messages(given, vocabulary.plain), visual)
        ids = vocabulary.embedding_ids(text, sum(visual), self.longest, item)
        return Prompt(ids, given.images, item)

    def _states(self, prompts: Sequence[Prompt]) -> NDArray[np.float32]:
        states = self.network.last_states(prompts)
        return np.asarray(states.to(torch.float32).cpu().numpy(), np.float32)
