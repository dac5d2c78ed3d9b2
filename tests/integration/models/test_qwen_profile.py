"""The main job in the profile `qwen`, on a tiny checkpoint: what it finds means nothing there, that
every part is asked does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pymupdf
import pytest
from PIL import Image

from agent.checkpoints import open_saver, prepare
from agent.context import AgentContext
from agent.discovery.graph import build_proposal_graph, build_run_graph
from agent.document.graph import build_document_graph
from agent.references import References
from chohyo.domain.access import Role
from chohyo.domain.collections import Collection
from chohyo.domain.matches import Outcome
from chohyo.domain.rerankers import RerankerChoice
from chohyo.errors import InvalidInputError
from chohyo.models.ocr import RapidTextRecognizer
from chohyo.models.orientation import LineOrientation
from chohyo.models.projection import Projection
from chohyo.models.qwen_errors import ExtraMissingError
from chohyo.models.qwen_prompts import ModelInput
from chohyo.pages.images import decode_grey, encode_png
from chohyo.profiles import open_fill_models, open_models, open_search
from chohyo.qwen_profile import embedder_choices, far_embedder, qwen_spaces
from chohyo.qwen_settings import QwenSettings
from chohyo.services import audit, documents, processing, spaces, templates, training
from chohyo.services.embedding import stored_vector
from chohyo.services.filling import fill
from chohyo.services.ingest import ingest
from chohyo.services.model_calls import hosted
from chohyo.services.runtime import Runtime
from chohyo.settings import Settings
from chohyo.storage import spaces as stored_spaces
from chohyo.storage import training as stored_trainings
from chohyo.storage.database import Database
from tests.conftest import DatabaseUrls
from tests.integration.agent.conftest import Bench, scan
from tests.integration.conftest import RecordingQueue, make_holder
from tests.lessons import plant
from workers.runtime import Workshop


def tiny(checkpoint: Path, **changed: Any) -> Settings:
    """Return the settings of the profile on a tiny checkpoint."""
    qwen = {
        "embedder": str(checkpoint), "reranker": str(checkpoint), "dimensions": 32,
        "device": "cpu", "seconds": 60, "query_seconds": 30,
    }  # fmt: skip
    return Settings(
        profile="qwen",
        reranker=changed.pop("reranker", RerankerChoice.FUSED),
        qwen=QwenSettings(**{**qwen, **changed}),
    )


@pytest.fixture
def bench(
    checkpoint: Path,
    runtime: Runtime,
    queue: RecordingQueue,
    collection: Collection,
    database_urls: DatabaseUrls,
) -> Iterator[Bench]:
    """Run a worker without models, and in another thread the one that has them."""
    from workers.gpu import open_room

    prepare(database_urls.owner)
    settings = tiny(checkpoint)
    models_database = Database(database_urls.service).open()
    room = open_room(settings, replace(runtime, database=models_database))
    over = threading.Event()

    def answer() -> None:
        while not over.wait(0.01):
            room.answer()

    thread = threading.Thread(target=answer)
    thread.start()
    saver = open_saver(runtime.database.url)
    models = open_models(settings, replace(runtime, queue=RecordingQueue()))
    recognizer = RapidTextRecognizer()
    context = AgentContext(
        runtime=runtime,
        embedders=models.embedders,
        reranker=models.reranker,
        rerankers=models.rerankers,
        recognizer=recognizer,
        orientation=LineOrientation(recognizer),
        references=References(runtime),
    )
    shop = Workshop(
        settings=settings,
        context=context,
        document=build_document_graph(),
        run=build_run_graph(saver),
        proposal=build_proposal_graph(saver),
        fill=open_fill_models(settings, runtime),
    )
    admin = make_holder(runtime, collection, "admin", Role.ADMIN).caller
    yield Bench(shop, queue, collection, admin, database_urls)
    over.set()
    thread.join()
    saver.conn.close()
    models_database.close()


def test_a_pile_is_embedded_proposed_approved_and_routed(bench: Bench, tmp_path: Path) -> None:
    for seed in range(3):
        bench.add(scan(tmp_path, "receipt", seed))
    bench.work()
    bench.discover()
    proposed = bench.waiting()
    assert [len(each.members) for each in proposed] == [3]
    bench.approve(proposed[0])
    bench.work()
    fresh = bench.add(scan(tmp_path, "receipt", 10)).document
    bench.work()

    assert len(templates.list_families(bench.runtime, bench.admin)) == 1
    (match,) = documents.get_document(bench.runtime, bench.admin, fresh.id).matches.values()
    assert match.decided_by == "fused:page-first"
    assert match.outcome in {Outcome.ROUTED, Outcome.REVIEW}
    assert match.candidates[0].score is not None

    for choice, name in ((RerankerChoice.OFF, "off"), (RerankerChoice.QWEN, "qwen:page-first")):
        path = scan(tmp_path, "receipt", 11 + len(name))
        taken = ingest(
            bench.runtime, bench.admin, bench.collection.id, path, path.name, reranker=choice
        )
        bench.work()
        view = documents.get_document(bench.runtime, bench.admin, taken.document.id)
        assert [match.decided_by for match in view.matches.values()] == [name]

    with bench.runtime.database.transaction() as connection:
        active = stored_spaces.active(connection)
        assert active is not None
        counted = connection.execute(
            "SELECT count(*) AS n FROM embedding WHERE space_id = %s", (active.id,)
        ).fetchone()
        left = connection.execute("SELECT count(*) AS n FROM model_call").fetchone()
    assert active.space == bench.workshop.context.embedders.own.space
    assert counted is not None
    assert counted["n"] == 6
    assert left is not None
    assert left["n"] == 0
    entries = audit.list_entries(bench.runtime, bench.admin, limit=200)
    deciders = {e.actor.model for e in entries if e.action.startswith("page.ro")}
    assert deciders <= {"fused:page-first", "qwen:page-first"}


def test_pages_of_a_document_are_computed_together_and_a_bad_one_alone(
    bench: Bench, checkpoint: Path, tmp_path: Path
) -> None:
    from chohyo.models.qwen_embedder import QwenEmbedder
    from chohyo.models.qwen_loading import Checkpoint, Placement

    pdf = pymupdf.open()
    for seed in range(3):
        sheet = pdf.new_page(width=300, height=420)
        sheet.insert_image(sheet.rect, filename=scan(tmp_path, "receipt", seed))
    path = tmp_path / "three.pdf"
    pdf.save(path)
    document = bench.add(path).document
    _, split = processing.load_document(bench.runtime, document.id)
    assert split == []
    split = processing.split(bench.runtime, document)
    # So long and thin that the vision tower refuses it.
    thin = bench.runtime.blobs.put(encode_png(np.full((8, 4000), 255, np.uint8)))
    with bench.runtime.database.transaction() as connection:
        connection.execute("UPDATE page SET model_blob = %s WHERE id = %s", (thin, split[1].id))
    bench.work()

    _, found = processing.load_document(bench.runtime, document.id)
    assert [page.state.value for page in found] == ["unknown", "failed", "unknown"]
    assert found[1].failure is not None
    assert found[1].failure.code == "model-input-shape"
    here = QwenEmbedder.load(Checkpoint(str(checkpoint)), Placement.choose("cpu"))
    space = bench.workshop.context.embedders.own.space
    for page in (found[0], found[2]):
        image = Image.fromarray(decode_grey(bench.runtime.blobs.get(page.model_blob)))
        (alone,) = here.embed([ModelInput(None, (image,), space.instruction)], 32)
        stored = stored_vector(bench.runtime, space, page.id)
        assert stored is not None
        assert np.abs(stored - alone).max() < 1e-3  # as halfvec keeps it


def test_a_query_is_embedded_where_the_models_are(bench: Bench, checkpoint: Path) -> None:
    from chohyo.models.qwen_embedder import QwenEmbedder
    from chohyo.models.qwen_loading import Checkpoint, Placement

    (choice,) = embedder_choices(bench.workshop.settings.qwen)
    asked = far_embedder(bench.workshop.settings.qwen, choice, bench.runtime, 30, 1)
    given = ModelInput("領収書", instruction="Retrieve the page")
    here = QwenEmbedder.load(Checkpoint(str(checkpoint)), Placement.choose("cpu"))

    assert np.abs(asked.embed([given], 32) - here.embed([given], 32)).max() < 1e-5
    assert {model.role.value for model in hosted(bench.runtime)} == {"embed", "score"}


def test_a_second_model_and_cuts_are_filled_beside_the_first(
    bench: Bench, checkpoint: Path, tmp_path: Path, database_urls: DatabaseUrls
) -> None:
    import shutil

    from workers.gpu import open_room

    # Another revision of the same weights: what counts is that its calls go to it.
    second = shutil.copytree(checkpoint, tmp_path / "second")
    settings = tiny(checkpoint, cuts=(16,), second_embedder=str(second),
                    second_embedder_revision="other")  # fmt: skip
    runtime = bench.runtime
    models = open_fill_models(settings, runtime)
    pages = [each for each in models.embedders.spaces if each.model_id != "chohyo/layout-grid"]
    assert [each.purpose for each in pages[:8]] == 2 * (2 * ["layout"] + 2 * ["image"])
    assert [each.dimensions for each in pages[:8]] == 4 * [32, 16]
    assert [each.dimensions for each in models.encoders.spaces[1:]] == 2 * [32, 16]

    bench.add(scan(tmp_path, "receipt", 40))
    bench.work()
    wanted = [*pages[:2], pages[4]]
    for each in wanted:
        spaces.request_fill(runtime, bench.admin, models.spaces, each.name)
    room = open_room(settings, replace(runtime, database=Database(database_urls.service).open()))
    over = threading.Event()

    def answer() -> None:
        while not over.wait(0.01):
            room.answer()

    thread = threading.Thread(target=answer)
    thread.start()
    for each in wanted[1:]:
        fill(runtime, models, each.fill_id)
    over.set()
    thread.join()
    room.runtime.database.close()

    views = {v.space.name: v for v in spaces.list_spaces(runtime, bench.admin, models.spaces)}
    assert [(views[e.name].filled, views[e.name].missing) for e in wanted] == [(1, 0)] * 3
    with runtime.database.transaction() as connection:
        (row,) = connection.execute("SELECT id FROM page").fetchall()
    whole, cut, other = (stored_vector(runtime, each, row["id"]) for each in wanted)
    assert np.allclose(cut, whole[:16] / np.linalg.norm(whole[:16]), atol=2e-3)
    assert np.allclose(other, whole, atol=2e-3)


def test_a_search_waits_shortly_and_goes_before_pages(checkpoint: Path, runtime: Runtime) -> None:
    settings = tiny(checkpoint, query_seconds=3, seconds=90)
    searching = open_search(settings, runtime).embedders.own.embedder
    routing = open_models(settings, runtime).embedders.own.embedder
    filling = open_fill_models(settings, runtime).embedders.own.embedder
    assert [(each.seconds, each.priority) for each in (searching, routing, filling)] == [
        (3, 1), (90, 5), (90, 9),
    ]  # fmt: skip
    assert len({each.model for each in (searching, routing, filling)}) == 1


def test_words_are_found_by_meaning_in_a_qwen_space(bench: Bench, checkpoint: Path) -> None:
    settings = bench.workshop.settings
    own, encoder = open_fill_models(settings, bench.runtime).encoders.spaces[:2]
    models = open_fill_models(settings, bench.runtime)
    found = models.encoders.of(encoder)
    assert own.purpose == encoder.purpose == "text"
    assert found is not None
    passages = found.embed_passages(["領収書 金額", "expenses"])
    assert passages.shape == (2, 32)
    assert np.allclose(np.linalg.norm(passages, axis=1), 1, atol=1e-5)
    # A query is told something else than a passage, so that the same words differ.
    assert not np.allclose(found.embed_query("expenses"), passages[1], atol=1e-3)
    assert found.embed_passages([]).shape == (0, 32)


def test_instructions_cuts_and_weights_make_spaces_of_their_own(
    checkpoint: Path, runtime: Runtime
) -> None:
    chosen = tiny(checkpoint).qwen
    other = chosen.model_copy(update={"dimensions": 16})
    told = chosen.model_copy(update={"layout_instruction": "Represent the form."})
    small = chosen.model_copy(update={"max_pixels": 500_000})
    pinned = chosen.model_copy(update={"embedder_revision": "abc"})
    found = [
        *qwen_spaces(chosen).values(),
        *(qwen_spaces(each)["layout"] for each in (other, told, small, pinned)),
    ]

    assert len({space.name for space in found}) == len(found) == 7
    with runtime.database.transaction() as connection:
        stored = [stored_spaces.ensure(connection, space) for space in found]
        again = [stored_spaces.ensure(connection, space) for space in found]
    assert [each.space for each in stored] == found
    assert [each.id for each in again] == [each.id for each in stored]
    assert [each.space.purpose for each in stored if each.active] == ["text", "layout"]


@pytest.mark.parametrize("revision", [None, "", "main", "v1.0"])
def test_weights_from_the_hub_are_pinned(checkpoint: Path, revision: str | None) -> None:
    from chohyo.profiles import load_models

    hub = tiny(checkpoint, embedder="Qwen/Qwen3-VL-Embedding-2B", embedder_revision=revision)
    for asked in (lambda: load_models(hub), lambda: qwen_spaces(hub.qwen)):
        with pytest.raises(InvalidInputError, match="CHOHYO_QWEN__EMBEDDER_REVISION"):
            asked()


def test_more_dimensions_than_the_model_has_are_refused(checkpoint: Path) -> None:
    from chohyo.profiles import load_models

    with pytest.raises(InvalidInputError, match="CHOHYO_QWEN__DIMENSIONS"):
        load_models(tiny(checkpoint, dimensions=128))


def test_a_reranker_that_the_profile_has_not_is_refused(runtime: Runtime) -> None:
    with pytest.raises(InvalidInputError, match="reranker"):
        open_models(Settings(reranker=RerankerChoice.QWEN), runtime)
    assert open_models(Settings(reranker=RerankerChoice.OFF), runtime).reranker.name == "off"


def test_without_the_extra_it_is_told_what_to_install(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    from chohyo.profiles import load_models

    monkeypatch.setitem(sys.modules, "chohyo.models.qwen_embedder", None)
    with pytest.raises(ExtraMissingError, match=r"pip install 'chohyo\[qwen\]'"):
        load_models(tiny(checkpoint))


def test_a_projection_trained_on_the_models_vectors_is_filled_and_used(
    bench: Bench, tmp_path: Path
) -> None:
    own = bench.workshop.context.embedders.own.space
    plant(bench.runtime, own)
    earlier = bench.add(scan(tmp_path, "receipt", 1)).document
    bench.work()
    asked = training.request(bench.runtime, bench.admin)
    bench.work()
    done = training.get_training(bench.runtime, bench.admin, asked.id)
    assert (done.better, done.base) == (True, own.name)

    known = bench.workshop.context.embedders.spaces
    spaces.switch(bench.runtime, bench.admin, known, done.space)
    later = bench.add(scan(tmp_path, "receipt", 2)).document
    bench.work()
    with bench.runtime.database.transaction() as connection:
        trained = stored_spaces.active(connection)
        weights = stored_trainings.weights(connection, done.space)
    assert trained is not None and trained.space.name == done.space
    for document in (earlier, later):
        _, (page,) = processing.load_document(bench.runtime, document.id)
        given, made = (
            stored_vector(bench.runtime, space, page.id) for space in (own, trained.space)
        )
        assert np.abs(Projection.load(weights).apply(given[None])[0] - made).max() < 1e-3
