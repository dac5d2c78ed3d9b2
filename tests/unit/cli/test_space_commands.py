"""`chohyo spaces` and `chohyo reindex --space`."""

from __future__ import annotations

import json

from commanding import Command

OWN, OTHER = "layout-encoder", "layout-grid"


def test_spaces_are_listed_filled_put_in_use_and_left(command: Command) -> None:
    possible = {each["space"]["name"]: each for each in json.loads(command("spaces", "--json").out)}
    assert set(possible) == {OWN, OTHER, "multilingual-e5-small-q4"}
    assert not any(each["registered"] for each in possible.values())

    (own,) = json.loads(command("reindex", "--space", OWN, "--json").out)
    assert (own["active"], own["missing"]) == (True, 0)
    asked = command("reindex", "--space", OTHER)
    assert asked.code == 0
    assert "Being filled" in asked.out

    assert "is in use" in command("spaces", "switch", OTHER).out
    told = command("spaces")
    assert "In use" in told.out
    assert f"the embedding space {OTHER} stays in use; this profile's own is {OWN}" in told.err
    assert f"chohyo reindex --space {OWN} --switch" in command("status").err

    refused = command("spaces", "drop", OTHER)
    assert (refused.code, "in use" in refused.err) == (6, True)
    assert json.loads(command("spaces", "back", "--json").out)["space"]["name"] == OWN
    assert command("spaces", "drop", OTHER).code == 0
    assert command("spaces", "switch", OTHER).code == 4
    assert command("spaces").err == ""


def test_a_space_and_pages_cannot_be_named_together(command: Command) -> None:
    refused = command("reindex", "--space", OWN, "--all")
    assert refused.code == 2
    assert "exactly one" in refused.err
