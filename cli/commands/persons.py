"""`chohyo persons` and `chohyo login`: who may use the console."""

from __future__ import annotations

from typing import Annotated

import typer

from chohyo.domain.access import PrincipalKind, Role
from chohyo.errors import NotFoundError
from chohyo.services import access
from cli.desk import Desk, open_desk
from cli.options import AsJson, DataDir

app = typer.Typer(help="Who may use the console.", no_args_is_help=True)


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="The person's name.")],
    role: Annotated[Role, typer.Option(help="What the person may do.")] = Role.REVIEWER,
    locale: Annotated[str, typer.Option(help="`ja` or `en`.")] = "ja",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Register a person and print a login link for the console."""
    with open_desk(data_dir, as_json=as_json) as desk:
        person = access.add_principal(
            desk.runtime, desk.actor, PrincipalKind.PERSON, name, locale, desk.collection_id, role
        )
        url = login_url(desk, name)
        desk.terminal.result({"person": person, "login_url": url})
        desk.terminal.say("{url}", url=url)


@app.command("list")
def list_all(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List persons and services."""
    with open_desk(data_dir, as_json=as_json) as desk:
        found = access.list_principals(desk.runtime)
        desk.terminal.result(found)
        rows = [[each.id, each.kind, each.name, each.locale] for each in found]
        desk.terminal.table(["Id", "Kind", "Name", "Language"], rows)


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
        known = access.list_principals(desk.runtime)
        found = [p.id for p in known if p.kind is PrincipalKind.PERSON and p.name == name]
        if not found:
            raise NotFoundError(kind="principal", id=name)
        person_id = found[0]
    token = access.issue_login_token(desk.runtime, desk.actor, person_id)
    return f"{desk.url}/login?token={token}"
