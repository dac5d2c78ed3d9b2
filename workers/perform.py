"""Do one piece of work under its lease, and end it: finished, to be tried again, or failed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from uuid import UUID

from langgraph.types import Command

from agent.checkpoints import thread
from agent.discovery.state import ProposalThread, RunState
from agent.document.graph import STEPS_PER_PAGE
from chohyo.domain.documents import Failure
from chohyo.errors import ChohyoError, NotFoundError, UnavailableError
from chohyo.services import drafting, pool, processing, working
from chohyo.services.runtime import Runtime
from chohyo.storage.work import WorkKind
from workers.lease import held
from workers.runtime import Workshop

_log = logging.getLogger(__name__)

_FIXED_STEPS = 10


def perform(workshop: Workshop, kind: WorkKind, object_id: UUID) -> None:
    """Do the work if its lease is free; crashes and errors are counted, and end in a reason."""
    runtime, rules = workshop.context.runtime, workshop.settings.work
    with held(runtime, kind, object_id, rules.lease_seconds) as lease:
        if lease is None:
            return
        owner, attempts = lease
        try:
            if attempts > rules.max_attempts:
                _FAIL[kind](runtime, object_id, Failure("worker-died", {}))
            else:
                _DO[kind](workshop, object_id)
        except NotFoundError:
            _log.info("%s %s is gone; nothing to do", kind.value, object_id)
        except UnavailableError as error:
            _log.warning("%s %s waits: %s", kind.value, object_id, error.code)
            working.release(runtime, kind, object_id, owner)
            return
        except ChohyoError as error:
            _FAIL[kind](runtime, object_id, Failure(error.code, error.params))
        except Exception:  # noqa: BLE001 - tried again after a pause, a bounded number of times
            _log.exception("%s %s went wrong, attempt %d", kind.value, object_id, attempts)
            working.release(runtime, kind, object_id, owner)
            return
        working.finish(runtime, kind, object_id, owner)


def _document(workshop: Workshop, object_id: UUID) -> None:
    document, _ = processing.load_document(workshop.context.runtime, object_id)
    pages = document.page_count or workshop.settings.limits.pages
    workshop.document.invoke(
        {"document_id": object_id},
        {"recursion_limit": STEPS_PER_PAGE * pages + _FIXED_STEPS},
        context=workshop.context,
    )


def _run(workshop: Workshop, object_id: UUID) -> None:
    workshop.run.invoke(
        RunState(run_id=str(object_id)), thread(object_id), context=workshop.context
    )


def _proposal(workshop: Workshop, object_id: UUID) -> None:
    config = thread(object_id)
    waiting = workshop.proposal.get_state(config).next == ("review",)
    proposal, _ = drafting.load_proposal(workshop.context.runtime, object_id)
    resumed = waiting and proposal.state.value != "drafting"
    fresh = ProposalThread(proposal_id=str(object_id))
    step: ProposalThread | Command[bool] = Command(resume=True) if resumed else fresh
    workshop.proposal.invoke(step, config, context=workshop.context)


_DO: dict[WorkKind, Callable[[Workshop, UUID], None]] = {
    WorkKind.DOCUMENT: _document,
    WorkKind.RUN: _run,
    WorkKind.PROPOSAL: _proposal,
}

_FAIL: dict[WorkKind, Callable[[Runtime, UUID, Failure], None]] = {
    WorkKind.DOCUMENT: processing.fail_document,
    WorkKind.RUN: pool.fail_run,
    WorkKind.PROPOSAL: drafting.fail_proposal,
}
