"""Splitting and assembling can be repeated without losing or doubling anything."""

from __future__ import annotations

from chohyo.services import processing


def test_splitting_again_adds_no_page(runtime, add_document):
    document, _ = processing.load_document(runtime, add_document("three", 3))
    first = processing.split(runtime, document)
    again = processing.split(runtime, document)
    assert [page.id for page in again] == [page.id for page in first]
    assert [page.page_no for page in first] == [1, 2, 3]


def test_splitting_goes_on_where_a_crash_left_it(runtime, add_document):
    document, _ = processing.load_document(runtime, add_document("three", 3))
    complete = processing.split(runtime, document)
    with runtime.database.transaction() as connection:
        connection.execute("DELETE FROM page WHERE id = %s", (complete[1].id,))
    repaired = processing.split(runtime, document)
    assert [page.page_no for page in repaired] == [1, 2, 3]
    assert repaired[0].id == complete[0].id
