"""Personal data: masked for viewers in JSON, CSV and pictures."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from filing import FORMULA, HOLDER, Filing, shows_the_name

from chohyo.pages.images import decode_colour

Clients = Callable[[str], TestClient]
PICTURES = [
    "/v1/pages/{page}/image",
    "/v1/pages/{page}/thumbnail",
    "/v1/pages/{page}/match/overlay",
    "/v1/values/{value}/crop",
    "/v1/values/{value}/overlay",
]


def _values(client: TestClient, filing: Filing) -> dict[str, dict[str, object]]:
    answer = client.get(f"/v1/documents/{filing.document.id}/instances")
    return answer.json()["items"][0]["values"]


def _csv(client: TestClient, filing: Filing) -> list[dict[str, str]]:
    answer = client.get(f"/v1/template-versions/{filing.version_id}/values.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_an_operator_reads_values_with_their_evidence(as_: Clients, filing: Filing) -> None:
    name, amount = (_values(as_("operator"), filing)[each] for each in ("holder_name", "amount"))
    assert (name["raw"], name["masked"]) == (HOLDER, False)
    assert (amount["raw"], amount["value"]) == ("12,000円", 12000)
    assert amount["evidence"] == {
        "crop": f"/v1/values/{filing.values['amount']}/crop",
        "overlay": f"/v1/values/{filing.values['amount']}/overlay",
    }


def test_a_viewer_reads_all_but_personal_data(as_: Clients, filing: Filing) -> None:
    values = _values(as_("viewer"), filing)
    assert values["holder_name"]["masked"]
    assert values["amount"]["value"] == 12000


@pytest.mark.parametrize(
    "path",
    [
        "/v1/documents/{document}/instances",
        "/v1/pages/{page}",
        "/v1/template-versions/{version}/values.csv",
    ],
)
def test_no_text_a_viewer_gets_holds_the_name(as_: Clients, filing: Filing, path: str) -> None:
    path = path.format(
        document=filing.document.id, page=filing.read_page.id, version=filing.version_id
    )
    assert HOLDER in as_("operator").get(path).text
    answer = as_("viewer").get(path)
    assert answer.status_code == 200
    assert HOLDER not in answer.text


@pytest.mark.parametrize("path", PICTURES)
def test_no_picture_a_viewer_gets_shows_the_name(as_: Clients, filing: Filing, path: str) -> None:
    path = path.format(page=filing.read_page.id, value=filing.values["holder_name"])
    assert shows_the_name(decode_colour(as_("operator").get(path).content))
    answer = as_("viewer").get(path)
    assert answer.status_code == 200
    assert not shows_the_name(decode_colour(answer.content))


def test_a_viewer_sees_no_page_whose_personal_data_nobody_knows(
    as_: Clients, filing: Filing
) -> None:
    path = f"/v1/pages/{filing.unknown_page.id}/image"
    assert as_("operator").get(path).status_code == 200
    assert as_("viewer").get(path).status_code == 403


def test_a_csv_opens_as_text_and_never_as_a_formula(as_: Clients, filing: Filing) -> None:
    (row,) = _csv(as_("operator"), filing)
    assert row["remark"] == f"'{FORMULA}"
    assert (row["holder_name"], row["amount"]) == (HOLDER, "12000")


def test_a_csv_is_saved_under_the_japanese_name_of_its_version(
    as_: Clients, filing: Filing
) -> None:
    answer = as_("viewer").get(f"/v1/template-versions/{filing.version_id}/values.csv")
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment; ")
    assert "filename*=UTF-8''%E7%B5%A6%E4%B8%8E%E5%B1%8A%20A%2F4%20" in disposition
