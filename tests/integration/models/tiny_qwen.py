"""A tiny Qwen3-VL checkpoint with random weights, made when a test asks for it."""

from __future__ import annotations

import os
from pathlib import Path

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, Qwen3VLConfig, Qwen3VLForConditionalGeneration
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

from chohyo.models.qwen_loading import Placement

SPECIAL = (
    "<|vision_end|>", "<|image_pad|>", "<|im_end|>", "<|endoftext|>", "<|im_start|>",
    "<|video_pad|>", "<|vision_start|>",
)  # fmt: skip
_TEMPLATE = """{% for turn in messages %}<|im_start|>{{ turn.role }}
{% for part in turn.content %}{% if part.type == 'image' %}<|vision_start|><|image_pad|>\
<|vision_end|>{% else %}{{ part.text }}{% endif %}{% endfor %}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""


def placement() -> Placement:
    """Return the CPU, or the device that `CHOHYO_TEST_DEVICE` names, with float32."""
    return Placement.choose(os.environ.get("CHOHYO_TEST_DEVICE", "cpu"), "float32")


def make_checkpoint(folder: Path, *, tied: bool = False, shard: str = "5GB", seed: int = 0) -> Path:
    """Write a checkpoint of the published ones' form, a thousandth of a thousandth their size."""
    tokenizer = _tokenizer()
    tokenizer.save_pretrained(folder)
    pixels = Qwen2VLImageProcessorPil(
        patch_size=16, temporal_patch_size=2, merge_size=2,
        image_mean=[0.5] * 3, image_std=[0.5] * 3,
        size={"shortest_edge": 65536, "longest_edge": 16777216},
    )  # fmt: skip
    pixels.save_pretrained(folder)
    torch.manual_seed(seed)
    model = Qwen3VLForConditionalGeneration(_config(tokenizer, tied=tied))
    model.save_pretrained(folder, max_shard_size=shard)
    return folder


def _tokenizer() -> PreTrainedTokenizerFast:
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    # As in the published ones, control tokens do not lie where another checkpoint has them.
    pieces = [*letters, "ye", "yes", "no"]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    merges = [("y", "e"), ("ye", "s"), ("n", "o")]
    made = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens([AddedToken(token, normalized=False) for token in SPECIAL])
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="<|endoftext|>", eos_token="<|im_end|>"
    )
    tokenizer.chat_template = _TEMPLATE
    return tokenizer


def _config(tokenizer: PreTrainedTokenizerFast, *, tied: bool) -> Qwen3VLConfig:
    ids = tokenizer.get_vocab()
    return Qwen3VLConfig(
        text_config={
            "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 3,
            "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16,
            "vocab_size": len(ids), "max_position_embeddings": 32768, "rope_theta": 5_000_000,
            "rope_scaling": {
                "rope_type": "default", "mrope_interleaved": True, "mrope_section": [4, 2, 2],
            },
        },
        vision_config={
            "hidden_size": 32, "intermediate_size": 64, "depth": 3, "num_heads": 2,
            "out_hidden_size": 64, "deepstack_visual_indexes": [0, 1],
            "num_position_embeddings": 2304,
        },
        image_token_id=ids["<|image_pad|>"], video_token_id=ids["<|video_pad|>"],
        vision_start_token_id=ids["<|vision_start|>"], vision_end_token_id=ids["<|vision_end|>"],
        tie_word_embeddings=tied,
    )  # fmt: skip
