"""`chohyo spaces` and `chohyo reindex --space`."""

from __future__ import annotations

import json

from commanding import Command

GRID, ENCODER = "layout-grid", "layout-encoder"


def test_spaces_are_listed_filled_put_in_use_and_left(command: Command) -> None:
    possible = {each["space"]["name"]: each for each in json.loads(command("spaces", "--json").out)}
    assert set(possible) == {GRID, ENCODER, "multilingual-e5-small-q4"}
    assert not any(each["registered"] for each in possible.values())

    (grid,) = json.loads(command("reindex", "--space", GRID, "--json").out)
    assert (grid["active"], grid["missing"]) == (True, 0)
    asked = command("reindex", "--space", ENCODER)
    assert asked.code == 0
    assert "Being filled" in asked.out

    assert "is in use" in command("spaces", "switch", ENCODER).out
    told = command("spaces")
    assert "In use" in told.out
    assert f"the embedding space {ENCODER} stays in use; this profile's own is {GRID}" in told.err
    assert f"chohyo reindex --space {GRID} --switch" in command("status").err

    refused = command("spaces", "drop", ENCODER)
    assert (refused.code, "in use" in refused.err) == (6, True)
    assert json.loads(command("spaces", "back", "--json").out)["space"]["name"] == GRID
    assert command("spaces", "drop", ENCODER).code == 0
    assert command("spaces", "switch", ENCODER).code == 4
    assert command("spaces").err == ""


def test_a_space_and_pages_cannot_be_named_together(command: Command) -> None:
    refused = command("reindex", "--space", GRID, "--all")
    assert refused.code == 2
    assert "exactly one" in refused.err
