"""Qwen3-VL-Reranker: the probability that a document meets a query.

Procedure of the reference implementation (QwenLM/Qwen3-VL-Embedding): prompt, left padding, state
after the final norm at the last position, sigmoid of logit("yes") - logit("no"). Attention is
causal, so the score of (query, document) is not that of (document, query).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import Qwen3VLForConditionalGeneration

from chohyo.models.qwen_loading import Checkpoint, Placement, load_weights
from chohyo.models.qwen_network import Network, Prompt
from chohyo.models.qwen_pixels import PixelLimits
from chohyo.models.qwen_prompts import ModelPair, reranking_messages

LONGEST = 10240


@dataclass(frozen=True, slots=True)
class QwenReranker:
    """Pre-processor, network and post-processor of a reranking checkpoint.

    Args:
        direction: the row of `lm_head` for "yes" less that for "no", shape (width,), in float32.
        longest: tokens, without the five at the end, after which a prompt is cut.
    """

    network: Network
    direction: torch.Tensor
    longest: int = LONGEST

    @classmethod
    def load(
        cls,
        checkpoint: Checkpoint,
        placement: Placement,
        *,
        limits: PixelLimits | None = None,
        budget: int = 0,
    ) -> QwenReranker:
        """Load a checkpoint; batches of `budget` padded tokens, 0 for what suits the device.

        Of the vocabulary's head two rows are kept; that of the 8B model weighs 1.2 GB.
        """
        whole = load_weights(Qwen3VLForConditionalGeneration, checkpoint, placement)
        network = Network.around(
            whole.model, checkpoint, placement, limits, budget, padded_left=True
        )
        head, vocabulary = whole.get_output_embeddings().weight, network.vocabulary
        yes, no = (head[vocabulary.id_of(word)].to(torch.float32) for word in ("yes", "no"))
        direction = yes - no
        return cls(network, direction)

    def score(self, pairs: Sequence[ModelPair]) -> NDArray[np.float32]:
        """Return a score in 0 … 1 for each pair, in their order: shape (pairs,).

        All pairs are looked at before the first is computed, so that a bad one costs nothing.

        Raises:
            ModelInputError: a pair cannot be used; it says which.
            ModelMemoryError: one pair alone needs more memory than there is.
            ModelOutputError: a score is not finite.
        """
        prompts = [self.prompt(pair, f"#{n}") for n, pair in enumerate(pairs, 1)]
        return self.network.run(prompts, self._scores, 1)[:, 0]

    def prompt(self, pair: ModelPair, item: str) -> Prompt:
        """Return a pair as token ids, its images counted in visual tokens."""
        pair.check(item)
        visual = self.network.visual_tokens(pair.images, item)
        vocabulary = self.network.vocabulary
        text = vocabulary.prompt(reranking_messages(pair, vocabulary.plain), visual)
        ids = vocabulary.reranking_ids(text, sum(visual), self.longest, item)
        return Prompt(ids, pair.images, item)

    def _scores(self, prompts: Sequence[Prompt]) -> NDArray[np.float32]:
        states = self.network.last_states(prompts)
        # In bfloat16 the product has eight bits: of 20 pages 12 had a score of their own.
        scores = torch.sigmoid(states.to(torch.float32) @ self.direction)
        return np.asarray(scores.cpu().numpy()[:, None], np.float32)
