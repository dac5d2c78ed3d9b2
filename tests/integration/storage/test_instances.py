"""Filled forms follow the decisions for their pages, and no value is lost on the way."""

from __future__ import annotations

from dataclasses import replace

from filing import Filing

from chohyo.domain.instances import InstanceCut
from chohyo.domain.values import ValueSource
from chohyo.storage import instances, values


def test_a_page_found_in_front_takes_over_the_form_with_its_values(runtime, filing: Filing):
    with runtime.database.transaction() as connection:
        row = connection.execute("SELECT id, instance_id FROM value ORDER BY id LIMIT 1").fetchone()
        known = instances.get(connection, row["instance_id"])
        read = values.get(connection, row["id"])
        corrected = replace(read.reading, raw="corrected", source=ValueSource.PERSON)
        values.put(connection, replace(read, reading=corrected))
        later = InstanceCut(known.version_id, known.first_page_no + 1, known.page_ids, (1,))
        instances.replace_of_document(connection, known.collection_id, known.document_id, [later])
        whole = InstanceCut(known.version_id, known.first_page_no, known.page_ids, ())
        (form,) = instances.replace_of_document(
            connection, known.collection_id, known.document_id, [whole]
        )
        kept = values.get(connection, row["id"])
    assert form.missing_pages == ()
    assert kept.instance_id == form.id
    assert kept.reading.raw == "corrected"


def test_a_form_that_gains_a_page_behind_keeps_its_id(runtime, filing: Filing):
    with runtime.database.transaction() as connection:
        row = connection.execute("SELECT instance_id FROM value ORDER BY id LIMIT 1").fetchone()
        known = instances.get(connection, row["instance_id"])
        page = connection.execute(
            "SELECT id FROM page WHERE id <> ALL(%s) LIMIT 1", (list(known.page_ids),)
        ).fetchone()
        longer = InstanceCut(
            known.version_id, known.first_page_no, (*known.page_ids, page["id"]), ()
        )
        (form,) = instances.replace_of_document(
            connection, known.collection_id, known.document_id, [longer]
        )
    assert form.id == known.id
    assert form.page_ids[-1] == page["id"]


def test_a_form_that_is_no_longer_there_takes_its_values_along(runtime, filing: Filing):
    with runtime.database.transaction() as connection:
        row = connection.execute("SELECT id, instance_id FROM value ORDER BY id LIMIT 1").fetchone()
        known = instances.get(connection, row["instance_id"])
        instances.replace_of_document(connection, known.collection_id, known.document_id, [])
        assert values.get(connection, row["id"]) is None


def test_a_form_of_which_every_page_waits_is_not_among_those_of_its_version(
    runtime, filing: Filing
):
    with runtime.database.transaction() as connection:
        row = connection.execute("SELECT instance_id FROM value ORDER BY id LIMIT 1").fetchone()
        known = instances.get(connection, row["instance_id"])
        place = (connection, known.collection_id, known.document_id)
        whole = InstanceCut(known.version_id, known.first_page_no, known.page_ids, ())
        (form,) = instances.replace_of_document(*place, [replace(whole, awaiting=known.page_ids)])
        assert (form.id, form.settled, form.awaiting_page_ids) == (known.id, False, known.page_ids)
        assert form.id not in {i.id for i in instances.of_version(connection, form.version_id)}
        (form,) = instances.replace_of_document(*place, [whole])
        assert form.settled
        assert form.id in {each.id for each in instances.of_version(connection, form.version_id)}
