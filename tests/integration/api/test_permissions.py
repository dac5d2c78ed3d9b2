"""Every operation of the interface, for every role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from filing import Filing, file_again, have_checked, make_version_of, see_drift

from chohyo.domain.access import Caller, PrincipalKind, Role
from chohyo.domain.documents import Failure
from chohyo.domain.ids import new_id
from chohyo.domain.reindexing import ReindexPart
from chohyo.domain.webhooks import SUBSCRIBABLE
from chohyo.models.layout_encoder import LayoutEncoder
from chohyo.models.layout_grid import LayoutGrid
from chohyo.services import (
    administration,
    drafting,
    lineage,
    reindexing,
    retention,
    spaces,
    suggestions,
    values,
    webhooks,
)
from chohyo.services.runtime import Runtime
from chohyo.storage import templates, training

METHODS = {"get", "post", "put", "patch", "delete"}
HERE = "of the collection"
ANYWHERE = "of no collection"


class Rule(NamedTuple):
    """The least role of an operation, whether it concerns one collection, and a good request."""

    role: Role
    where: str = HERE
    request: dict[str, Any] = {}  # noqa: RUF012


SCHEMA = {
    "json": {
        "properties": {"total": {"x-type": "amount", "x-page": 1, "x-box": [0.1, 0.1, 0.4, 0.2]}}
    }
}

RULES = {
    "get /documents": Rule(Role.VIEWER, ANYWHERE),
    "post /documents": Rule(
        Role.OPERATOR,
        request={
            "data": {"collection_id": "{collection_id}"},
            "files": {"files": ("x.txt", b"no form")},
        },
    ),
    "get /documents/{document_id}": Rule(Role.VIEWER),
    "get /documents/{document_id}/file": Rule(Role.OPERATOR),
    "post /documents/{document_id}/retry": Rule(Role.OPERATOR),
    "get /documents/{document_id}/instances": Rule(Role.VIEWER),
    "delete /documents/{document_id}": Rule(Role.ADMIN),
    "put /documents/{document_id}/hold": Rule(Role.ADMIN, request={"json": {"reason": "x"}}),
    "delete /documents/{document_id}/hold": Rule(Role.ADMIN),
    "post /reindex": Rule(Role.ADMIN, request={"json": {"document_id": "{document_id}"}}),
    "get /reindex": Rule(Role.ADMIN, ANYWHERE),
    "get /reindex/{reindex_id}": Rule(Role.ADMIN),
    "get /spaces": Rule(Role.VIEWER, ANYWHERE),
    "post /spaces/{name}/fill": Rule(Role.ADMIN, ANYWHERE),
    "post /spaces/{name}/switch": Rule(Role.ADMIN, ANYWHERE, request={"json": {}}),
    "post /spaces/go-back": Rule(Role.ADMIN, ANYWHERE, request={"json": {}}),
    "delete /spaces/{name}": Rule(Role.ADMIN, ANYWHERE),
    "post /trainings": Rule(Role.ADMIN, ANYWHERE, request={"json": {}}),
    "get /trainings": Rule(Role.ADMIN, ANYWHERE),
    "get /trainings/{training_id}": Rule(Role.ADMIN, ANYWHERE),
    "get /retention": Rule(Role.ADMIN, ANYWHERE),
    "put /retention": Rule(
        Role.ADMIN, request={"json": {"collection_id": "{collection_id}", "days": 30}}
    ),
    "delete /retention/{rule_id}": Rule(Role.ADMIN),
    "get /retention/due": Rule(Role.ADMIN, ANYWHERE),
    "get /pages": Rule(Role.VIEWER, ANYWHERE),
    "get /pages/{page_id}": Rule(Role.VIEWER),
    "get /pages/{page_id}/image": Rule(Role.VIEWER),
    "get /pages/{page_id}/thumbnail": Rule(Role.VIEWER),
    "get /pages/{page_id}/match/overlay": Rule(Role.VIEWER),
    "get /pages/{page_id}/match/crop": Rule(Role.VIEWER),
    "post /pages/{page_id}/decision": Rule(
        Role.REVIEWER, request={"json": {"template_page_id": None}}
    ),
    "get /pages/{page_id}/regions/crop": Rule(
        Role.VIEWER, request={"params": {"box": "0.1,0.1,0.9,0.9"}}
    ),
    "get /pages/{page_id}/regions/overlay": Rule(Role.VIEWER),
    "post /search": Rule(
        Role.VIEWER,
        request={"json": {"text": "12", "filters": {"collection_id": "{collection_id}"}}},
    ),
    "post /answers": Rule(
        Role.VIEWER,
        request={
            "json": {"question": "金額は", "filters": {"collection_id": "{collection_id}"}},
        },
    ),
    "post /summaries": Rule(Role.VIEWER, request={"json": {"document_ids": ["{document_id}"]}}),
    "post /faqs": Rule(Role.VIEWER, request={"json": {"document_ids": ["{document_id}"]}}),
    "get /documents/{document_id}/summary": Rule(Role.VIEWER),
    "get /documents/{document_id}/faq": Rule(Role.VIEWER),
    "get /values": Rule(Role.VIEWER, ANYWHERE),
    "get /values/{value_id}/crop": Rule(Role.VIEWER),
    "get /values/{value_id}/overlay": Rule(Role.VIEWER),
    "put /values/{value_id}": Rule(Role.REVIEWER, request={"json": {"text": "500"}}),
    "get /templates": Rule(Role.VIEWER, ANYWHERE),
    "get /templates/{family_id}": Rule(Role.VIEWER),
    "patch /templates/{family_id}": Rule(Role.REVIEWER, request={"json": {"name": "届"}}),
    "get /template-versions/{version_id}": Rule(Role.VIEWER),
    "get /template-versions/{version_id}/suggestions": Rule(Role.REVIEWER),
    "post /template-versions/{version_id}/suggestions/accept": Rule(
        Role.REVIEWER, request={"json": {"suggestion_ids": ["{suggestion_id}"]}}
    ),
    "post /template-versions/{version_id}/suggestions/{suggestion_id}/dismiss": Rule(Role.REVIEWER),
    "get /template-versions/{version_id}/schema": Rule(Role.VIEWER),
    "post /template-versions/{version_id}/schema": Rule(Role.REVIEWER, request=SCHEMA),
    "get /template-versions/{version_id}/records.jsonl": Rule(Role.VIEWER),
    "get /template-versions/{version_id}/model.py": Rule(Role.VIEWER),
    "get /template-versions/{version_id}/labels.zip": Rule(Role.OPERATOR),
    "get /template-versions/{version_id}/values.csv": Rule(Role.VIEWER),
    "get /template-pages/{template_page_id}/blank": Rule(Role.VIEWER),
    "get /discovery-runs": Rule(Role.VIEWER, ANYWHERE),
    "post /discovery-runs": Rule(
        Role.OPERATOR, request={"json": {"collection_id": "{collection_id}"}}
    ),
    "get /discovery-runs/{run_id}": Rule(Role.VIEWER),
    "get /proposals": Rule(Role.VIEWER, ANYWHERE),
    "get /proposals/{proposal_id}": Rule(Role.VIEWER),
    "get /proposals/{proposal_id}/difference": Rule(Role.VIEWER),
    "get /proposals/{proposal_id}/trial": Rule(
        Role.OPERATOR, request={"params": {"name": "holder_name"}}
    ),
    "get /proposals/{proposal_id}/schema": Rule(Role.VIEWER),
    "put /proposals/{proposal_id}/schema": Rule(Role.REVIEWER, request=SCHEMA),
    "get /proposals/{proposal_id}/pages/{page_no}/blank": Rule(Role.VIEWER),
    "get /proposals/{proposal_id}/replay": Rule(Role.VIEWER),
    "post /proposals/{proposal_id}/replay": Rule(Role.REVIEWER),
    "patch /proposals/{proposal_id}": Rule(Role.REVIEWER, request={"json": {"name": "届"}}),
    "post /proposals/{proposal_id}/approve": Rule(Role.REVIEWER),
    "post /proposals/{proposal_id}/retry": Rule(Role.OPERATOR),
    "post /proposals/{proposal_id}/reject": Rule(Role.REVIEWER, request={"json": {"reason": "x"}}),
    "get /arrangements": Rule(Role.REVIEWER, ANYWHERE),
    "post /arrangements/preview": Rule(
        Role.REVIEWER, request={"json": {"page_ids": ["{grouped_page_id}"]}}
    ),
    "post /arrangements": Rule(
        Role.REVIEWER, request={"json": {"page_ids": ["{grouped_page_id}"]}}
    ),
    "post /arrangements/{arrangement_id}/undo": Rule(Role.REVIEWER),
    "post /templates/{family_id}/merge": Rule(
        Role.REVIEWER, request={"json": {"source_id": "{spare_family_id}"}}
    ),
    "post /template-versions/{version_id}/move": Rule(
        Role.REVIEWER, request={"json": {"name": "届"}}
    ),
    "post /template-versions/{version_id}/split": Rule(
        Role.REVIEWER, request={"json": {"page_ids": ["{page_id}"]}}
    ),
    "get /calibrations": Rule(Role.REVIEWER, ANYWHERE),
    "post /calibrations": Rule(Role.ADMIN, request={"json": {"collection_id": "{collection_id}"}}),
    "get /decision-rules": Rule(Role.REVIEWER, ANYWHERE),
    "get /decision-rules/outlook": Rule(
        Role.REVIEWER, request={"params": {"collection_id": "{collection_id}"}}
    ),
    "post /decision-rules/preview": Rule(
        Role.ADMIN, request={"json": {"collection_id": "{collection_id}"}}
    ),
    "post /decision-rules": Rule(
        Role.ADMIN, request={"json": {"collection_id": "{collection_id}"}}
    ),
    "get /drifts": Rule(Role.VIEWER, ANYWHERE),
    "get /drifts/{drift_id}": Rule(Role.VIEWER),
    "post /drifts/{drift_id}/dismiss": Rule(Role.REVIEWER),
    "get /routing-checks": Rule(Role.VIEWER, ANYWHERE),
    "post /routing-checks/{page_id}/confirm": Rule(Role.REVIEWER),
    "get /audit": Rule(Role.REVIEWER, ANYWHERE),
    "get /audit/verify": Rule(Role.ADMIN, ANYWHERE),
    "get /me": Rule(Role.VIEWER, ANYWHERE),
    "get /collections": Rule(Role.VIEWER, ANYWHERE),
    "get /principals": Rule(Role.ADMIN, ANYWHERE),
    "post /principals": Rule(
        Role.ADMIN,
        request={
            "json": {
                "kind": "service",
                "name": "mail room",
                "role": "operator",
                "collection_id": "{collection_id}",
            }
        },
    ),
    "post /collections": Rule(Role.ADMIN, ANYWHERE, request={"json": {"name": "tax"}}),
    "patch /collections/{collection_id}": Rule(Role.ADMIN, request={"json": {"name": "tax"}}),
    "put /collections/{collection_id}/roles/{principal_id}": Rule(
        Role.ADMIN, request={"json": {"role": "viewer"}}
    ),
    "delete /collections/{collection_id}/roles/{principal_id}": Rule(Role.ADMIN),
    "get /principals/{principal_id}": Rule(Role.ADMIN),
    "post /principals/{principal_id}/disable": Rule(Role.ADMIN),
    "post /principals/{principal_id}/enable": Rule(Role.ADMIN),
    "post /principals/{principal_id}/login-link": Rule(Role.ADMIN),
    "get /keys": Rule(Role.ADMIN, ANYWHERE),
    "post /keys": Rule(
        Role.ADMIN, request={"json": {"principal_id": "{principal_id}", "name": "laptop"}}
    ),
    "delete /keys/{key_id}": Rule(Role.ADMIN),
    "get /webhooks": Rule(Role.ADMIN, ANYWHERE),
    "post /webhooks": Rule(
        Role.ADMIN,
        request={
            "json": {
                "url": "https://hooks.example/chohyo",
                "events": ["page.routed"],
                "collection_id": "{collection_id}",
            }
        },
    ),
    "post /webhooks/{webhook_id}/test": Rule(Role.ADMIN),
    "get /webhooks/{webhook_id}/deliveries": Rule(Role.ADMIN),
    "delete /webhooks/{webhook_id}": Rule(Role.ADMIN),
    "get /events": Rule(Role.VIEWER, request={"params": {"collection_id": "{collection_id}"}}),
    "get /status": Rule(Role.VIEWER, ANYWHERE),
}


@pytest.fixture
def ids(filing: Filing, runtime: Runtime, callers, collection) -> dict[str, str]:
    """Return what stands for each placeholder."""
    rule = retention.set_rule(runtime, callers["admin"].caller, collection.id, None, 3650)
    again = reindexing.request(
        runtime, callers["admin"].caller, ReindexPart.BOTH, document_id=filing.document.id
    )
    spare_family, moved = _spare_families(runtime, collection.id)
    arrangement = lineage.move_version(runtime, callers["admin"].caller, moved, None, "別の届")
    webhook = webhooks.add_webhook(
        runtime, callers["admin"].caller, collection.id, "https://hooks.example/", SUBSCRIBABLE
    )
    return {
        "document_id": str(filing.document.id),
        "page_id": str(filing.read_page.id),
        "value_id": str(filing.values["amount"]),
        "family_id": str(filing.family_id),
        "version_id": str(filing.version_id),
        "template_page_id": str(filing.template_page_id),
        "run_id": str(filing.run_id),
        "proposal_id": str(filing.proposal_id),
        "page_no": "1",
        "key_id": str(callers["viewer"].caller.key_id),
        "principal_id": str(callers["viewer"].caller.principal.id),
        "collection_id": str(collection.id),
        "webhook_id": str(webhook.webhook.id),
        "rule_id": str(rule.id),
        "reindex_id": str(again.id),
        "training_id": str(_training(runtime, callers["admin"].caller)),
        "name": _spare_space(runtime, callers["admin"].caller),
        "grouped_page_id": str(filing.unknown_page.id),
        "spare_family_id": str(spare_family),
        "arrangement_id": str(arrangement.id),
        "drift_id": str(see_drift(runtime, filing, collection.id)),
        "suggestion_id": str(_suggested(runtime, callers["admin"].caller, collection.id, filing)),
    }


def _spare_space(runtime: Runtime, admin: Caller) -> str:
    """Use another space and the first one again; return the one that was used in between."""
    known = [LayoutEncoder.space, LayoutGrid.space]
    spaces.settle(runtime, known[:1])
    for space in reversed(known):
        spaces.request_fill(runtime, admin, known, space.name)
        spaces.switch(runtime, admin, known, space.name)
    return LayoutGrid.space.name


def _training(runtime: Runtime, admin: Caller) -> UUID:
    """Store a training that waits; there is nothing here to train on."""
    training_id = new_id()
    with runtime.database.transaction() as connection:
        training.insert(connection, training_id, admin.principal.id, dry_run=True)
    return training_id


def _suggested(runtime: Runtime, caller: Caller, collection_id: UUID, filing: Filing) -> UUID:
    """Correct a field to dates on three pages; return what that suggests."""
    for day in range(1, 4):
        value_id = file_again(runtime, collection_id, filing, "remark")
        values.correct(runtime, caller, value_id, f"2024-05-0{day}")
    (found,) = suggestions.list_suggestions(runtime, caller, filing.version_id)
    return found.id


def _spare_families(runtime: Runtime, collection_id: UUID) -> tuple[UUID, UUID]:
    """Store two families of one version; return the first, and the version of the second."""
    families, versions = [new_id(), new_id()], [new_id(), new_id()]
    with runtime.database.transaction() as connection:
        for family_id, version_id in zip(families, versions, strict=True):
            templates.insert_family(connection, family_id, collection_id, "予備の届")
            templates.insert_version(connection, version_id, family_id, collection_id, "初版")
    return families[0], versions[1]


@pytest.fixture
def disabled_person(runtime: Runtime, callers, collection) -> str:
    """Return the id of somebody who was shut out."""
    admin = callers["admin"].caller
    view = administration.add_principal(
        runtime, admin, PrincipalKind.PERSON, "gone", "ja", collection.id, Role.VIEWER
    )
    administration.disable(runtime, admin, view.principal.id)
    return str(view.principal.id)


def _operations(client: TestClient) -> dict[str, dict[str, Any]]:
    described = client.get("/v1/openapi.json").json()["paths"]
    return {
        f"{method} {path}": operation
        for path, methods in described.items()
        for method, operation in methods.items()
        if method in METHODS
    }


def _filled(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(each, ids) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, ids) for each in value]
    return value.format(**ids) if isinstance(value, str) else value


def _send(client: TestClient, operation: str, ids: dict[str, str]):
    method, path = operation.split(" ")
    return client.request(
        method, "/v1" + path.format(**ids), **_filled(RULES[operation].request, ids)
    )


def test_every_operation_has_a_rule_and_tells_it(client: TestClient) -> None:
    told = {name: operation["x-role"] for name, operation in _operations(client).items()}
    assert told == {name: rule.role.value for name, rule in RULES.items()}


@pytest.mark.parametrize("operation", RULES)
def test_only_the_roles_of_the_rule_may(
    operation: str,
    client: TestClient,
    as_: Callable[[str], TestClient],
    ids: dict[str, str],
    filing: Filing,
    runtime: Runtime,
    disabled_person: str,
) -> None:
    rule = RULES[operation]
    if operation.endswith("/enable"):  # somebody who does not take part below
        ids["principal_id"] = disabled_person
    if operation.endswith("/retry"):
        ids["document_id"] = str(filing.failed_document.id)
        drafting.fail_proposal(runtime, filing.proposal_id, Failure("internal", {}))
    if operation == "post /proposals/{proposal_id}/replay":
        make_version_of(runtime, filing)
    if operation == "post /routing-checks/{page_id}/confirm":
        have_checked(runtime, filing)
    assert _send(client, operation, ids).status_code == 401
    if rule.where == HERE:
        assert _send(as_("stranger"), operation, ids).status_code == 404
    for role in Role:
        status = _send(as_(role.value), operation, ids).status_code
        if not role.covers(rule.role):
            assert status == 403, role
        elif role is rule.role and operation in {"post /calibrations", "post /trainings"}:
            assert status == 409, role  # nobody has decided anything yet
        elif role is rule.role and operation != "post /documents":
            assert status < 300, role
        else:  # decided or revoked by the role before, or a file of the wrong type
            assert status in {200, 201, 202, 404, 409, 415}, role
