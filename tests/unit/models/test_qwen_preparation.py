"""Prompts, pixels, batches, inputs and plans of the Qwen3-VL models, which need no network."""

from __future__ import annotations

import json
import subprocess
import sys
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from chohyo.errors import InvalidInputError
from chohyo.models import qwen_exchange
from chohyo.models.qwen_batches import packed, run_packed
from chohyo.models.qwen_bench import noise
from chohyo.models.qwen_errors import (
    EmptyTextError,
    ImageMissingError,
    ImageShapeError,
    InputFormError,
    ModelMemoryError,
    NotAnImageError,
)
from chohyo.models.qwen_inputs import read_inputs, read_pairs
from chohyo.models.qwen_pixels import MAX_PIXELS, MIN_PIXELS, PixelLimits, opened
from chohyo.models.qwen_plan import GIB, SHAPES, demands, index_bytes
from chohyo.models.qwen_prompts import (
    ModelInput,
    ModelPair,
    embedding_messages,
    reranking_messages,
)
from chohyo.models.vector_cuts import cut

LIMITS = PixelLimits()


# What the models are told


@pytest.mark.parametrize(
    ("instruction", "told"),
    [
        (None, "Represent the user's input."),
        ("   ", "Represent the user's input."),
        (" Same layout ", "Same layout."),
        ("Same layout?", "Same layout?"),
        ("同じ様式", "同じ様式."),
        ("同じ様式。", "同じ様式。"),
    ],
)
def test_an_instruction_ends_in_punctuation(instruction: str | None, told: str) -> None:
    system, _ = embedding_messages(ModelInput("x", instruction=instruction))

    assert system["content"] == [{"type": "text", "text": told}]


def test_images_come_before_the_text() -> None:
    image = Image.new("RGB", (64, 64))
    _, user = embedding_messages(ModelInput("x", (image, image)))

    assert [part["type"] for part in user["content"]] == ["image", "image", "text"]


def test_only_an_input_that_says_so_is_the_null_prompt() -> None:
    _, user = embedding_messages(ModelInput(nothing=True))

    assert user["content"] == [{"type": "text", "text": "NULL"}]
    with pytest.raises(InputFormError):
        ModelInput().check("#1")
    with pytest.raises(InputFormError):
        ModelInput("x", nothing=True).check("#1")
    with pytest.raises(EmptyTextError):
        ModelInput("").check("#1")


def test_nothing_separates_instruction_query_and_document() -> None:
    _, user = reranking_messages(ModelPair(ModelInput("q"), ModelInput("d"), "Same form?"))

    assert "".join(part["text"] for part in user["content"]) == (
        "<Instruct>: Same form?<Query>:q\n<Document>:d"
    )


# Pixels


@pytest.mark.parametrize(
    ("size", "fitted"),
    [
        ((620, 877), (608, 864)),  # 27.4 tokens are 27
        ((97, 33), (128, 64)),  # four tokens at least
        ((1, 1), (64, 64)),
        ((2480, 3508), (1120, 1600)),
        ((1240, 1754), (1120, 1600)),
        ((48, 80), (64, 64)),  # 1.5 rounds to 2 and 2.5 to 2
    ],
)
def test_an_image_is_whole_tokens_within_the_budget(
    size: tuple[int, int], fitted: tuple[int, int]
) -> None:
    assert LIMITS.fit(*size) == fitted
    assert LIMITS.fitted(Image.new("L", size)).size == fitted


@given(width=st.integers(1, 6000), height=st.integers(1, 6000))
@settings(max_examples=300, deadline=None)
def test_every_page_keeps_to_the_budget(width: int, height: int) -> None:
    if max(width, height) > 200 * min(width, height):
        return
    wide, high = LIMITS.fit(width, height)

    assert wide % 32 == high % 32 == 0
    assert MIN_PIXELS <= wide * high <= MAX_PIXELS
    assert LIMITS.tokens(width, height) == wide * high // 1024


