"""The description of the interface."""

from __future__ import annotations

from typing import Any

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
