"""The description of the interface."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from fastapi.testclient import TestClient

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture
def described(client: TestClient) -> dict[str, Any]:
    """Return the OpenAPI document."""
    return client.get("/v1/openapi.json").json()


def _operations(described: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        operation
        for methods in described["paths"].values()
        for method, operation in methods.items()
        if method in METHODS
    ]


def test_paths_are_relative_to_the_mount(described: dict[str, Any]) -> None:
    assert described["servers"] == [{"url": "/v1"}]
    assert "/documents/{document_id}" in described["paths"]


def test_every_operation_is_summed_up_and_says_how_to_authenticate(
    described: dict[str, Any],
) -> None:
    for operation in _operations(described):
        assert operation["summary"]
        assert operation["description"]
        assert {name for each in operation["security"] for name in each} == {"bearer", "key"}


def test_every_operation_describes_its_problems_with_examples(described: dict[str, Any]) -> None:
    for operation in _operations(described):
        failing = {code: each for code, each in operation["responses"].items() if code >= "4"}
        assert {"401", "403", "422", "503"} <= failing.keys()
        for response in failing.values():
            assert response["content"]["application/problem+json"]["examples"]


def test_every_operation_describes_what_it_answers(described: dict[str, Any]) -> None:
    for operation in _operations(described):
        good = [each for code, each in operation["responses"].items() if code < "3"]
        assert good
        assert all(
            content["schema"] for each in good for content in each.get("content", {}).values()
        )


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    def references(part: Any) -> set[str]:
        if isinstance(part, dict):
            own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
            return own.union(*(references(each) for each in part.values()))
        return set().union(*map(references, part)) if isinstance(part, list) else set()

    there = {f"#/components/schemas/{name}" for name in described["components"]["schemas"]}
    assert references(described) <= there


def _examples(part: dict[str, Any]) -> list[Any]:
    return [each["value"] for each in part.get("examples", {}).values()]


def test_every_body_in_text_has_an_example(described: dict[str, Any]) -> None:
    without = [
        (operation["operationId"], media_type)
        for operation in _operations(described)
        for part in (operation.get("requestBody", {}), *operation["responses"].values())
        for media_type, content in part.get("content", {}).items()
        if not (media_type.startswith(("image/", "application/pdf")) or _examples(content))
    ]
    assert without == []


def test_every_example_is_what_its_schema_allows(described: dict[str, Any]) -> None:
    schemas = {"components": described["components"]}
    checked = 0
    for operation in _operations(described):
        for part in (operation.get("requestBody", {}), *operation["responses"].values()):
            for media_type, content in part.get("content", {}).items():
                for example in _examples(content):
                    if "json" in media_type or "form" in media_type:
                        jsonschema_rs.validate({**content["schema"], **schemas}, example)
                        checked += 1
    assert checked > 100


def test_every_schema_has_an_example_that_it_allows(described: dict[str, Any]) -> None:
    components = described["components"]
    for name in components["schemas"]:
        schema = {"$ref": f"#/components/schemas/{name}", "components": components}
        (example,) = components["schemas"][name]["examples"]
        jsonschema_rs.validate(schema, example)


def test_examples_show_what_a_reader_would_see(described: dict[str, Any]) -> None:
    shown = described["components"]["schemas"]["DocumentDetail"]["examples"][0]
    assert shown["filename"] == "scan_001.pdf"
    assert shown["pages"][0]["image"].startswith("/v1/pages/")
    assert "…" not in str(described["components"]["schemas"]["VersionDetail"]["examples"][0])
