"""`chohyo keys`: API keys of persons and services."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from chohyo.domain.access import PrincipalKind, Role
from chohyo.errors import NotFoundError
from chohyo.services import access
from cli.desk import Desk, open_desk
from cli.options import AsJson, DataDir

app = typer.Typer(help="API keys of persons and services.", no_args_is_help=True)


@app.command()
def create(
    holder: Annotated[str, typer.Argument(help="Person or service the key is for.")],
    name: Annotated[str, typer.Option(help="What the key is for.")] = "cli",
    service: Annotated[
        bool, typer.Option("--service", help="The holder is a service; made when missing.")
    ] = False,
    role: Annotated[Role, typer.Option(help="Role of a service that is made.")] = Role.OPERATOR,
    days: Annotated[int | None, typer.Option(min=1, help="Valid for so many days.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make an API key; it is shown once."""
    kind = PrincipalKind.SERVICE if service else PrincipalKind.PERSON
    with open_desk(data_dir, as_json=as_json) as desk:
        principal_id = _holder(desk, kind, holder, role)
        key = access.create_key(desk.runtime, desk.actor, principal_id, name, days=days)
        desk.terminal.result(key)
        desk.terminal.say("{secret}", secret=key.secret)
        desk.terminal.note("Keep it now: it is not shown again.")


@app.command("list")
def list_all(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List all keys, without their secrets."""
    with open_desk(data_dir, as_json=as_json) as desk:
        found = access.list_keys(desk.runtime)
        desk.terminal.result(found)
        rows = [
            [key.id, key.principal_name, key.name, key.expires_at, key.revoked_at] for key in found
        ]
        desk.terminal.table(["Id", "Holder", "Name", "Valid until", "Revoked"], rows)


@app.command()
def revoke(
    key_id: Annotated[UUID, typer.Argument(help="Id of the key.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Revoke a key at once."""
    with open_desk(data_dir, as_json=as_json) as desk:
        access.revoke_key(desk.runtime, desk.actor, key_id)
        desk.terminal.result({"revoked": key_id})
        desk.terminal.say("Revoked: {id}", id=key_id)


def _holder(desk: Desk, kind: PrincipalKind, name: str, role: Role) -> UUID:
    for each in access.list_principals(desk.runtime):
        if each.kind is kind and each.name == name:
            return each.id
    if kind is PrincipalKind.PERSON:
        raise NotFoundError(kind="principal", id=name)
    made = access.add_principal(
        desk.runtime, desk.actor, kind, name, desk.terminal.locale, desk.collection_id, role
    )
    return made.id
