"""The states of the discovery graphs. They are checkpointed, so they hold ids, never content."""

from __future__ import annotations

from typing import TypedDict


class RunState(TypedDict, total=False):
    """One discovery run; `proposals` are the ids of those opened or grown."""

    run_id: str
    proposals: list[str]


class ProposalThread(TypedDict, total=False):
    """One proposal on its way; `stage` is its state in the tables, `revisions` counts attempts.

    `drafted` says that its present members were drafted before, by a worker that then stopped.
    """

    proposal_id: str
    stage: str
    drafted: bool
    revisions: int
    sound: bool