def test_a_grey_page_has_the_pixels_of_a_coloured_one() -> None:
    grey = Image.fromarray(np.random.default_rng(1).integers(0, 255, (300, 210), np.uint8))
    assert np.array_equal(LIMITS.fitted(grey), LIMITS.fitted(grey.convert("RGB")))


def test_what_is_transparent_is_paper() -> None:
    fitted = LIMITS.fitted(Image.new("RGBA", (64, 64), (0, 0, 0, 0)))

    assert fitted.mode == "RGB"
    assert np.asarray(fitted).min() == 255


def test_an_image_that_cannot_be_used_says_which_and_why(tmp_path: Path) -> None:
    torn = tmp_path / "torn.png"
    Image.new("RGB", (300, 300), "red").save(torn)
    torn.write_bytes(torn.read_bytes()[:100])

    with pytest.raises(NotAnImageError, match=r"^#3.*torn\.png"):
        opened(torn, "#3")
    with pytest.raises(ImageMissingError, match=r"^#4.*gone\.png"):
        opened(tmp_path / "gone.png", "#4")
    with pytest.raises(ImageShapeError, match="2010 × 10"):
        opened(Image.new("L", (2010, 10)), "#5")


# Batches


@given(
    lengths=st.lists(st.integers(1, 400), max_size=60),
    budget=st.integers(1, 2000),
)
def test_batches_hold_everything_once_and_keep_to_the_budget(
    lengths: list[int], budget: int
) -> None:
    batches = list(packed(lengths, budget))

    assert sorted(place for batch in batches for place in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or max(lengths[n] for n in batch) * len(batch) <= budget


def test_results_come_in_the_order_of_the_inputs() -> None:
    items = [7, 1, 9, 3, 5]
    rows = run_packed(items, items, 10, _rows, lambda error: False)

    assert rows[:, 0].tolist() == items


def test_an_error_that_is_not_about_memory_is_passed_on() -> None:
    def broken(items: Any) -> Any:
        raise RuntimeError("size mismatch")

    with pytest.raises(RuntimeError, match="mismatch"):
        run_packed([1, 2], [1, 1], 10, broken, lambda error: False)


def test_memory_of_what_had_no_room_is_free_before_the_error_is_told() -> None:
    held: list[weakref.ref[Any]] = []
    freed: list[bool] = []

    def full(items: Any) -> Any:
        tensor = np.zeros(8)
        held.append(weakref.ref(tensor))
        raise MemoryError(len(tensor))

    with pytest.raises(ModelMemoryError) as told:
        run_packed([1], [1], 1, full, lambda error: True, lambda: freed.append(held[0]() is None))
    assert freed == [True]
    assert told.value.__cause__ is None


# Files


def test_inputs_are_read_with_images_beside_their_file(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"x")
    path = _written(tmp_path, [{"text": "x", "instruction": "y"}, {"image": "a.png"}, {}])

    assert read_inputs(path) == [
        ModelInput("x", instruction="y"),
        ModelInput(images=(tmp_path / "a.png",)),
        ModelInput(nothing=True),
    ]


@pytest.mark.parametrize(
    "entry", ["x", {"text": 3}, {"words": "x"}, {"image": ["a", "b"]}, {"text": ""}, [1]]
)
def test_an_input_of_another_form_is_named(tmp_path: Path, entry: Any) -> None:
    with pytest.raises((InputFormError, EmptyTextError), match=r"^#2"):
        read_inputs(_written(tmp_path, [{"text": "x"}, entry]))


@pytest.mark.parametrize("entry", [{"query": {"text": "x"}}, {"query": {}, "document": 3}, []])
def test_a_pair_of_another_form_is_named(tmp_path: Path, entry: Any) -> None:
    with pytest.raises(InputFormError, match=r"^#1"):
        read_pairs(_written(tmp_path, [entry]))


@pytest.mark.parametrize("content", ["", "{}", "[1", "[" * 100_000])
def test_a_file_that_is_no_list_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "inputs.json"
    path.write_text(content, "utf-8")

    with pytest.raises(InvalidInputError, match=r"inputs\.json"):
        read_inputs(path)


# On the way to another process


def test_inputs_and_pairs_arrive_as_they_were(tmp_path: Path) -> None:
    page, stamp = noise(1, 70, 50)[0].images[0], Image.new("RGB", (40, 60), "red")
    stamp.save(tmp_path / "stamp.png")
    asked = ModelInput("x", (page, tmp_path / "stamp.png"), "y")
    pair = ModelPair(asked, ModelInput(nothing=True), "z")
    (there,) = qwen_exchange.encoded([asked])
    (both,) = qwen_exchange.encoded([pair])
    found, paired = qwen_exchange.decoded_input(there), qwen_exchange.decoded_pair(both)

    assert (found.text, found.instruction, found.nothing) == ("x", "y", False)
    assert [np.asarray(each).tolist() for each in found.images] == [
        np.asarray(each).tolist() for each in (page, stamp)
    ]
    assert (paired.query.text, paired.document.nothing, paired.instruction) == ("x", True, "z")
    assert qwen_exchange.encoded([]) == []


def test_an_image_of_many_pairs_is_encoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    query, *found = noise(5, 64, 64)
    encoded = []
    save = Image.Image.save

    def counted(image: Image.Image, *args: Any, **options: Any) -> None:
        encoded.append(image)
        save(image, *args, **options)

    monkeypatch.setattr(Image.Image, "save", counted)
    sent = qwen_exchange.encoded([ModelPair(query, each) for each in found])

    assert len(encoded) == 5
    arrived = [qwen_exchange.decoded_pair(each) for each in sent]
    for pair, each in zip(arrived, found, strict=True):
        for side, sent_as in ((pair.query, query), (pair.document, each)):
            assert np.array_equal(np.asarray(side.images[0]), np.asarray(sent_as.images[0]))


# Vectors and memory


def test_more_dimensions_than_there_are_are_refused() -> None:
    with pytest.raises(ValueError, match="8 of 4"):
        cut(np.ones((1, 4), np.float32), 8)


def test_the_plan_counts_the_published_sizes() -> None:
    # 2.127 and 8.767 billion parameters, the head of the larger one included.
    parameters = {
        name: shape.linear + shape.other + shape.head_weights for name, shape in SHAPES.items()
    }

    assert parameters["2B"] == pytest.approx(2.127e9, rel=0.001)
    assert parameters["8B"] == pytest.approx(8.767e9, rel=0.001)


def test_fewer_bits_and_no_reranker_fit_smaller_cards() -> None:
    fits = {(d.size, d.quantization, d.reranker) for d in demands(8) if d.pages}

    assert ("2B", "bf16", False) in fits
    assert ("2B", "bf16", True) not in fits
    assert ("8B", "4bit", False) in fits
    assert ("8B", "8bit", False) not in fits
    assert all(d.pages for d in demands(80))


def test_the_plan_has_what_a_page_took_on_a_card() -> None:
    assert SHAPES["2B"].activations(1851) / GIB == pytest.approx(0.305, rel=0.03)
    assert SHAPES["2B"].activations(1851, "8bit") / GIB == pytest.approx(0.338, rel=0.03)
    assert SHAPES["8B"].activations(1851) / GIB == pytest.approx(0.364, rel=0.03)


def test_the_index_grows_with_pages_and_dimensions() -> None:
    assert 4 < index_bytes(1_000_000, 1024) / GIB < 5
    assert index_bytes(10, 512) < index_bytes(10, 1024)


def test_the_default_profile_never_imports_torch_or_transformers() -> None:
    program = (
        "import sys, cli.main, api.app, workers.tasks, eval.bench, chohyo.profiles as profiles;"
        "profiles.cpu_models();"
        "print([m for m in ('torch', 'transformers', 'bitsandbytes') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


def _rows(items: Any) -> Any:
    return np.array(items, np.float32)[:, None]


def _written(folder: Path, content: Any) -> Path:
    path = folder / "inputs.json"
    path.write_text(json.dumps(content), "utf-8")
    return path
