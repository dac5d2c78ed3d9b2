"""Another embedding space is filled, used and left again while pages come in and are routed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import numpy as np
import pymupdf
import pytest
from numpy.typing import NDArray

from chohyo.domain.access import Role
from chohyo.domain.documents import DocumentState, PageState
from chohyo.domain.spaces import EmbeddingSpace, Purpose, SpaceState, SpaceView
from chohyo.errors import (
    ForbiddenError,
    NoEarlierSpaceError,
    NotFoundError,
    SpaceFailedPagesError,
    SpaceIncompleteError,
    SpaceInUseError,
)
from chohyo.models.embedder import Embedders
from chohyo.models.layout_encoder import LayoutEncoder
from chohyo.models.layout_grid import LayoutGrid
from chohyo.services import audit, embedding, processing, spaces
from chohyo.services.filling import FillModels, fill
from chohyo.services.forgetting import forget
from chohyo.services.runtime import Runtime
from chohyo.storage import embeddings, pages
from chohyo.storage import spaces as stored_spaces
from chohyo.storage.work import WorkKind
from tests.integration.agent.conftest import Bench, best_similarity, routed_receipt, scan
from tests.integration.conftest import make_holder

OWN, OTHER = LayoutEncoder.space, LayoutGrid.space
KNOWN = [OWN, OTHER]


class Counting:
    """The layout encoder, or its first dimensions, with a count of the pages that were embedded."""

    def __init__(self, space: EmbeddingSpace, seen: list[int]) -> None:
        self.space, self.seen = space, seen

    def embed(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        self.seen.append(len(images))
        vectors = LayoutEncoder().embed(images)[:, : self.space.dimensions]
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def _view(bench: Bench, name: str) -> SpaceView:
    views = spaces.list_spaces(bench.runtime, bench.admin, KNOWN)
    return next(each for each in views if each.space.name == name)


def _spaces_of(runtime: Runtime, document_id: UUID) -> set[str]:
    _, (page,) = processing.load_document(runtime, document_id)
    with runtime.database.transaction() as connection:
        stored = stored_spaces.every(connection)
        having = embeddings.having(connection, stored, [page.id])
    return {each.space.name for each in stored if (page.id, each.id) in having}


def test_a_space_is_filled_beside_the_active_one_and_switched_to_and_back(
    discovered: Bench, tmp_path: Path
) -> None:
    bench = discovered
    for proposal in bench.waiting():
        bench.approve(proposal)
    bench.work()
    routed_receipt(bench, tmp_path, 20)

    asked = spaces.request_fill(bench.runtime, bench.admin, KNOWN, OTHER.name)
    assert (asked.active, asked.filled, asked.missing, asked.state) == (
        False, 0, 10, SpaceState.FILLING,
    )  # fmt: skip
    with pytest.raises(SpaceIncompleteError, match="lacks 10 pages"):
        spaces.switch(bench.runtime, bench.admin, KNOWN, OTHER.name)
    arrived, _ = routed_receipt(bench, tmp_path, 21)
    assert _spaces_of(bench.runtime, arrived) == {OWN.name, OTHER.name}
    full = _view(bench, OTHER.name)
    assert (full.filled, full.missing, full.failed, full.state) == (11, 0, 0, SpaceState.FULL)
    assert _view(bench, OWN.name).active

    now = spaces.switch(bench.runtime, bench.admin, KNOWN, OTHER.name)
    assert now.active
    after, in_other = routed_receipt(bench, tmp_path, 22)
    assert _spaces_of(bench.runtime, after) == {OWN.name, OTHER.name}
    assert in_other == pytest.approx(best_similarity(bench, after, OTHER), abs=1e-3)
    assert in_other != pytest.approx(best_similarity(bench, after, OWN), abs=1e-3)
    with pytest.raises(SpaceInUseError):
        spaces.drop(bench.runtime, bench.admin, OTHER.name)

    assert spaces.go_back(bench.runtime, bench.admin, KNOWN, Purpose.LAYOUT).space == OWN
    back, in_own = routed_receipt(bench, tmp_path, 23)
    assert in_own == pytest.approx(best_similarity(bench, back, OWN), abs=1e-3)
    forget(bench.runtime, bench.admin, back)
    spaces.drop(bench.runtime, bench.admin, OTHER.name)
    assert not _view(bench, OTHER.name).registered
    routed_receipt(bench, tmp_path, 24)
    told = [
        (e.action, e.details.get("former"))
        for e in reversed(audit.list_entries(bench.runtime, bench.admin, limit=500))
        if e.action.startswith("space.")
    ]
    assert told == [
        ("space.fill-requested", None), ("space.filled", None), ("space.filled", None),
        ("space.switched", OWN.name), ("space.filled", None), ("space.switched", OTHER.name),
        ("space.filled", None), ("space.dropped", None),
    ]  # fmt: skip


def test_a_page_that_cannot_be_embedded_is_left_out_and_the_switch_says_so(
    discovered: Bench,
) -> None:
    bench = discovered
    with bench.runtime.database.transaction() as connection:
        (page,) = pages.some(connection, _some_page(bench.runtime))
    bench.runtime.blobs.delete(page.model_blob)
    spaces.request_fill(bench.runtime, bench.admin, KNOWN, OTHER.name)
    bench.work()

    view = _view(bench, OTHER.name)
    assert (view.filled, view.missing, view.failed) == (8, 0, 1)
    with pytest.raises(SpaceFailedPagesError, match="1 pages"):
        spaces.switch(bench.runtime, bench.admin, KNOWN, OTHER.name)
    now = spaces.switch(bench.runtime, bench.admin, KNOWN, OTHER.name, without_failed=True)
    assert now.active


def test_cuts_of_one_model_are_filled_by_one_pass(discovered: Bench) -> None:
    bench, seen = discovered, list[int]()
    whole = replace(OWN, name="whole", model_id="test")
    cuts = [whole, *(replace(whole, name=f"cut-{d}", dimensions=d) for d in (64, 16))]
    models = FillModels(
        Embedders(LayoutGrid(), [Counting(each, seen) for each in cuts]),
        bench.workshop.fill.encoders,
    )
    for each in cuts:
        spaces.request_fill(bench.runtime, bench.admin, models.spaces, each.name)
    fill(bench.runtime, models, whole.fill_id)

    assert sum(seen) == 9
    (page_id,) = _some_page(bench.runtime)
    vectors = [embedding.stored_vector(bench.runtime, each, page_id) for each in cuts]
    assert vectors[0] is not None
    for vector in vectors[1:]:
        assert vector is not None
        first = vectors[0][: len(vector)]
        assert np.allclose(vector, first / np.linalg.norm(first), atol=1e-3)


def _some_page(runtime: Runtime) -> list[UUID]:
    with runtime.database.transaction() as connection:
        rows = connection.execute("SELECT id FROM page ORDER BY id LIMIT 1").fetchall()
    return [row["id"] for row in rows]


def test_a_switch_while_a_page_is_being_embedded_leaves_it_in_the_new_space(
    discovered: Bench, tmp_path: Path
) -> None:
    bench = discovered
    spaces.request_fill(bench.runtime, bench.admin, KNOWN, OTHER.name)
    bench.work()

    class Switching(LayoutEncoder):
        """Has another space lead when the first page is half done."""

        def embed(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
            spaces.switch(bench.runtime, bench.admin, KNOWN, OTHER.name)
            return super().embed(images)

    given = bench.workshop.context
    context = replace(given, embedders=Embedders(Switching(), given.embedders.others))
    bench.workshop = replace(bench.workshop, context=context)
    document = bench.add(scan(tmp_path, "receipt", 30)).document
    bench.work()

    stored, (page,) = processing.load_document(bench.runtime, document.id)
    assert stored.state is DocumentState.DONE
    assert page.state is PageState.UNKNOWN
    assert _spaces_of(bench.runtime, document.id) == {OWN.name, OTHER.name}


def test_documents_wait_for_a_model_of_the_active_space_until_another_one_leads(
    discovered: Bench, tmp_path: Path
) -> None:
    bench = discovered
    gone = replace(OWN, name="gone", model_id="other")
    with bench.runtime.database.transaction() as connection:
        space = stored_spaces.ensure(connection, gone)
        stored_spaces.lead(connection, space)
    (said,) = spaces.disagreements(bench.runtime, KNOWN[:1], KNOWN)
    assert (said.active, said.own, said.served) == ("gone", OWN.name, False)
    document = bench.add(scan(tmp_path, "receipt", 31)).document
    bench.work()
    stored, (page,) = processing.load_document(bench.runtime, document.id)
    assert (stored.state, page.state) == (DocumentState.SPLIT, PageState.SPLIT)

    spaces.request_fill(bench.runtime, bench.admin, KNOWN, "gone")
    bench.work()
    assert _view(bench, "gone").state is SpaceState.ACTIVE
    failure = _view(bench, "gone").failure
    assert failure is not None
    assert failure.code == "space-not-served"

    spaces.request_fill(bench.runtime, bench.admin, KNOWN, OTHER.name)
    bench.work()
    spaces.switch(bench.runtime, bench.admin, KNOWN, OTHER.name)
    bench.queue.sent.append((WorkKind.DOCUMENT.value, document.id, 5))
    bench.work()
    stored, (page,) = processing.load_document(bench.runtime, document.id)
    assert (stored.state, page.state) == (DocumentState.DONE, PageState.UNKNOWN)
    assert _spaces_of(bench.runtime, document.id) >= {OTHER.name}


def test_only_who_runs_the_installation_may(discovered: Bench) -> None:
    bench = discovered
    reviewer = make_holder(bench.runtime, bench.collection, "rev", Role.REVIEWER).caller
    with pytest.raises(ForbiddenError):
        spaces.request_fill(bench.runtime, reviewer, KNOWN, OTHER.name)
    with pytest.raises(NotFoundError):
        spaces.request_fill(bench.runtime, bench.admin, KNOWN, "no such space")
    with pytest.raises(NotFoundError):
        spaces.switch(bench.runtime, bench.admin, KNOWN, OTHER.name)
    with pytest.raises(NoEarlierSpaceError):
        spaces.go_back(bench.runtime, bench.admin, KNOWN, Purpose.LAYOUT)
    assert [each.state for each in spaces.list_spaces(bench.runtime, reviewer, KNOWN)] == [
        SpaceState.ACTIVE, SpaceState.POSSIBLE,
    ]  # fmt: skip


def test_pages_of_a_document_are_embedded_in_one_call_and_a_bad_one_fails_alone(
    discovered: Bench, tmp_path: Path
) -> None:
    pdf = pymupdf.open()
    for seed in range(3):
        page = pdf.new_page()
        page.insert_image(page.rect, filename=scan(tmp_path, "receipt", seed))
    path = tmp_path / "three.pdf"
    pdf.save(path)
    bench, seen = discovered, list[int]()
    counting = Counting(OWN, seen)
    given = bench.workshop.context
    context = replace(given, embedders=Embedders(counting, given.embedders.others))
    bench.workshop = replace(bench.workshop, context=context)
    bench.add(path)
    bench.work()
    assert seen == [3]
