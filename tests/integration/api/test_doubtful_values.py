"""Values that a person should look at are listed until one has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from fastapi.testclient import TestClient
from filing import Filing

from chohyo.services import processing
from chohyo.services.runtime import Runtime
from chohyo.storage import values

Clients = Callable[[str], TestClient]


def doubt(runtime: Runtime, value_id: UUID, **changes: object) -> None:
    """Make a stored reading unsure or invalid."""
    with runtime.database.transaction() as connection:
        value = values.get(connection, value_id)
        assert value is not None
        values.put(connection, replace(value, reading=replace(value.reading, **changes)))


def listed(client: TestClient, query: str = "") -> list[dict[str, object]]:
    items: list[dict[str, object]] = client.get(f"/v1/values{query}").json()["items"]
    return items


def test_sure_values_wait_for_nobody(as_: Clients, filing: Filing) -> None:
    assert listed(as_("reviewer")) == []


def test_an_unsure_value_and_one_that_breaks_its_type_wait_with_their_crops(
    as_: Clients, filing: Filing, runtime: Runtime
) -> None:
    doubt(runtime, filing.values["remark"], confidence=0.5)
    doubt(runtime, filing.values["amount"], valid=False, confidence=0.99)
    found = listed(as_("reviewer"), "?needs_review=true")
    assert {each["id"] for each in found} == {
        str(filing.values["remark"]), str(filing.values["amount"]),
    }  # fmt: skip
    for each in found:
        assert each["needs_review"]
        assert each["page_id"] == str(filing.read_page.id)
        assert str(each["evidence"]["crop"]).endswith("/crop")  # type: ignore[index]


def test_a_value_leaves_the_list_when_a_person_confirms_it(
    as_: Clients, filing: Filing, runtime: Runtime
) -> None:
    doubt(runtime, filing.values["remark"], confidence=0.5)
    (before,) = listed(as_("reviewer"))
    after = as_("reviewer").put(f"/v1/values/{before['id']}", json={"text": before["raw"]}).json()
    assert not after["needs_review"]
    assert listed(as_("reviewer")) == []


def test_cursors_lead_through_the_list(as_: Clients, filing: Filing, runtime: Runtime) -> None:
    for name in ("remark", "amount"):
        doubt(runtime, filing.values[name], confidence=0.5)
    first = as_("reviewer").get("/v1/values?limit=1").json()
    second = as_("reviewer").get(f"/v1/values?limit=1&cursor={first['next_cursor']}").json()
    assert second["next_cursor"] is None
    assert first["items"][0]["id"] != second["items"][0]["id"]


def test_personal_data_is_masked_for_viewers_here_too(
    as_: Clients, filing: Filing, runtime: Runtime
) -> None:
    doubt(runtime, filing.values["holder_name"], confidence=0.5)
    (seen,) = listed(as_("viewer"))
    assert seen["masked"]
    assert seen["raw"] == "•••"


def test_a_page_that_does_not_lie_on_its_form_goes_to_review_with_the_reason(
    as_: Clients, filing: Filing, runtime: Runtime
) -> None:
    match = processing.matches_of(runtime, [filing.read_page.id])[filing.read_page.id]
    processing.refuse_reading(runtime, match)
    page = as_("reviewer").get(f"/v1/pages/{filing.read_page.id}").json()
    assert page["state"] == "review"
    assert page["match"]["reason"] == "misplaced"
    listed_for_review = as_("reviewer").get("/v1/pages?state=review").json()["items"]
    assert str(filing.read_page.id) in {each["id"] for each in listed_for_review}
