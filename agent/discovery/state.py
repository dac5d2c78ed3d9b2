"""The states of the discovery graphs. They are checkpointed, so they hold ids, never content."""

from __future__ import annotations

from typing import TypedDict


class RunState(TypedDict, total=False):
    """One discovery run; `proposals` are the ids of those opened or grown."""

    run_id: str
    proposals: list[str]


class ProposalThread(TypedDict, total=False):
    """One proposal on its way; `stage` is its state in the tables, `revisions` counts attempts."""

    proposal_id: str
    stage: str
    revisions: int
    sound: bool
