"""Degraded pages show each point where the transform says it went."""

from __future__ import annotations

import numpy as np
import pytest

from eval.degradation import DEFAULT_MIX, KINDS, choose_kind, degrade

SPOTS = ((60, 80), (520, 90), (300, 420), (80, 760), (530, 770))


def spotted() -> np.ndarray:
    page = np.full((842, 595), 255, np.uint8)
    for x, y in SPOTS:
        page[y - 9 : y + 9, x - 9 : x + 9] = 0
    return page


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_spots_lie_where_the_transform_maps_them(kind: str, seed: int) -> None:
    result = degrade(spotted(), kind, np.random.default_rng(seed))
    height, width = result.image.shape
    for x, y in SPOTS:
        u, v = result.transform.point(x / width, y / height)
        left, top = round(u * width) - 16, round(v * height) - 16
        ys, xs = np.nonzero(result.image[top : top + 32, left : left + 32] < 60)
        assert abs(xs.mean() + 0.5 + left - u * width) < 1.0
        assert abs(ys.mean() + 0.5 + top - v * height) < 1.0


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_generator_state_gives_the_same_page(kind: str) -> None:
    one, two = (degrade(spotted(), kind, np.random.default_rng(9)) for _ in range(2))
    assert np.array_equal(one.image, two.image)
    assert one.transform == two.transform


def test_a_clean_page_is_left_alone() -> None:
    page = spotted()
    assert np.array_equal(degrade(page, "clean", np.random.default_rng(0)).image, page)


def test_a_fax_has_only_black_and_white_and_keeps_its_channels() -> None:
    colored = np.repeat(spotted()[:, :, None], 3, axis=2)
    fax = degrade(colored, "fax", np.random.default_rng(0)).image
    assert fax.shape == colored.shape
    assert set(np.unique(fax)) <= {0, 255}


def test_the_mix_decides_how_often_a_kind_is_drawn() -> None:
    rng = np.random.default_rng(0)
    drawn = [choose_kind(rng) for _ in range(400)]
    assert set(drawn) == set(DEFAULT_MIX)
    assert drawn.count("scan") > drawn.count("light") > drawn.count("photo")
    assert {choose_kind(rng, {"fax": 1.0}) for _ in range(5)} == {"fax"}
