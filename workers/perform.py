"""Do one piece of work under its lease, and end it: finished, to be tried again, or failed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from langgraph.types import Command

from agent.checkpoints import answering, thread
from agent.discovery.state import ProposalThread, RunState
from agent.document.graph import STEPS_PER_PAGE
from agent.drift import look_for_drift
from agent.replay import replay
from chohyo.domain.documents import Failure
from chohyo.errors import ChohyoError, UnavailableError
from chohyo.services import (
    blanks,
    delivering,
    drafting,
    filling,
    indexing,
    pool,
    processing,
    replaying,
    suggestions,
    training,
    working,
)
from chohyo.services.indexing import IndexModels
from chohyo.services.runtime import Runtime
from chohyo.storage.work import LeaseLostError, WorkKind
from workers.lease import Lease, held
from workers.runtime import Workshop
from workers.shutdown import WorkerStoppingError

_log = logging.getLogger(__name__)

_FIXED_STEPS = 10


def perform(workshop: Workshop, kind: WorkKind, object_id: UUID) -> None:
    """Do the work if its lease is free; crashes and errors are counted, and end in a reason."""
    runtime, rules = workshop.context.runtime, workshop.settings.work
    with held(runtime, kind, object_id, rules.lease_seconds) as lease:
        if lease is None:
            return
        try:
            _do(workshop, lease)
        except LeaseLostError:
            _log.warning("%s %s was taken over by another worker", kind.value, object_id)
        except WorkerStoppingError:
            working.hand_over(runtime, kind, object_id, lease.owner)
        except UnavailableError as error:
            _log.warning("%s %s waits: %s", kind.value, object_id, error.code)
            lease.give_back(counted=False)
        except Exception:  # noqa: BLE001 - tried again after a pause, a bounded number of times
            _log.exception("%s %s, attempt %d", kind.value, object_id, lease.attempts)
            lease.give_back(counted=True)
        else:
            working.finish(runtime, kind, object_id, lease.owner)


def _do(workshop: Workshop, lease: Lease) -> None:
    """Do the work, or end it with the reason why it cannot be done."""
    died = lease.attempts > 1
    context = replace(workshop.context, runtime=lease.guarded, careful=died)
    most, object_id = workshop.settings.work.max_attempts, lease.object_id
    try:
        if lease.attempts > most and not _leave_out(lease):
            return
        _DO[lease.kind](replace(workshop, context=context), object_id)
    except ChohyoError as error:
        if error.passing:
            raise
        _FAIL[lease.kind](lease.guarded, object_id, Failure(error.code, error.params))
    except Exception:
        if lease.attempts < most:
            raise
        _log.exception("%s %s, the last attempt", lease.kind.value, object_id)
        _FAIL[lease.kind](lease.guarded, object_id, Failure(ChohyoError.code, {}))


def _leave_out(lease: Lease) -> bool:
    """End what killed the worker each time; say whether the rest of the work can go on."""
    failure = Failure("worker-died", {})
    if lease.kind is WorkKind.DOCUMENT and processing.fail_page_under_way(
        lease.guarded, lease.object_id, failure
    ):
        return True
    if lease.kind is WorkKind.SPACE and filling.leave_page_out(
        lease.guarded, lease.object_id, failure
    ):
        return True
    _FAIL[lease.kind](lease.guarded, lease.object_id, failure)
    return False


def _document(workshop: Workshop, object_id: UUID) -> None:
    document, _ = processing.load_document(workshop.context.runtime, object_id)
    pages = document.page_count or workshop.settings.limits.pages
    workshop.document.invoke(
        {"document_id": object_id},
        {"recursion_limit": STEPS_PER_PAGE * pages + _FIXED_STEPS},
        context=workshop.context,
    )


def _run(workshop: Workshop, object_id: UUID) -> None:
    with answering():
        workshop.run.invoke(
            RunState(run_id=str(object_id)), thread(object_id), context=workshop.context
        )


def _proposal(workshop: Workshop, object_id: UUID) -> None:
    config = thread(object_id)
    with answering():
        waiting = workshop.proposal.get_state(config).next == ("review",)
    proposal, _ = drafting.load_proposal(workshop.context.runtime, object_id)
    resumed = waiting and proposal.state.value != "drafting"
    fresh = ProposalThread(proposal_id=str(object_id))
    step: ProposalThread | Command[bool] = Command(resume=True) if resumed else fresh
    with answering():
        workshop.proposal.invoke(step, config, context=workshop.context)


def _blank(workshop: Workshop, object_id: UUID) -> None:
    blanks.rebuild_version(workshop.context.runtime, object_id)


def _give_up_blank(runtime: Runtime, object_id: UUID, failure: Failure) -> None:
    """Leave the blank form stale; the next document that is forgotten asks for it again."""
    _log.error("the blank form of version %s was not rebuilt: %s", object_id, failure.code)


def _correction(workshop: Workshop, object_id: UUID) -> None:
    suggestions.look(workshop.context.runtime, workshop.context.recognizer, object_id)


def _give_up_correction(runtime: Runtime, object_id: UUID, failure: Failure) -> None:
    """Leave it: nothing is suggested from what was not looked for."""
    _log.error("corrections of field %s were not looked for: %s", object_id, failure.code)


def _webhook(workshop: Workshop, object_id: UUID) -> None:
    delivering.deliver(workshop.context.runtime, object_id)


def _drift(workshop: Workshop, object_id: UUID) -> None:
    look_for_drift(workshop.context, object_id)


def _replay(workshop: Workshop, object_id: UUID) -> None:
    replay(workshop.context, object_id)


def _give_up_replay(runtime: Runtime, object_id: UUID, failure: Failure) -> None:
    """Leave the replay where it is; a reviewer can ask for it again."""
    replaying.stop(runtime, object_id)
    _log.error("proposal %s was not replayed: %s", object_id, failure.code)


def _give_up_drift(runtime: Runtime, object_id: UUID, failure: Failure) -> None:
    """Look again when the next page deviates."""
    _log.error("template page %s was not looked at for drift: %s", object_id, failure.code)


def _index(workshop: Workshop, object_id: UUID) -> None:
    context = workshop.context
    models = IndexModels(context.recognizer, workshop.fill.encoders, context.embedders)
    indexing.index_page(context.runtime, models, object_id)


def _space(workshop: Workshop, object_id: UUID) -> None:
    filling.fill(workshop.context.runtime, workshop.fill, object_id)


def _training(workshop: Workshop, object_id: UUID) -> None:
    training.train(workshop.context.runtime, object_id)


_DO: dict[WorkKind, Callable[[Workshop, UUID], None]] = {
    WorkKind.DOCUMENT: _document,
    WorkKind.RUN: _run,
    WorkKind.PROPOSAL: _proposal,
    WorkKind.WEBHOOK: _webhook,
    WorkKind.BLANK: _blank,
    WorkKind.CORRECTION: _correction,
    WorkKind.INDEX: _index,
    WorkKind.SPACE: _space,
    WorkKind.DRIFT: _drift,
    WorkKind.REPLAY: _replay,
    WorkKind.TRAINING: _training,
}

_FAIL: dict[WorkKind, Callable[[Runtime, UUID, Failure], None]] = {
    WorkKind.DOCUMENT: processing.fail_document,
    WorkKind.RUN: pool.fail_run,
    WorkKind.PROPOSAL: drafting.fail_proposal,
    WorkKind.WEBHOOK: delivering.fail_delivery,
    WorkKind.BLANK: _give_up_blank,
    WorkKind.CORRECTION: _give_up_correction,
    WorkKind.INDEX: indexing.fail_index,
    WorkKind.SPACE: filling.fail,
    WorkKind.DRIFT: _give_up_drift,
    WorkKind.REPLAY: _give_up_replay,
    WorkKind.TRAINING: training.fail,
}
