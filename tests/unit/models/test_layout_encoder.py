"""The layout embedding by a network of our own."""

from __future__ import annotations

from functools import cache
from threading import Thread

import cv2
import numpy as np

from chohyo.models.layout_encoder import LayoutEncoder, page_ink
from eval.forms.filling import filled_copies

_FORMS = (("invoice", "2023"), ("leave", "2024"), ("vehicle", "2023"), ("order", "2020"))


@cache
def _copies() -> tuple[list[str], list[np.ndarray]]:
    """Return four forms, three differently filled and worn copies of each."""
    kinds = ("scan", "fax", "photo")
    images = [
        filled_copies(*form, [seed], kinds[seed])[0].image for form in _FORMS for seed in range(3)
    ]
    return [name for name, _ in _FORMS for _ in range(3)], images


def test_vectors_are_unit_length_and_as_long_as_the_space_says():
    vectors = LayoutEncoder().embed(_copies()[1][:3])

    assert vectors.shape == (3, LayoutEncoder.space.dimensions)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_two_fills_of_a_form_are_nearer_than_two_forms():
    names, images = _copies()
    vectors = LayoutEncoder().embed(images)
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -1)
    same = np.array([[a == b for b in names] for a in names])

    for name, row in zip(names, likeness, strict=True):
        assert names[int(np.argmax(row))] == name
    assert likeness[same & (likeness > -1)].mean() > likeness[~same].mean() + 0.4


def test_a_page_has_the_same_vector_alone_and_among_others():
    _, images = _copies()
    encoder = LayoutEncoder()
    together = encoder.embed(images)

    again = np.concatenate([LayoutEncoder().embed([image]) for image in images])

    assert np.allclose(together, again, atol=1e-5)
    assert np.array_equal(again, np.concatenate([encoder.embed([image]) for image in images]))


def test_size_and_tone_of_a_page_hardly_matter():
    page = _copies()[1][0]
    small = cv2.resize(page, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    grey = (90 + page * 0.5).astype(np.uint8)

    vectors = LayoutEncoder().embed([page, small, grey])

    assert (vectors @ vectors.T).min() > 0.95


def test_shadow_is_no_ink():
    page = _copies()[1][0]
    light = np.linspace(0.5, 1, page.shape[1], dtype=np.float32)
    shaded = (page * light).astype(np.uint8)

    assert np.abs(page_ink(shaded).astype(int) - page_ink(page)).mean() < 8


def test_a_blank_sheet_has_no_direction():
    sheet = np.full((1000, 707), 255, np.uint8)

    vectors = LayoutEncoder().embed([sheet, _copies()[1][0], sheet])

    assert not vectors[0].any()
    assert not vectors[2].any()
    assert vectors[1].any()


def test_no_images_give_no_vectors():
    assert LayoutEncoder().embed([]).shape == (0, LayoutEncoder.space.dimensions)


def test_a_sliver_is_embedded():
    assert np.isfinite(LayoutEncoder().embed([np.zeros((1, 4), np.uint8)])).all()


def test_threads_may_share_an_encoder():
    _, images = _copies()
    encoder = LayoutEncoder()
    results: list[np.ndarray] = []
    threads = [Thread(target=lambda: results.append(encoder.embed(images[:2]))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(results) == 4
    assert all(np.array_equal(results[0], other) for other in results)
