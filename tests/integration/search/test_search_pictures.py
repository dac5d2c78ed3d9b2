"""Pages are found by a piece of them, by a photo, and by a page that is there already."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from chohyo.domain.geometry import Box
from chohyo.domain.rerankers import RerankerChoice
from chohyo.domain.search import PageQuery, SearchQuery, Way
from chohyo.domain.spaces import Purpose
from chohyo.domain.training import StoredProjection
from chohyo.errors import (
    FileTypeError,
    ImageTooLargeError,
    NoEarlierSpaceError,
    NotFoundError,
    UnavailableError,
)
from chohyo.models.embedder import Embedders
from chohyo.models.layout_grid import LayoutGrid
from chohyo.models.projection import Projection
from chohyo.pages.images import encode_jpeg, encode_png
from chohyo.services import embedding, search_pictures, spaces
from chohyo.services.filling import FillModels, fill
from chohyo.services.search import search_pages
from chohyo.services.search_desks import Desks
from chohyo.services.spaces import settle
from chohyo.storage import spaces as stored_spaces
from chohyo.storage import training

WIDTH, HEIGHT = 720, 1000


def form(kind: int, filled: int) -> NDArray[np.uint8]:
    """Draw a form: ruled rows with labels that depend on its kind, and values on its filling."""
    labels, values = np.random.default_rng(kind), np.random.default_rng([kind, filled])
    page = np.full((HEIGHT, WIDTH), 255, np.uint8)
    top = 60
    while top < HEIGHT - 60:
        height = int(labels.integers(34, 70))
        split = int(labels.integers(160, 320))
        cv2.rectangle(page, (40, top), (WIDTH - 40, top + height), 0, 1)
        cv2.line(page, (split, top), (split, top + height), 0, 1)
        for x, letters, lot in ((46, 9, labels), (split + 8, 14, values)):
            text = "".join(chr(int(c)) for c in lot.integers(65, 91, letters))
            cv2.putText(page, text, (x, top + 24), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 0, 1)
        top += height
    return page


@pytest.fixture
def copies(write_page, runtime, engine):
    """File two kinds of form in three copies each; return their pages by kind and copy."""
    filed = {}
    for kind in range(2):
        for filled in range(3):
            image = form(kind, filled)
            page = write_page("", image=image)
            settle(runtime, [engine.embedders.own.space])
            vectors = {engine.embedders.own.space.name: engine.embedders.own.embed([image])}
            embedding.store_vectors(runtime, [page], vectors)
            filed[kind, filled] = page
    return filed


@pytest.fixture
def find(runtime, engine, callers):
    """Return a function that searches as an operator."""
    return lambda **query: search_pages(
        runtime, engine, callers["operator"].caller, SearchQuery(**query)
    )


def _ids(answer):
    return [hit.page.id for hit in answer.hits]


def test_a_screenshot_of_any_size_finds_the_very_page_and_the_place(find, copies):
    top, left = 300, 60
    piece = form(1, 2)[top : top + 400, left : left + 520]
    expected = Box(left / WIDTH, top / HEIGHT, (left + 520) / WIDTH, (top + 400) / HEIGHT)
    for scale in (0.8, 1.0, 1.6):
        shot = cv2.resize(piece, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        answer = find(image=encode_jpeg(shot, quality=60))
        best = answer.hits[0]
        assert best.page.id == copies[1, 2].id
        assert best.agreement > 0.9
        assert best.agreement > 0.04 + (answer.hits[1].agreement or 0.0)
        assert answer.answered_by.reranker is RerankerChoice.REGISTRATION
        box = next(region.box for region in best.regions if region.way is Way.PICTURE)
        assert box.iou(expected) > 0.95


def test_more_like_this_page_finds_its_siblings_and_not_itself(find, copies, engine):
    answer = find(page=PageQuery(copies[0, 0].id))
    assert set(_ids(answer)[:2]) == {copies[0, 1].id, copies[0, 2].id}
    assert copies[0, 0].id not in _ids(answer)
    assert answer.answered_by.layout_space.name == engine.embedders.own.space.name


def test_a_page_that_others_share_more_details_with_is_found_by_its_layout(
    find, copies, monkeypatch
):
    others = [(copies[kind, n].id, 9.0) for kind, n in ((1, 0), (1, 1), (1, 2), (0, 0))]
    monkeypatch.setattr(search_pictures, "rank_pictures", lambda *_: others)
    answer = find(image=encode_jpeg(form(0, 1), quality=60), rerank_k=4)
    assert _ids(answer)[0] == copies[0, 1].id


def test_an_image_space_that_leads_answers_in_the_stead_of_the_layout(
    find, copies, engine, runtime, callers
):
    class Turned(LayoutGrid):
        """Vectors of the same length that mean something else."""

        space = replace(LayoutGrid.space, name="turned", purpose=Purpose.IMAGE, revision="2")

        def embed(self, images):
            return np.ascontiguousarray(super().embed(images)[:, ::-1])

    admin, known = callers["admin"].caller, [LayoutGrid.space, Turned.space]
    models = FillModels(Embedders(engine.embedders.own, [Turned()]), engine.encoders)
    spaces.request_fill(runtime, admin, known, "turned")
    with pytest.raises(NoEarlierSpaceError):
        spaces.go_back(runtime, admin, known, Purpose.IMAGE)
    fill(runtime, models, Turned.space.fill_id)
    assert find(page=PageQuery(copies[0, 0].id)).answered_by.layout_space == LayoutGrid.space
    spaces.switch(runtime, admin, known, "turned")

    answer = find(page=PageQuery(copies[0, 0].id))
    assert answer.answered_by.layout_space == Turned.space
    assert set(_ids(answer)[:2]) == {copies[0, 1].id, copies[0, 2].id}
    # A picture from outside is embedded by that space's own model, or not looked up by layout.
    shot = encode_png(form(0, 1))
    assert find(image=shot, picture=False).answered_by.layout_space is None
    spaces.go_back(runtime, admin, known, Purpose.IMAGE)
    assert find(image=shot, picture=False).answered_by.layout_space == LayoutGrid.space


def test_a_trained_space_that_leads_is_asked_with_projected_pictures(
    find, copies, engine, runtime, callers
):
    base, size = engine.embedders.own.space, engine.embedders.own.space.dimensions
    # Turned round: a picture that is not projected would be looked up among strangers.
    projection = Projection(np.eye(size, dtype=np.float32)[::-1].copy())
    space = projection.space(base)
    kept = StoredProjection(space.name, base, projection.digest, forgotten=0)
    with runtime.database.transaction() as connection:
        assert training.put_projection(connection, kept, projection.content, [])
        stored_spaces.keep(connection, stored_spaces.ensure(connection, space))
    models = FillModels(engine.embedders, engine.encoders)
    fill(runtime, models, space.fill_id)
    spaces.switch(runtime, callers["admin"].caller, [base], space.name)

    for query in ({"image": encode_png(form(0, 1))}, {"page": PageQuery(copies[0, 0].id)}):
        answer = find(**query, picture=False, reranker=RerankerChoice.OFF)
        assert answer.answered_by.layout_space == space
        siblings = {copies[0, n].id for n in range(3)}
        assert set(_ids(answer)[:2]) < siblings


def test_a_part_of_a_page_finds_that_page(find, copies):
    answer = find(page=PageQuery(copies[1, 1].id, Box(0.1, 0.4, 0.9, 0.8)))
    assert _ids(answer)[0] == copies[1, 1].id


def test_layout_alone_and_picture_alone_can_be_asked_for(find, copies):
    page = PageQuery(copies[0, 0].id)
    by_layout = find(page=page, picture=False, reranker=RerankerChoice.OFF)
    assert {way for hit in by_layout.hits for way in hit.parts} == {Way.LAYOUT}
    by_picture = find(page=page, layout=False, reranker=RerankerChoice.OFF)
    assert {way for hit in by_picture.hits for way in hit.parts} == {Way.PICTURE}
    assert all(hit.agreement is None for hit in by_picture.hits)


def test_an_image_of_too_many_pixels_is_refused_before_it_is_decoded(find):
    with pytest.raises(ImageTooLargeError):
        find(image=encode_png(np.full((7000, 7200), 255, np.uint8)))


@pytest.mark.parametrize("data", [b"GIF89a not this", b"hello"])
def test_what_is_no_image_is_refused(find, data):
    with pytest.raises(FileTypeError):
        find(image=data)


def test_an_empty_picture_finds_nothing_and_breaks_nothing(find, copies):
    answer = find(image=encode_png(np.full((60, 60), 255, np.uint8)), layout=False)
    assert answer.hits == ()


def test_a_page_of_another_collection_cannot_be_searched_by(runtime, engine, callers, copies):
    query = SearchQuery(page=PageQuery(copies[0, 0].id))
    with pytest.raises(NotFoundError):
        search_pages(runtime, engine, callers["stranger"].caller, query)


def test_words_are_searched_while_all_places_for_pictures_are_taken(
    runtime, engine, callers, write_page
):
    page = write_page("届出書")
    engine = replace(engine, desks=Desks(seconds=0.01))
    caller = callers["operator"].caller
    with engine.desks.held(), engine.desks.held():
        (hit,) = search_pages(runtime, engine, caller, SearchQuery(text="届出書")).hits
        assert hit.page.id == page.id
        with pytest.raises(UnavailableError):
            search_pages(runtime, engine, caller, SearchQuery(page=PageQuery(page.id)))
    search_pages(runtime, engine, caller, SearchQuery(page=PageQuery(page.id)))
