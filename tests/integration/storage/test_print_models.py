"""What is learned of a template page's print goes with the exemplars it was learned from."""

from __future__ import annotations

from filing import Filing

from chohyo.services import print_models
from chohyo.storage import templates


def _with_exemplars(runtime, filing: Filing, *pages):
    with runtime.database.transaction() as connection:
        for page in pages:
            templates.insert_exemplar(connection, filing.template_page_id, page.id)
    learned = print_models.lesson(runtime, filing.template_page_id)
    assert learned is not None
    return learned


def test_a_model_is_kept_until_an_exemplar_joins(runtime, filing: Filing):
    learned = _with_exemplars(runtime, filing, filing.read_page)
    revision = print_models.store(runtime, learned, b"model")

    assert revision is not None
    assert print_models.revision(runtime, filing.template_page_id) == revision
    assert print_models.load(runtime, filing.template_page_id, revision) == b"model"

    _with_exemplars(runtime, filing, filing.review_page)

    assert print_models.revision(runtime, filing.template_page_id) is None
    assert print_models.load(runtime, filing.template_page_id, revision) is None


def test_forgetting_an_exemplar_removes_what_was_learned_from_it(runtime, filing: Filing):
    learned = _with_exemplars(runtime, filing, filing.read_page, filing.unknown_page)
    print_models.store(runtime, learned, b"model")
    with runtime.database.transaction() as connection:
        connection.execute("DELETE FROM exemplar WHERE page_id = %s", (filing.unknown_page.id,))

    with runtime.database.transaction() as connection:
        left = connection.execute("SELECT count(*) AS n FROM print_model").fetchone()
    assert left["n"] == 0


def test_what_was_learned_from_exemplars_that_changed_meanwhile_is_not_stored(
    runtime, filing: Filing
):
    learned = _with_exemplars(runtime, filing, filing.read_page)
    _with_exemplars(runtime, filing, filing.unknown_page)

    assert print_models.store(runtime, learned, b"model") is None
    assert print_models.revision(runtime, filing.template_page_id) is None


def test_a_model_on_another_blank_form_is_not_used(runtime, filing: Filing):
    learned = _with_exemplars(runtime, filing, filing.read_page)
    print_models.store(runtime, learned, b"model")
    with runtime.database.transaction() as connection:
        connection.execute(
            "UPDATE template_page SET reference_blob = 'rebuilt' WHERE id = %s",
            (filing.template_page_id,),
        )

    assert print_models.revision(runtime, filing.template_page_id) is None


def test_a_template_page_without_exemplars_has_nothing_to_learn_from(runtime, filing: Filing):
    assert print_models.lesson(runtime, filing.template_page_id) is None
