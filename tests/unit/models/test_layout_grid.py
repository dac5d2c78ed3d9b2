"""The layout embedding without a network."""

from __future__ import annotations

import numpy as np

from chohyo.models.layout_grid import LayoutGrid
from eval.forms.filling import filled_copies


def _images(type_id: str, edition: str, seeds: range) -> list[np.ndarray]:
    kinds = ("scan", "fax", "photo")
    return [filled_copies(type_id, edition, [s], kinds[s % 3])[0].image for s in seeds]


def test_vectors_are_unit_length_and_as_long_as_the_space_says():
    vectors = LayoutGrid().embed(_images("invoice", "2023", range(2)))

    assert vectors.shape == (2, LayoutGrid.space.dimensions)
    assert vectors.dtype == np.float32
    assert LayoutGrid.space.dimensions <= 1024
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_the_nearest_page_is_a_copy_of_the_same_form():
    forms = [("invoice", "2023"), ("leave", "2024"), ("vehicle", "2023"), ("order", "2020")]
    names = [name for name, _ in forms for _ in range(3)]
    vectors = LayoutGrid().embed([i for form in forms for i in _images(*form, range(3))])

    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -1)
    for i, name in enumerate(names):
        assert names[int(np.argmax(likeness[i]))] == name


def test_a_blank_sheet_has_no_direction():
    (vector,) = LayoutGrid().embed([np.full((1000, 707), 255, np.uint8)])

    assert not vector.any()


def test_no_images_give_no_vectors():
    assert LayoutGrid().embed([]).shape == (0, LayoutGrid.space.dimensions)
