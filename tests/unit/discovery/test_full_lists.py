"""Gathering copies whose entries outweigh their print."""

from __future__ import annotations

import numpy as np
import pytest

from chohyo.discovery.copies import PoolPage, gather_copies
from chohyo.matching.features import extract_features
from chohyo.matching.print_comparison import compare_print
from chohyo.matching.registration import register
from tests.unit.discovery.full_lists import draw_list

_OTHER = ("A", "Ward", "Bed and attendant", "Doctor in charge", "Until when")


def _pool(images: dict[str, np.ndarray]) -> list[PoolPage]:
    vector = np.ones(4, np.float32) / 2
    features = {key: extract_features(image) for key, image in images.items()}
    return [PoolPage(key, vector, lambda f=f: f) for key, f in features.items()]


@pytest.fixture(scope="module")
def full() -> dict[str, np.ndarray]:
    return {f"full/{seed}": draw_list(seed) for seed in range(3)}


def test_full_lists_agree_too_little_by_their_print(full):
    one, other, _ = (extract_features(image) for image in full.values())
    laid = register(one, other)

    assert laid is None or compare_print(one, other, laid.transform, pair=True).score < 0.75


def test_full_lists_of_one_frame_and_some_words_are_copies(full):
    (group,) = gather_copies(_pool(full))

    assert [member.key for member in group.members] == list(full)


def test_lists_of_one_frame_with_other_words_are_no_copies(full):
    others = {
        f"other/{seed}": draw_list(seed, _OTHER, "Patients by ward") for seed in range(10, 13)
    }

    groups = gather_copies(_pool(full | others))

    assert [[m.key for m in group.members] for group in groups] == [list(full), list(others)]
