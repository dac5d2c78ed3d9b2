"""Fit a projection under which copies of a template page lie close together."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.covariance import ledoit_wolf_shrinkage

from chohyo.models.projection import Projection

Vectors = NDArray[np.float32]
Labels = NDArray[np.intp]

# Half of it takes the variance away. On held-out pages of three corpora, weighting directions up
# in which editions differ lost ranks (up to .5), and a matrix fitted by InfoNCE gained no more.
POWER: Final = 0.5


def whitening(vectors: Vectors, template_pages: Labels) -> Projection:
    """Return the projection that evens out how copies of one template page differ.

    Within-class covariance normalisation (Hatch, Kajarekar, Stolcke 2006): directions in which
    copies differ by scan and filling count less. The covariance is shrunk towards a multiple of the
    identity as far as Ledoit and Wolf (2004) estimate from the data, so that few copies change
    little; without any, the identity is returned.

    Args:
        vectors: shape (pages, dimensions), rows of length 1.
        template_pages: shape (pages,), what each page is a copy of.
    """
    dimensions = vectors.shape[1]
    deviations = _deviations(vectors.astype(np.float64), template_pages)
    spread = float(np.square(deviations).sum() / max(1, deviations.size))
    if spread == 0:
        return Projection(np.eye(dimensions, dtype=np.float32))
    shrinkage = float(ledoit_wolf_shrinkage(deviations, assume_centered=True))
    spreads, axes = _main_axes(deviations)
    gains = (shrinkage + (1 - shrinkage) * spreads / spread) ** -POWER
    elsewhere = shrinkage**-POWER if len(axes) < dimensions else 0.0
    matrix = (axes.T * (gains - elsewhere)) @ axes
    matrix[np.diag_indices(dimensions)] += elsewhere
    return Projection(np.asarray(matrix, np.float32))


def _main_axes(
    deviations: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the variances along the axes in which there are any (k,), and those axes (k, width).

    Of fewer rows than columns the products of rows are taken apart: 60 rows of 961 take 2 ms where
    their covariance takes a second.
    """
    rows, width = deviations.shape
    if rows >= width:
        spreads, columns = np.linalg.eigh(deviations.T @ deviations / rows)
        return np.maximum(spreads, 0.0), columns.T
    spreads, columns = np.linalg.eigh(deviations @ deviations.T / rows)
    there = spreads > 1e-9 * spreads[-1]
    axes = columns[:, there].T @ deviations
    return spreads[there], axes / np.linalg.norm(axes, axis=1, keepdims=True)


def _deviations(vectors: NDArray[np.float64], template_pages: Labels) -> NDArray[np.float64]:
    """Return how pages with copies differ from their mean, shape (such pages, dimensions).

    Scaled so that their covariance is that of the population, whatever the copies of each.
    """
    _, labels, counts = np.unique(template_pages, return_inverse=True, return_counts=True)
    means = np.zeros((len(counts), vectors.shape[1]))
    np.add.at(means, labels, vectors)
    means /= counts[:, None]
    copied = counts[labels] > 1
    found = vectors[copied] - means[labels[copied]]
    free = int((counts[counts > 1] - 1).sum())
    return np.asarray(found * np.sqrt(len(found) / max(1, free)))
