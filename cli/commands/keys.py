"""`chohyo keys`: API keys of persons and services."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from chohyo.domain.access import PrincipalKind, Role
from chohyo.errors import NotFoundError
from chohyo.services import administration
from cli.desk import Desk, open_desk
from cli.directory import collection_named, principal_named
from cli.options import AsJson, CollectionName, DataDir

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
    collection: CollectionName = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make an API key; it is shown once."""
    kind = PrincipalKind.SERVICE if service else PrincipalKind.PERSON
    with open_desk(data_dir, as_json=as_json) as desk:
        where = collection_named(desk, collection)
        principal_id = _holder(desk, kind, holder, where, role)
        key = administration.create_key(desk.runtime, desk.caller, principal_id, name, days=days)
        desk.terminal.result(key)
        desk.terminal.say("{secret}", secret=key.secret)
        desk.terminal.note("Keep it now: it is not shown again.")


@app.command("list")
def list_all(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List all keys, without their secrets."""
    with open_desk(data_dir, as_json=as_json) as desk:
        found = administration.list_keys(desk.runtime, desk.caller)
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
        administration.revoke_key(desk.runtime, desk.caller, key_id)
        desk.terminal.result({"revoked": key_id})
        desk.terminal.say("Revoked: {id}", id=key_id)


def _holder(desk: Desk, kind: PrincipalKind, name: str, where: UUID, role: Role) -> UUID:
    try:
        return principal_named(desk, name, kind).id
    except NotFoundError:
        if kind is PrincipalKind.PERSON:
            raise
    made = administration.add_principal(
        desk.runtime, desk.caller, kind, name, desk.terminal.locale, where, role
    )
    return made.principal.id
