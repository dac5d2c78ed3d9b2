"""`chohyo proposals`: what the agent wants approved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import typer

from chohyo.domain.proposals import Proposal
from chohyo.services import proposals as services
from cli.desk import Desk, open_desk
from cli.options import AsJson, DataDir, Limit

app = typer.Typer(help="What the agent wants approved.", no_args_is_help=False)

ProposalId = Annotated[UUID, typer.Argument(help="Id of the proposal.")]


@app.callback(invoke_without_command=True)
def proposals(context: typer.Context, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the proposals that wait, when no action is named."""
    if context.invoked_subcommand is None:
        list_waiting(data_dir=data_dir, as_json=as_json)


@app.command("list")
def list_waiting(limit: Limit = 100, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the proposals that wait for approval, oldest first."""
    with open_desk(data_dir, as_json=as_json) as desk:
        found = services.list_proposals(desk.runtime, desk.caller, limit=limit)
        desk.terminal.result(found)
        show(desk, found)


@app.command()
def approve(proposal_id: ProposalId, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Approve a proposal; its form type is published and the pool routed again."""
    with open_desk(data_dir, as_json=as_json) as desk:
        proposal = services.approve(desk.runtime, desk.caller, proposal_id)
        desk.terminal.result(proposal)
        desk.terminal.say("Approved: {name}", name=_name(proposal))


@app.command()
def reject(
    proposal_id: ProposalId,
    reason: Annotated[str, typer.Option(help="Why; it is kept in the audit.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Reject a proposal; its pages stay in the pool, and it is not proposed again."""
    with open_desk(data_dir, as_json=as_json) as desk:
        proposal = services.reject(desk.runtime, desk.caller, proposal_id, reason)
        desk.terminal.result(proposal)
        desk.terminal.say("Rejected: {name}", name=_name(proposal))


def show(desk: Desk, found: Sequence[Proposal]) -> None:
    """Print proposals as a table."""
    terminal = desk.terminal
    if not found:
        terminal.say("No proposals.")
        return
    rows = [
        [
            each.id,
            terminal.label("proposal_kind", each.kind),
            _name(each),
            len(each.members),
            len(each.draft.fields) if each.draft else None,
            terminal.label("proposal_state", each.state),
        ]
        for each in found
    ]
    terminal.table(["Id", "Kind", "Name", "Pages", "Fields", "State"], rows)


def _name(proposal: Proposal) -> str:
    draft = proposal.draft
    return f"{draft.name} {draft.version_label}".strip() if draft else ""
