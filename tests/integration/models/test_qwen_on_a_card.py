"""Qwen3-VL on an NVIDIA card: numbers, and memory that really runs out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

torch = pytest.importorskip("torch", reason="the extra `qwen` is not installed")

if not torch.cuda.is_available():
    pytest.skip("there is no NVIDIA card in this machine", allow_module_level=True)

from chohyo.models.qwen_embedder import QwenEmbedder
from chohyo.models.qwen_errors import ModelLoadError, ModelMemoryError
from chohyo.models.qwen_loading import Checkpoint, Placement
from chohyo.models.qwen_prompts import ModelInput

MIB = 2**20


def pages(number: int) -> list[ModelInput]:
    """Draw full pages."""
    draw = np.random.default_rng(0)
    return [
        ModelInput(images=(Image.fromarray(draw.integers(0, 256, (1754, 1240), np.uint8)),))
        for _ in range(number)
    ]


@pytest.fixture
def on_card(checkpoint: Path) -> QwenEmbedder:
    """Load the tiny checkpoint as an installation would, batches as large as they come."""
    embedder = QwenEmbedder.load(Checkpoint(str(checkpoint)), Placement.choose())
    return replace(embedder, network=replace(embedder.network, budget=10**6))


@pytest.fixture
def room() -> Iterator[Callable[[float], None]]:
    """Return what leaves the process so many MiB more of the card than it has."""
    whole = torch.cuda.get_device_properties(0).total_memory

    def leave(mib: float) -> None:
        torch.cuda.empty_cache()
        fraction = (torch.cuda.memory_reserved() + mib * MIB) / whole
        torch.cuda.set_per_process_memory_fraction(fraction)

    yield leave
    torch.cuda.set_per_process_memory_fraction(1.0)


def test_vectors_of_a_card_are_those_of_the_cpu(on_card: QwenEmbedder, checkpoint: Path) -> None:
    given = [*pages(2), ModelInput("words")]
    cpu = QwenEmbedder.load(Checkpoint(str(checkpoint)), Placement.choose("cpu"))
    found = on_card.embed(given)

    assert on_card.network.placement.dtype == torch.bfloat16
    assert {each.device.type for each in on_card.network.model.parameters()} == {"cuda"}
    assert ((found * cpu.embed(given)).sum(axis=1) > 0.999).all()
    assert np.array_equal(found, on_card.embed(given))


def test_a_full_card_halves_batches(on_card: QwenEmbedder, room: Callable[[float], None]) -> None:
    given = pages(6)
    expected = on_card.embed(given)
    torch.cuda.reset_peak_memory_stats()
    on_card.embed(given)
    needed = (torch.cuda.max_memory_allocated() - torch.cuda.memory_allocated()) / MIB
    room(needed * 0.7)

    assert ((on_card.embed(given) * expected).sum(axis=1) > 0.999).all()


def test_a_page_too_large_is_an_error_and_its_memory_comes_back(
    on_card: QwenEmbedder, room: Callable[[float], None]
) -> None:
    on_card.embed([ModelInput("words")])
    torch.cuda.empty_cache()
    before = torch.cuda.memory_reserved()
    room(30)

    with pytest.raises(ModelMemoryError):
        on_card.embed(pages(2))
    assert torch.cuda.memory_reserved() - before <= 2 * MIB
    assert on_card.embed([ModelInput("words")]).shape == (1, on_card.width)


def test_weights_without_room_are_told(checkpoint: Path, room: Callable[[float], None]) -> None:
    room(0)
    held = []

    with pytest.raises(ModelLoadError, match="too little free memory"):
        for _ in range(40):
            held.append(QwenEmbedder.load(Checkpoint(str(checkpoint)), Placement.choose()))
