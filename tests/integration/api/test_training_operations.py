"""A training over HTTP: asked for, done by a worker, shown with its figures."""

from __future__ import annotations

from collections.abc import Callable

from fastapi.testclient import TestClient

from chohyo.models.layout_encoder import LayoutEncoder
from chohyo.services import training
from chohyo.services.runtime import Runtime
from chohyo.services.spaces import settle
from tests.integration.conftest import KeyHolder
from tests.lessons import plant


def test_a_training_is_asked_for_done_and_shown(
    as_: Callable[[str], TestClient], runtime: Runtime, callers: dict[str, KeyHolder]
) -> None:
    settle(runtime, [LayoutEncoder.space])
    plant(runtime, LayoutEncoder.space)
    admin = as_("admin")
    asked = admin.post("/v1/trainings", json={"dry_run": False})
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    (found,) = training.list_trainings(runtime, callers["admin"].caller)
    training.train(runtime, found.id)

    done = admin.get(f"/v1/trainings/{asked.json()['id']}").json()
    assert (done["state"], done["better"], done["base"]) == ("done", True, LayoutEncoder.space.name)
    assert done["lessons"]["template_pages"] == 16
    unseen = done["figures"]["unseen"]["rank"]
    assert unseen["low"] <= unseen["after"] - unseen["before"] <= unseen["high"]
    (listed,) = admin.get("/v1/trainings").json()["items"]
    assert listed == done
    spaces = {each["space"]["name"]: each for each in admin.get("/v1/spaces").json()["items"]}
    assert spaces[done["space"]]["base"] == LayoutEncoder.space.name
    assert spaces[done["space"]]["served"]
    refused = admin.post(f"/v1/spaces/{done['space']}/switch", json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "space-incomplete")
