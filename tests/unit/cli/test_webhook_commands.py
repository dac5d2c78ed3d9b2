"""`chohyo webhooks` on a real database."""

from __future__ import annotations

from uuid import uuid4

import pytest
from commanding import Command

URL = "https://hooks.example/chohyo"


def test_an_endpoint_is_added_listed_tested_and_removed(command: Command) -> None:
    made = command("webhooks", "add", URL, "--event", "page.routed", "--json").json
    webhook_id = made["webhook"]["id"]
    listed = command("webhooks", "list", "--json")
    assert [(each["url"], each["events"]) for each in listed.json] == [(URL, ["page.routed"])]
    assert made["secret"] not in listed.out
    sent = command("webhooks", "test", webhook_id, "--json").json
    assert (sent["event"], sent["state"], sent["attempts"]) == ("webhook.test", "pending", 0)
    assert command("status", "--json").json["status"]["pending_work"] == {"webhook": 1}
    assert [
        each["id"] for each in command("webhooks", "deliveries", webhook_id, "--json").json
    ] == [sent["id"]]
    assert command("webhooks", "remove", webhook_id).code == 0
    assert command("webhooks", "remove", webhook_id).code == 4


def test_a_test_nobody_delivers_in_time_fails(command: Command) -> None:
    webhook_id = command("webhooks", "add", URL, "--json").json["webhook"]["id"]
    assert command("webhooks", "test", webhook_id, "--wait", "--timeout", "1").code == 8


@pytest.mark.parametrize(
    "arguments",
    [["add", "http://127.0.0.1/"], ["add", "ftp://x/"], ["add", URL, "--event", "webhook.test"]],
)
def test_what_cannot_be_told_is_refused(command: Command, arguments: list[str]) -> None:
    assert command("webhooks", *arguments).code == 2


def test_an_unknown_endpoint_is_an_error(command: Command) -> None:
    assert command("webhooks", "deliveries", uuid4()).code == 4
