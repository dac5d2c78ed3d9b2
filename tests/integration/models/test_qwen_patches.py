"""Patches of images, against those of the checkpoint's own image processor."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

torch = pytest.importorskip("torch", reason="the extra `qwen` is not installed")

from chohyo.models.qwen_loading import Checkpoint, load_images
from chohyo.models.qwen_patches import Patches

CPU = torch.device("cpu")


def noise(width: int, height: int) -> Image.Image:
    """Draw pixels of every colour."""
    pixels = np.random.default_rng(width).integers(0, 256, (height, width, 3), np.uint8)
    return Image.fromarray(pixels)


@pytest.mark.parametrize("size", [(64, 64), (96, 32), (1120, 1600)])
@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"image_mean": [0.48, 0.45, 0.4], "image_std": [0.27, 0.26, 0.28]},
        {"do_rescale": False, "do_normalize": False},
    ],
)
def test_patches_are_those_of_the_image_processor(
    checkpoint: Path, size: tuple[int, int], changed: dict[str, object]
) -> None:
    processor = load_images(Checkpoint(str(checkpoint)))
    for name, value in changed.items():
        setattr(processor, name, value)
    image = noise(*size)
    expected = processor(images=[image], do_resize=False, return_tensors="pt")
    patches = Patches.of(processor)

    assert [list(patches.grid(image))] == expected["image_grid_thw"].tolist()
    torch.testing.assert_close(
        patches.cut(image, CPU, torch.float32), expected["pixel_values"], atol=1e-6, rtol=1e-6
    )


def test_numbers_are_rounded_once(checkpoint: Path) -> None:
    patches = Patches.of(load_images(Checkpoint(str(checkpoint))))
    image = noise(64, 96)
    exact = patches.cut(image, CPU, torch.float32)

    assert torch.equal(patches.cut(image, CPU, torch.bfloat16), exact.to(torch.bfloat16))
