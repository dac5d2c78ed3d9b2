"""Failed runs and proposals say why, and can be tried again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from filing import Filing

from chohyo.domain.access import Actor
from chohyo.domain.collections import Collection
from chohyo.domain.documents import Failure
from chohyo.domain.proposals import ProposalState
from chohyo.services import discovery, drafting, pool
from chohyo.services.runtime import Runtime
from chohyo.storage import proposals

FAILURE = Failure("worker-died", {})
SENTENCE = "The worker stopped several times"


@pytest.fixture
def failed(runtime: Runtime, filing: Filing) -> str:
    """Let the agent fail at the proposal; return its path."""
    with runtime.database.transaction() as connection:
        proposals.set_state(connection, filing.proposal_id, ProposalState.DRAFTING)
    drafting.fail_proposal(runtime, filing.proposal_id, FAILURE)
    return f"/v1/proposals/{filing.proposal_id}"


def test_a_failed_proposal_says_why_and_is_drafted_again(
    as_: Callable[[str], TestClient], failed: str, queue
) -> None:
    operator = as_("operator")
    shown = operator.get(failed).json()
    assert shown["state"] == "failed"
    assert shown["failure"]["code"] == "worker-died"
    assert shown["failure"]["detail"].startswith(SENTENCE)

    tried = operator.post(f"{failed}/retry")

    assert tried.status_code == 202
    assert tried.json()["state"] == "drafting"
    assert tried.json()["failure"] is None
    assert [kind for kind, *_ in queue.sent][-1] == "proposal"
    assert operator.post(f"{failed}/retry").status_code == 409


def test_a_failed_run_says_why_and_another_one_can_be_started(
    as_: Callable[[str], TestClient], runtime: Runtime, collection: Collection
) -> None:
    run = discovery.request_run(runtime, Actor.system("test"), collection.id, "schedule")
    pool.fail_run(runtime, run.id, FAILURE)
    operator = as_("operator")
    shown = operator.get(f"/v1/discovery-runs/{run.id}").json()
    assert shown["state"] == "failed"
    assert shown["failure"]["detail"].startswith(SENTENCE)

    again = operator.post("/v1/discovery-runs", json={})

    assert again.status_code == 202
    assert again.json()["id"] != str(run.id)
