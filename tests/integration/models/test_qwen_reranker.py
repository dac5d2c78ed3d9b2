"""The reranker on a tiny checkpoint, and against the whole model's own logits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from chohyo.models.qwen_errors import EmptyTextError, InputTooLongError
from chohyo.models.qwen_prompts import ModelInput, ModelPair

if TYPE_CHECKING:
    from chohyo.models.qwen_reranker import QwenReranker

CLOSE = 1e-5
PAGE = ModelInput(images=(Image.linear_gradient("L").resize((200, 280)),))
OTHER = ModelInput(images=(Image.radial_gradient("L"),))
PAIRS = [
    ModelPair(ModelInput("税"), ModelInput("給与所得の源泉徴収票")),
    ModelPair(PAGE, OTHER),
    ModelPair(OTHER, PAGE),
    ModelPair(ModelInput("Form", PAGE.images), ModelInput("d", OTHER.images), "Same form?"),
    ModelPair(ModelInput("Form"), ModelInput(nothing=True)),
]


def test_a_batch_gives_the_scores_that_single_pairs_give(reranker: QwenReranker) -> None:
    single = np.concatenate([reranker.score([pair]) for pair in PAIRS])
    everything = replace(reranker, network=replace(reranker.network, budget=10**6))

    assert np.abs(everything.score(PAIRS) - single).max() < CLOSE
    assert ((single > 0) & (single < 1)).all()


def test_query_and_document_are_not_alike(reranker: QwenReranker) -> None:
    there, back = reranker.score(PAIRS[1:3])

    assert abs(there - back) > 10 * CLOSE


def test_the_prompt_is_the_one_of_the_reference(reranker: QwenReranker) -> None:
    pair = ModelPair(ModelInput("q", (Image.new("L", (64, 64)),)), ModelInput("d"))
    ids = reranker.prompt(pair, "#1").ids

    assert reranker.network.vocabulary._tokenizer.decode(ids) == (
        "<|im_start|>system\nJudge whether the Document meets the requirements based on the Query "
        'and the Instruct provided. Note that the answer can only be "yes" or "no".<|im_end|>\n'
        "<|im_start|>user\n<Instruct>: Given a search query, retrieve relevant candidates that "
        "answer the query.<Query>:<|vision_start|>" + "<|image_pad|>" * 4 + "<|vision_end|>q\n"
        "<Document>:d<|im_end|>\n<|im_start|>assistant\n"
    )


@pytest.mark.parametrize("tied", [False, True])
def test_the_score_compares_the_logits_of_yes_and_no(tmp_path: Path, tied: bool) -> None:
    torch = pytest.importorskip("torch", reason="the extra `qwen` is not installed")
    from transformers import Qwen3VLForConditionalGeneration

    from chohyo.models.qwen_loading import Checkpoint
    from chohyo.models.qwen_reranker import QwenReranker
    from tests.integration.models.tiny_qwen import make_checkpoint, placement

    folder = make_checkpoint(tmp_path / "c", tied=tied, seed=1)
    reranker = QwenReranker.load(Checkpoint(str(folder)), placement())
    whole = Qwen3VLForConditionalGeneration.from_pretrained(folder).eval()
    ids = torch.tensor([reranker.prompt(PAIRS[0], "#1").ids])
    with torch.inference_mode():
        logits = whole(input_ids=ids).logits[0, -1]
    names = reranker.network.vocabulary
    expected = torch.sigmoid(logits[names.id_of("yes")] - logits[names.id_of("no")])

    assert abs(float(reranker.score(PAIRS[:1])[0]) - float(expected)) < CLOSE


def test_pages_that_differ_little_have_scores_of_their_own_in_bfloat16(checkpoint: Path) -> None:
    from chohyo.models.qwen_loading import Checkpoint, Placement
    from chohyo.models.qwen_reranker import QwenReranker

    draw = np.random.default_rng(0)
    noise = draw.integers(0, 256, (20, 64, 64), np.uint8)
    pairs = [ModelPair(PAGE, ModelInput(images=(Image.fromarray(each),))) for each in noise]
    rough = QwenReranker.load(Checkpoint(str(checkpoint)), Placement.choose("cpu", "bfloat16"))

    assert len({float(score) for score in rough.score(pairs)}) == len(pairs)


def test_what_is_too_long_keeps_its_images_and_its_end(reranker: QwenReranker) -> None:
    pair = ModelPair(PAGE, ModelInput("x" * 900, OTHER.images))
    whole = reranker.prompt(pair, "#1").ids
    images = whole.count(reranker.network.vocabulary.image_id)
    short = replace(reranker, longest=images + 100).prompt(pair, "#1").ids

    assert len(short) == images + 105
    assert short.count(reranker.network.vocabulary.image_id) == images
    assert short[-5:] == whole[-5:]
    with pytest.raises(InputTooLongError):
        replace(reranker, longest=images - 1).score([pair])


def test_a_side_without_words_is_named(reranker: QwenReranker) -> None:
    with pytest.raises(EmptyTextError, match=r"^#2, document"):
        reranker.score([PAIRS[0], ModelPair(PAGE, ModelInput(" "))])
