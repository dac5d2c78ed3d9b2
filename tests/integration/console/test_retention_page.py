"""How long documents are kept: rules are set and the documents that will go are shown before."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from console_seeds import Seeds
from console_visitor import Visit

from chohyo.domain.collections import Collection
from chohyo.domain.documents import Document, PageState
from chohyo.domain.matches import Outcome
from chohyo.errors import NotFoundError
from chohyo.services import documents, forgetting, retention
from chohyo.services.runtime import Runtime
from tests.conftest import DatabaseUrls

AREA = "/administration/retention"
LISTED = re.compile(r'<td class="wide"><a href="/documents/([0-9a-f-]+)">')


def _age(urls: DatabaseUrls, document: Document, days: int) -> None:
    with psycopg.connect(urls.superuser) as connection:
        connection.execute(
            "UPDATE document SET created_at = created_at - %s WHERE id = %s",
            [timedelta(days=days), document.id],
        )


def _listed(page: str) -> list[UUID]:
    return [UUID(found) for found in LISTED.findall(page)]


@pytest.fixture
def aged(seeds: Seeds, database_urls: DatabaseUrls) -> dict[int, Document]:
    """File documents by the days that they have been there."""
    found = {}
    for days in (400, 380, 350, 10):
        found[days] = seeds.document(f"{days}.pdf")
        _age(database_urls, found[days], days)
    return found


def test_what_a_rule_will_take_is_listed_before_it_goes_and_nothing_else_goes(
    visit: Visit, runtime: Runtime, collection: Collection, callers, aged: dict[int, Document]
) -> None:
    admin = visit("admin")
    assert _listed(admin.get(AREA).text) == []
    admin.post(AREA, collection=str(collection.id), days="365")

    assert _listed(admin.get(f"{AREA}?within=0").text) == [aged[400].id, aged[380].id]
    soon = [aged[400].id, aged[380].id, aged[350].id]
    assert _listed(admin.get(f"{AREA}?within=30").text) == soon
    assert _listed(admin.get(f"{AREA}?within=365").text) == [*soon, aged[10].id]

    forgetting.set_hold(runtime, callers["admin"].caller, aged[400].id, "監査のため")
    held = admin.get(f"{AREA}?within=0").text
    assert _listed(held) == [aged[400].id, aged[380].id]
    assert "監査のため" in held

    assert retention.tidy(runtime) == 1
    with pytest.raises(NotFoundError):
        documents.get_document(runtime, callers["admin"].caller, aged[380].id)
    assert _listed(admin.get(f"{AREA}?within=365").text) == [
        aged[400].id, aged[350].id, aged[10].id,
    ]  # fmt: skip


def test_a_form_types_rule_counts_for_its_documents_and_can_be_removed(
    visit: Visit, seeds: Seeds, collection: Collection, database_urls: DatabaseUrls
) -> None:
    version, document = seeds.version(), seeds.document()
    seeds.match(seeds.page(document, PageState.READ), Outcome.ROUTED, version)
    _age(database_urls, document, 400)
    admin = visit("admin")
    admin.post(AREA, collection=str(collection.id), days="365")
    assert _listed(admin.get(f"{AREA}?within=0").text) == [document.id]

    shown = admin.post(
        AREA, collection=str(collection.id), family=str(version.family_id), days="2555"
    ).text
    assert "2,555" in shown
    assert _listed(admin.get(f"{AREA}?within=0").text) == []

    for rule in re.findall(rf"{AREA}/([0-9a-f-]+)/remove", admin.get(AREA).text):
        empty = admin.post(f"{AREA}/{rule}/remove").text
    assert "No rules: documents are kept until somebody forgets them." in empty


def test_only_administrators_set_and_see_retention(visit: Visit, collection: Collection) -> None:
    for role in ("viewer", "operator", "reviewer"):
        assert visit(role).get(AREA).status_code == 403
        answer = visit(role).post(AREA, collection=str(collection.id), days="1")
        assert answer.status_code == 403


def test_days_that_are_not_possible_are_refused(visit: Visit, collection: Collection) -> None:
    assert visit("admin").post(AREA, collection=str(collection.id), days="0").status_code == 422


def test_the_list_goes_on_after_a_document_until_it_is_gone(
    runtime: Runtime, collection: Collection, callers, nobody, aged: dict[int, Document]
) -> None:
    admin = callers["admin"]
    retention.set_rule(runtime, admin.caller, collection.id, None, 1)
    headers = {"X-API-Key": admin.key}

    def listed(**params: str | int) -> dict:
        return nobody.get(
            "/v1/retention/due", params={"limit": 3, **params}, headers=headers
        ).json()

    first = listed()
    assert [each["id"] for each in first["items"]] == [str(aged[d].id) for d in (400, 380, 350)]
    rest = listed(cursor=first["next_cursor"])
    assert ([each["id"] for each in rest["items"]], rest["next_cursor"]) == (
        [str(aged[10].id)], None,
    )  # fmt: skip
    forgetting.forget(runtime, admin.caller, aged[350].id)
    assert listed(cursor=first["next_cursor"])["code"] == "stale-cursor"
