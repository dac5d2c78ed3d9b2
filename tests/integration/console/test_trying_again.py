"""What failed is shown with its reason and a button that tries it again."""

from __future__ import annotations

from console_seeds import Seeds
from console_visitor import Visit

from chohyo.domain.access import Actor
from chohyo.domain.documents import Failure, PageState
from chohyo.domain.proposals import ProposalState
from chohyo.services import discovery, drafting, pool, processing
from chohyo.services.runtime import Runtime
from chohyo.storage import proposals

FAILURE = Failure("worker-died", {})
SENTENCE = "The worker stopped several times"
BUTTON = "Try again"


def test_a_failed_proposal_can_be_tried_again(visit: Visit, seeds: Seeds, runtime: Runtime) -> None:
    document = seeds.document(page_count=1)
    proposal = seeds.proposal([seeds.page(document, PageState.UNKNOWN)])
    with runtime.database.transaction() as connection:
        proposals.set_state(connection, proposal.id, ProposalState.DRAFTING)
    drafting.fail_proposal(runtime, proposal.id, FAILURE)
    path = f"/proposals/{proposal.id}"

    operator = visit("operator")
    before = operator.get(path).text
    after = operator.post(f"{path}/retry").text

    assert SENTENCE in before
    assert BUTTON in before
    assert BUTTON not in visit("viewer").get(path).text
    assert SENTENCE not in after


def test_a_failed_page_can_be_tried_again_where_it_is_shown(
    visit: Visit, seeds: Seeds, runtime: Runtime
) -> None:
    document = seeds.document(page_count=1)
    page = seeds.page(document, PageState.EMBEDDED)
    processing.fail_page(runtime, page, FAILURE)
    path = f"/pages/{page.id}"

    shown = visit("operator").get(path).text

    assert SENTENCE in shown
    assert f"/documents/{document.id}/retry" in shown
    assert f"/documents/{document.id}/retry" not in visit("viewer").get(path).text


def test_a_failed_run_says_why(visit: Visit, seeds: Seeds, runtime: Runtime) -> None:
    document = seeds.document(page_count=1)
    run = discovery.request_run(runtime, Actor.system("test"), document.collection_id, "schedule")
    pool.fail_run(runtime, run.id, FAILURE)
    assert SENTENCE in visit("operator").get("/discovery").text
