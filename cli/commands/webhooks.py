"""`chohyo webhooks`: endpoints that are told what happens."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import typer

from chohyo.domain.webhooks import SUBSCRIBABLE, Delivery, DeliveryState, EventKind
from chohyo.errors import InvalidInputError
from chohyo.services import webhooks
from chohyo.translation import render_delivery
from cli.desk import Desk, open_desk
from cli.options import AsJson, DataDir, Limit, Timeout, Wait
from cli.waiting import until

app = typer.Typer(help="Endpoints that are told what happens.", no_args_is_help=True)

WebhookId = Annotated[UUID, typer.Argument(help="Id of the webhook.")]


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="http or https address to send events to.")],
    event: Annotated[
        list[EventKind] | None, typer.Option(help="Event to tell of, once for each; else all.")
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Have an endpoint told of events; its secret is shown once."""
    events = list(SUBSCRIBABLE) if event is None else event
    if EventKind.TEST in events:
        raise InvalidInputError(field="event", reason="is none of the allowed values")
    with open_desk(data_dir, as_json=as_json) as desk:
        made = webhooks.add_webhook(desk.runtime, desk.caller, desk.collection_id, url, events)
        desk.terminal.result(made)
        desk.terminal.say("Added: {id}", id=made.webhook.id)
        desk.terminal.say("{secret}", secret=made.secret)
        desk.terminal.note("Keep it now: it is not shown again.")


@app.command("list")
def list_all(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List webhooks, oldest first."""
    with open_desk(data_dir, as_json=as_json) as desk:
        found = webhooks.list_webhooks(desk.runtime, desk.caller)
        desk.terminal.result(found)
        rows = [[each.id, each.url, " ".join(each.events)] for each in found]
        desk.terminal.table(["Id", "URL", "Events"], rows)


@app.command()
def remove(webhook_id: WebhookId, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Tell an endpoint no more."""
    with open_desk(data_dir, as_json=as_json) as desk:
        webhooks.remove_webhook(desk.runtime, desk.caller, webhook_id)
        desk.terminal.result({"removed": webhook_id})
        desk.terminal.say("Removed: {id}", id=webhook_id)


@app.command()
def test(
    webhook_id: WebhookId,
    wait: Wait = False,
    timeout: Timeout = 60,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Send a test event."""
    with open_desk(data_dir, as_json=as_json) as desk:
        sent = webhooks.send_test(desk.runtime, desk.caller, webhook_id)
        if wait:
            until(lambda: _attempted(desk, sent).attempts > 0, timeout)
            sent = _attempted(desk, sent)
        desk.terminal.result(sent)
        _show(desk, [sent])
    if sent.attempts and sent.state is not DeliveryState.DELIVERED:
        raise typer.Exit(1)


@app.command()
def deliveries(
    webhook_id: WebhookId, limit: Limit = 50, data_dir: DataDir = None, as_json: AsJson = False
) -> None:
    """List what was or is to be delivered, newest first."""
    with open_desk(data_dir, as_json=as_json) as desk:
        found = webhooks.list_deliveries(desk.runtime, desk.caller, webhook_id, limit=limit)
        desk.terminal.result(found)
        _show(desk, found)


def _attempted(desk: Desk, sent: Delivery) -> Delivery:
    found = webhooks.list_deliveries(desk.runtime, desk.caller, sent.webhook_id)
    return next((each for each in found if each.id == sent.id), sent)


def _show(desk: Desk, found: list[Delivery]) -> None:
    zone, terminal = ZoneInfo(desk.settings.timezone), desk.terminal
    rows = [
        [
            each.created_at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"),
            each.event,
            terminal.label("delivery_state", each.state),
            each.attempts,
            each.status,
            render_delivery(each.reason, terminal.locale) if each.reason else None,
        ]
        for each in found
    ]
    terminal.table(["At", "Event", "State", "Attempts", "Answer", "Reason"], rows)
