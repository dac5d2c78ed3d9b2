"""A projection unlearns how copies differ, changes nothing without copies, and is tried fairly."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from chohyo.matching.projection_trial import FEWEST, STEPS, Lessons, lacking, trial
from chohyo.matching.whitening import whitening

DIMENSIONS = 32


def unit(rows: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True), np.float32)


def lessons(nuisance: float, families: int = 12, editions: int = 2, copies: int = 6) -> Lessons:
    """Return copies of forms whose editions differ a little, disturbed along one direction."""
    random = np.random.default_rng(5)
    disturbed = unit(random.normal(size=DIMENSIONS))
    rows, labels = [], []
    for family in range(families):
        form = unit(random.normal(size=DIMENSIONS))
        for edition in range(editions):
            print_ = unit(form + 0.3 * unit(random.normal(size=DIMENSIONS)))
            for copy in range(copies):
                noise = 0.1 * unit(random.normal(size=DIMENSIONS))
                rows.append(print_ + noise + nuisance * random.normal() * disturbed)
                page = family * editions + edition
                labels.append((page, family, page * copies + copy))
    pages, kin, documents = np.array(labels, np.intp).T
    return Lessons(unit(np.array(rows)), pages, kin, documents)


def test_a_planted_nuisance_direction_is_found_and_damped() -> None:
    random = np.random.default_rng(1)
    nuisance = unit(random.normal(size=DIMENSIONS))
    forms = unit(random.normal(size=(20, DIMENSIONS)))
    labels = np.repeat(np.arange(20), 8)
    noise = random.normal(size=(160, 1)) * nuisance + 0.02 * random.normal(size=(160, DIMENSIONS))
    matrix = whitening(unit(forms[labels] + noise), labels).matrix

    gains = np.linalg.norm(matrix @ unit(random.normal(size=(50, DIMENSIONS))).T, axis=0)
    assert np.linalg.norm(matrix @ nuisance) < 0.3 * gains.mean()
    weakest = np.linalg.eigh(matrix)[1][:, 0]
    assert abs(float(weakest @ nuisance)) > 0.9


def test_pages_without_copies_leave_the_space_as_it_is() -> None:
    vectors = unit(np.random.default_rng(2).normal(size=(9, DIMENSIONS)))
    projection = whitening(vectors, np.arange(9))

    assert np.array_equal(projection.matrix, np.eye(DIMENSIONS))
    assert np.allclose(projection.apply(vectors), vectors, atol=1e-3)


def test_few_and_many_rows_are_taken_apart_alike() -> None:
    random = np.random.default_rng(6)
    for copies in (12, 40):  # fewer rows than dimensions, and more
        vectors, labels = unit(random.normal(size=(copies, DIMENSIONS))), np.arange(copies) // 4
        means = np.stack([vectors[labels == label].mean(axis=0) for label in labels])
        scatter = (vectors - means).T @ (vectors - means) / (copies * 3 / 4)
        matrix = whitening(vectors, labels).matrix.astype(np.float64)
        covariance = np.linalg.inv(matrix @ matrix)
        mean = np.trace(scatter) / DIMENSIONS
        parts = np.stack([(scatter / mean).ravel(), np.eye(DIMENSIONS).ravel()], axis=1)
        shares, rest, *_ = np.linalg.lstsq(parts, covariance.ravel(), rcond=None)
        assert rest[0] < 1e-3
        assert 0 < shares[1] <= 1
        assert shares.sum() == pytest.approx(1, abs=1e-2)


def test_few_copies_change_little_and_many_change_more() -> None:
    few, many = lessons(0.4, families=1, copies=3), lessons(0.4, families=12, copies=6)

    def change(of: Lessons) -> float:
        matrix = whitening(of.vectors, of.template_pages).matrix
        gains = np.linalg.eigvalsh(matrix)
        return float(gains.max() / gains.min())

    assert change(few) < change(many)


def test_the_same_pages_give_the_same_weights_and_figures() -> None:
    known, steps = lessons(0.4), list[int]()
    first, second = (whitening(known.vectors, known.template_pages) for _ in range(2))

    assert first.digest == second.digest
    assert trial(known, done=steps.append) == trial(known)
    assert steps == list(range(1, STEPS))


def test_a_projection_that_undoes_a_disturbance_is_better_on_seen_and_unseen_forms() -> None:
    figures = trial(lessons(1.0))

    assert figures.better
    for part in (figures.known, figures.unseen):
        assert part.pages == 144
        assert part.rank.after > part.rank.before + 0.05
        assert part.rank.low <= part.rank.after - part.rank.before <= part.rank.high


def test_where_there_is_nothing_to_undo_nothing_is_better() -> None:
    figures = trial(lessons(0.0))

    assert not figures.better
    assert figures.known.rank.low <= 0


def test_what_is_learned_of_labels_that_mean_nothing_is_not_better() -> None:
    known = lessons(0.3)
    random = np.random.default_rng(3)
    vectors = unit(random.normal(size=known.vectors.shape))
    nonsense = Lessons(vectors, known.template_pages, known.families, known.documents)

    assert not trial(nonsense).better


def test_only_template_pages_with_copies_in_three_documents_count() -> None:
    pages = np.array([0, 0, 0, 1, 1, 1, 2], np.intp)
    documents = np.array([0, 1, 2, 0, 0, 1, 3], np.intp)
    vectors = unit(np.random.default_rng(4).normal(size=(7, DIMENSIONS)))
    every = Lessons(vectors, pages, pages, documents)
    kept = every.of(every.is_copied)

    assert set(kept.template_pages) == {0}
    missing = lacking(kept.counts)
    assert (missing.pages, missing.families) == (FEWEST.pages - 3, FEWEST.families - 1)


def test_a_template_page_whose_copies_are_all_held_out_at_once_is_left_out_of_the_figures() -> None:
    known = lessons(1.0, copies=3)
    together = np.where(known.template_pages == 3, 999, known.documents)
    figures = trial(Lessons(known.vectors, known.template_pages, known.families, together))

    assert figures.known.pages == figures.unseen.pages <= len(known.vectors) - 3


@pytest.mark.parametrize("shape", [(0, DIMENSIONS), (1, DIMENSIONS)])
def test_hardly_any_page_is_no_error(shape: tuple[int, int]) -> None:
    vectors = np.ones(shape, np.float32)

    assert np.array_equal(
        whitening(vectors, np.zeros(len(vectors), np.intp)).matrix, np.eye(DIMENSIONS)
    )
