"""Passages in several spaces: one is asked, the others are filled and kept beside it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from chohyo.domain.search import SearchQuery
from chohyo.domain.spaces import SpaceState
from chohyo.models.text_encoder import Encoders
from chohyo.services import spaces
from chohyo.services.filling import FillModels, fill
from chohyo.services.search import search_pages
from tests.integration.search.conftest import WordBag


class Backwards(WordBag):
    """Other vectors of the same length: those of the words, turned."""

    space = replace(WordBag.space, name="backwards", revision="2")

    def embed_query(self, text):
        """Return a text's vector, turned."""
        return np.roll(super().embed_query(text), 7)


class Short(WordBag):
    """Vectors of another length."""

    space = replace(WordBag.space, name="short", revision="3", dimensions=16)

    def embed_passages(self, texts):
        """Return the first numbers of each vector."""
        return super().embed_passages(texts)[:, :16]

    def embed_query(self, text):
        """Return the first numbers of the vector."""
        return super().embed_query(text)[:16]


@pytest.mark.parametrize("other", [Backwards(), Short()], ids=["same length", "other length"])
def test_meaning_is_looked_up_in_the_space_in_use(
    runtime, callers, engine, write_page, queue, other
):
    wanted = write_page("annual vehicle inspection")
    write_page("12 34")
    admin, known = callers["admin"].caller, [WordBag.space, other.space]
    models = FillModels(engine.embedders, Encoders(engine.encoders.own, [other]))
    asked = spaces.request_fill(runtime, admin, known, other.space.name)
    assert (asked.missing, asked.state) == (2, SpaceState.FILLING)
    fill(runtime, models, other.space.fill_id)
    view = next(v for v in spaces.list_spaces(runtime, admin, known) if v.space == other.space)
    # A page without words has nothing to be embedded, and is no failure.
    assert (view.filled, view.missing, view.failed) == (1, 0, 0)
    spaces.switch(runtime, admin, known, other.space.name)

    both = replace(engine, encoders=Encoders(engine.encoders.own, [other]))
    found = search_pages(runtime, both, admin, SearchQuery(text="annual vehicle inspection"))
    assert found.answered_by.text_space == other.space
    assert found.hits[0].page.id == wanted.id
    # Without the model of the space in use, meaning is left out, and words still answer.
    found = search_pages(runtime, engine, admin, SearchQuery(text="annual vehicle inspection"))
    assert found.answered_by.text_space is None
    assert found.hits[0].page.id == wanted.id


def test_a_page_that_arrives_is_filled_into_the_kept_spaces(runtime, callers, engine, write_page):
    other = Backwards()
    admin, known = callers["admin"].caller, [WordBag.space, other.space]
    models = FillModels(engine.embedders, Encoders(engine.encoders.own, [other]))
    spaces.request_fill(runtime, admin, known, other.space.name)
    fill(runtime, models, other.space.fill_id)
    write_page("annual vehicle inspection")
    view = next(v for v in spaces.list_spaces(runtime, admin, known) if v.space == other.space)
    assert (view.missing, view.filling) == (1, True)
    fill(runtime, models, other.space.fill_id)
    view = next(v for v in spaces.list_spaces(runtime, admin, known) if v.space == other.space)
    assert view.missing == 0
