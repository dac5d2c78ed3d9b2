"""Schemas out and in over HTTP, and what was read in the formats of other tools."""

from __future__ import annotations

import io
import json
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable
from typing import Any
from uuid import UUID

import jsonschema_rs
import pytest
from fastapi.testclient import TestClient
from filing import FORMULA, HEIGHT, HOLDER, SPECS, Filing

from chohyo.domain.templates import FieldEvidence
from chohyo.services import audit as audits
from chohyo.services.runtime import Runtime
from chohyo.storage import forgetting, print_models, proposals, templates

Clients = Callable[[str], TestClient]


@pytest.fixture
def version(filing: Filing) -> str:
    return f"/v1/template-versions/{filing.version_id}"


@pytest.fixture
def proposal(filing: Filing) -> str:
    return f"/v1/proposals/{filing.proposal_id}"


def _draft(runtime: Runtime, filing: Filing) -> Any:
    with runtime.database.transaction() as connection:
        found = proposals.get(connection, filing.proposal_id)
    return found and found.draft


@pytest.fixture
def actions(runtime: Runtime, callers) -> Callable[[UUID], list[str]]:
    """Return a function that tells what the audit has of an object."""

    def of(object_id: UUID) -> list[str]:
        found = audits.list_entries(runtime, callers["admin"].caller, object_id=object_id)
        return [each.action for each in found]

    return of


def test_a_schema_that_goes_out_and_in_is_the_same(as_: Clients, proposal: str) -> None:
    reviewer = as_("reviewer")
    before = reviewer.get(f"{proposal}/schema")
    assert before.headers["content-type"] == "application/schema+json"
    answer = reviewer.put(f"{proposal}/schema", content=before.content)
    assert answer.status_code == 200
    assert reviewer.get(f"{proposal}/schema").content == before.content
    assert [each["name"] for each in answer.json()["fields"]] == [spec.name for spec in SPECS]


def test_a_schema_file_replaces_the_fields_of_a_proposal_and_says_so(
    as_: Clients, proposal: str, runtime: Runtime, filing: Filing, actions
) -> None:
    reviewer = as_("reviewer")
    shown = reviewer.get(proposal).json()
    schema = reviewer.get(f"{proposal}/schema").json()
    del schema["properties"]["remark"]
    schema["properties"]["amount"]["x-titles"]["en"] = "Sum"
    changed = reviewer.put(f"{proposal}/schema", json=schema).json()
    assert [each["name"] for each in changed["fields"]] == ["holder_name", "amount"]
    assert changed["fields"][1]["title_en"] == "Sum"
    assert _draft(runtime, filing).edited
    assert "proposal.schema-imported" in actions(filing.proposal_id)
    back = reviewer.patch(proposal, json={"fields": shown["fields"]}).json()
    assert back["fields"] == shown["fields"]


def test_a_box_that_a_schema_file_or_an_edit_moves_is_a_persons(
    as_: Clients, proposal: str, runtime: Runtime, filing: Filing
) -> None:
    reviewer = as_("reviewer")
    fields = reviewer.get(proposal).json()["fields"]
    moved = [fields[0]["box"][0] - 0.05, *fields[0]["box"][1:]]
    reviewer.patch(proposal, json={"fields": [{**fields[0], "box": moved}, *fields[1:]]})
    placed = [FieldEvidence.PLACED in spec.evidence for spec in _draft(runtime, filing).fields]
    assert placed == [True, *(len(fields) - 1) * [False]]
    schema = reviewer.get(f"{proposal}/schema").json()
    box = schema["properties"][fields[1]["name"]]["x-box"]
    schema["properties"][fields[1]["name"]]["x-box"] = [box[0] + 0.05, *box[1:]]
    reviewer.put(f"{proposal}/schema", json=schema)
    placed = [FieldEvidence.PLACED in spec.evidence for spec in _draft(runtime, filing).fields]
    assert placed == [True, True, *(len(fields) - 2) * [False]]


def test_a_schema_with_mistakes_changes_nothing_and_names_them_all(
    as_: Clients, proposal: str, runtime: Runtime, filing: Filing
) -> None:
    reviewer, before = as_("reviewer"), _draft(runtime, filing)
    schema = reviewer.get(f"{proposal}/schema").json()
    schema["properties"]["amount"]["x-page"] = 9
    schema["properties"]["remark"]["x-box"] = schema["properties"]["holder_name"]["x-box"]
    refused = reviewer.put(f"{proposal}/schema", json=schema)
    assert (refused.status_code, refused.json()["code"]) == (422, "schema-refused")
    assert {each["field"]: each["reason"] for each in refused.json()["errors"]} == {
        "/properties/amount/x-page": "lies on no page of this form",
        "/properties/remark/x-box": (
            "overlaps another field (/properties/holder_name/x-box)"
        ),
    }  # fmt: skip
    told = reviewer.put(f"{proposal}/schema", json=schema, headers={"Accept-Language": "ja"}).json()
    assert "この様式にないページ" in told["errors"][0]["reason"]
    assert _draft(runtime, filing) == before


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 50_000, b"\x00\xff", b'{"properties": []}'])
def test_a_body_that_is_no_schema_is_refused(as_: Clients, proposal: str, body: bytes) -> None:
    answer = as_("reviewer").put(f"{proposal}/schema", content=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "schema-refused")


