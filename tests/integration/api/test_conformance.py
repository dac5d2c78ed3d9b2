"""The interface keeps to its own description, whatever it is sent."""

from __future__ import annotations

import schemathesis
from fastapi.testclient import TestClient
from filing import Filing
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def test_every_answer_is_one_that_is_described(client: TestClient, callers, filing: Filing) -> None:
    headers = {**callers["admin"].headers, "Host": "127.0.0.1:8686"}
    schema = schemathesis.openapi.from_asgi("/v1/openapi.json", client.app, headers=headers)
    for result in schema.get_all_operations():

        @settings(
            max_examples=5,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=result.ok().as_strategy())
        def keep_to_the_description(case) -> None:
            case.call_and_validate(headers=headers, checks=CHECKS)

        keep_to_the_description()
