"""`chohyo persons` and `chohyo login`: who may use the console, and in which role."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from chohyo.domain.access import PrincipalKind, Role
from chohyo.services import access, administration
from chohyo.services.administration import PrincipalView
from cli.desk import Desk, open_desk
from cli.directory import collection_named, principal_named
from cli.options import AsJson, CollectionName, DataDir

app = typer.Typer(help="Who may use chohyo, and in which role.", no_args_is_help=True)

# A name may belong to a person and to a service: the person is meant, as in the other commands.
_EITHER = (PrincipalKind.PERSON, PrincipalKind.SERVICE)

Name = Annotated[str, typer.Argument(help="Name of the person or service.")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="The person's name.")],
    role: Annotated[Role, typer.Option(help="What the person may do.")] = Role.REVIEWER,
    locale: Annotated[str, typer.Option(help="`ja` or `en`.")] = "ja",
    collection: CollectionName = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Register a person and print a login link for the console."""
    with open_desk(data_dir, as_json=as_json) as desk:
        where = collection_named(desk, collection)
        view = administration.add_principal(
            desk.runtime, desk.caller, PrincipalKind.PERSON, name, locale, where, role
        )
        url = login_url(desk, view.principal.name)
        desk.terminal.result({"person": view.principal, "login_url": url})
        desk.terminal.say("{url}", url=url)


@app.command("list")
def list_all(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List persons and services with their roles."""
    with open_desk(data_dir, as_json=as_json) as desk:
        found = administration.list_principals(desk.runtime, desk.caller)
        desk.terminal.result([_described(view) for view in found])
        names = {each.id: each.name for each in access.my_collections(desk.runtime, desk.caller)}
        rows = [_row(desk, view, names) for view in found]
        desk.terminal.table(["Id", "Kind", "Name", "Language", "Roles"], rows)


@app.command()
def grant(
    name: Name,
    role: Annotated[Role, typer.Argument(help="The role, in place of the one there is.")],
    collection: CollectionName = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Give a person or service a role in a collection."""
    with open_desk(data_dir, as_json=as_json) as desk:
        where = collection_named(desk, collection)
        who = principal_named(desk, name, *_EITHER)
        view = administration.grant(desk.runtime, desk.caller, who.id, where, role)
        desk.terminal.result(_described(view))
        desk.terminal.say(
            "{name} is now: {role}", name=who.name, role=desk.terminal.label("role", role)
        )


@app.command()
def revoke(
    name: Name,
    collection: CollectionName = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Take a person's or service's role in a collection away."""
    with open_desk(data_dir, as_json=as_json) as desk:
        where = collection_named(desk, collection)
        who = principal_named(desk, name, *_EITHER)
        administration.revoke(desk.runtime, desk.caller, who.id, where)
        desk.terminal.result({"revoked": who.id})
        desk.terminal.say("{name} has no role there any more.", name=who.name)


@app.command()
def disable(name: Name, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Shut a person or service out at once; keys, sessions and links end for good."""
    with open_desk(data_dir, as_json=as_json) as desk:
        who = principal_named(desk, name, *_EITHER)
        administration.disable(desk.runtime, desk.caller, who.id)
        desk.terminal.result({"disabled": who.id})
        desk.terminal.say("Disabled: {name}", name=who.name)


@app.command()
def enable(name: Name, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Let a disabled person or service in again, with the roles it had."""
    with open_desk(data_dir, as_json=as_json) as desk:
        who = principal_named(desk, name, *_EITHER)
        administration.enable(desk.runtime, desk.caller, who.id)
        desk.terminal.result({"enabled": who.id})
        desk.terminal.say("Enabled: {name}", name=who.name)


def login(
    name: Annotated[str | None, typer.Argument(help="A person; else the administrator.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Print a link that opens the console once, within the hour."""
    with open_desk(data_dir, as_json=as_json) as desk:
        url = login_url(desk, name)
        desk.terminal.result({"login_url": url})
        desk.terminal.say("{url}", url=url)


def login_url(desk: Desk, name: str | None = None) -> str:
    """Return a link that logs a person in once; the administrator when none is named.

    Raises:
        NotFoundError: there is no such person.
    """
    person_id = desk.caller.principal.id
    if name is not None:
        person_id = principal_named(desk, name, PrincipalKind.PERSON).id
    token = administration.login_token(desk.runtime, desk.caller, person_id)
    return f"{desk.url}/login?token={token}"


def _described(view: PrincipalView) -> dict[str, object]:
    who = view.principal
    return {
        "id": who.id,
        "kind": who.kind,
        "name": who.name,
        "locale": who.locale,
        "enabled": who.enabled,
        "roles": [{"collection_id": where, "role": role} for where, role in view.roles.items()],
    }


def _row(desk: Desk, view: PrincipalView, names: dict[UUID, str]) -> list[object]:
    who, label = view.principal, desk.terminal.label
    roles = [f"{names[where]}: {label('role', role)}" for where, role in view.roles.items()]
    if not who.enabled:
        roles = [desk.terminal.text("disabled")]
    return [who.id, label("actor_kind", who.kind), who.name, who.locale, ", ".join(roles)]