def test_a_schema_for_another_revision_is_refused(as_: Clients, proposal: str) -> None:
    reviewer = as_("reviewer")
    schema, revision = reviewer.get(f"{proposal}/schema").content, reviewer.get(proposal).json()
    reviewer.patch(proposal, json={"name": "別の届"})
    late = reviewer.put(
        f"{proposal}/schema", content=schema, params={"revision": revision["revision"]}
    )
    assert late.status_code == 409


def test_a_schema_file_makes_a_version_that_takes_the_place_of_the_old_one(
    as_: Clients, version: str, runtime: Runtime, filing: Filing, actions
) -> None:
    with runtime.database.transaction() as connection:
        templates.insert_exemplar(connection, filing.template_page_id, filing.read_page.id)
    reviewer = as_("reviewer")
    schema = reviewer.get(f"{version}/schema").json()
    schema["properties"]["amount"]["x-type"] = "integer"
    schema["properties"]["amount"]["type"] = ["integer", "null"]
    added = reviewer.post(f"{version}/schema", json=schema, params={"label": "改"})
    assert (added.status_code, added.json()["label"]) == (201, "改")
    assert added.json()["fields"][1]["spec"]["type"] == "integer"
    new_page = UUID(added.json()["pages"][0]["id"])
    with runtime.database.transaction() as connection:
        assert print_models.exemplars(connection, new_page) == [filing.read_page.id]
        assert print_models.exemplars(connection, filing.template_page_id) == []
    assert "version.schema-imported" in actions(UUID(added.json()["id"]))
    again = reviewer.get(f"/v1/template-versions/{added.json()['id']}/schema").json()
    assert again["properties"] == schema["properties"]
    assert reviewer.post(f"{version}/schema", json=schema).status_code == 409


def test_forgetting_a_page_rebuilds_the_blank_forms_of_both_versions(
    as_: Clients, version: str, runtime: Runtime, filing: Filing
) -> None:
    with runtime.database.transaction() as connection:
        templates.insert_exemplar(connection, filing.template_page_id, filing.read_page.id)
    schema = as_("reviewer").get(f"{version}/schema").content
    added = as_("reviewer").post(f"{version}/schema", content=schema).json()
    assert as_("admin").delete(f"/v1/documents/{filing.document.id}").status_code < 300
    with runtime.database.transaction() as connection:
        for version_id in (filing.version_id, UUID(added["id"])):
            assert forgetting.stale_pages(connection, version_id)


def test_records_keep_to_the_schema_and_to_the_model(as_: Clients, version: str) -> None:
    operator = as_("operator")
    (line,) = operator.get(f"{version}/records.jsonl").text.splitlines()
    record = json.loads(line)
    assert record["values"] == {"holder_name": HOLDER, "amount": 12000, "remark": FORMULA}
    assert record["raw"]["amount"] == "12,000円"
    schema = operator.get(f"{version}/schema").json()
    jsonschema_rs.validator_for(schema).validate(record["values"])
    namespace: dict[str, Any] = {"__name__": "exported"}
    source = operator.get(f"{version}/model.py").text
    exec(compile(source, "model.py", "exec", dont_inherit=True), namespace)
    model = [v for k, v in namespace.items() if isinstance(v, type) and not k.startswith("_")][-1]
    assert model.model_validate(record["values"]).amount == 12000


def test_a_viewer_gets_personal_data_masked_in_records(as_: Clients, version: str) -> None:
    text = as_("viewer").get(f"{version}/records.jsonl").text
    assert HOLDER not in text
    assert json.loads(text)["masked"] == ["holder_name"]


def test_label_studio_gets_images_labels_and_what_was_read(as_: Clients, version: str) -> None:
    answer = as_("operator").get(f"{version}/labels.zip")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as bundle:
        view = ET.fromstring(bundle.read("config.xml"))
        (task,) = json.loads(bundle.read("tasks.json"))
        image = task["data"]["image"].removeprefix("/data/local-files/?d=chohyo/")
        assert bundle.read(image).startswith(b"\x89PNG")
    labels = {each.get("value") for each in view.iter("Label")}
    results = task["predictions"][0]["result"]
    assert labels == {spec.name for spec in SPECS}
    assert {k: results[1]["value"][k] for k in ("text", "x")} == {"text": [HOLDER], "x": 25.0}
    assert results[0]["original_height"] == HEIGHT


def test_azure_gets_a_labels_file_for_each_image(as_: Clients, version: str) -> None:
    answer = as_("operator").get(f"{version}/labels.zip", params={"tool": "azure"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as bundle:
        names = set(bundle.namelist())
        (image,) = (name for name in names if name.endswith(".png"))
        told = json.loads(bundle.read(f"{image}.labels.json"))
        fields = json.loads(bundle.read("fields.json"))
    assert names == {"fields.json", image, f"{image}.labels.json"}
    assert told["document"] == image
    assert [each["label"] for each in told["labels"]] == [spec.name for spec in SPECS]
    assert [each["fieldKey"] for each in fields["fields"]] == [spec.name for spec in SPECS]
