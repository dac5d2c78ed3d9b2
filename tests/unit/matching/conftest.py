"""Filled and degraded copies of our own forms as registration sees them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pytest

from chohyo.matching.features import PageFeatures, extract_features
from eval.forms.filling import FilledPage, filled_copies, render_template

_DPI = 100

Filled = Callable[..., tuple[FilledPage, PageFeatures]]
Blank = Callable[..., PageFeatures]


@lru_cache(maxsize=64)
def _filled(
    type_id: str, edition: str, seed: int, kind: str, page: int
) -> tuple[FilledPage, PageFeatures]:
    (copy,) = filled_copies(type_id, edition, [seed], kind, page=page, dpi=_DPI)
    return copy, extract_features(copy.image)


@lru_cache(maxsize=64)
def _blank(type_id: str, edition: str, page: int) -> PageFeatures:
    return extract_features(render_template(type_id, edition, page, dpi=_DPI))


@pytest.fixture(scope="session")
def filled() -> Filled:
    """Give a filled copy and its features."""
    return lambda type_id, edition, seed, kind="scan", page=1: _filled(
        type_id, edition, seed, kind, page
    )


@pytest.fixture(scope="session")
def blank() -> Blank:
    """Give the features of a blank form."""
    return lambda type_id, edition, page=1: _blank(type_id, edition, page)
