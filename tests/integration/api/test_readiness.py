"""`/readyz` says whether the models that the settings name are loaded somewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from chohyo.errors import InvalidInputError
from chohyo.services import model_calls
from chohyo.services.runtime import Runtime
from chohyo.settings import ChatSettings, Settings
from chohyo.storage.model_calls import CallKind


def test_models_are_loading_until_their_process_has_the_chat_model(
    runtime: Runtime, tmp_path: Path, client: TestClient
) -> None:
    chat = ChatSettings(backend="transformers", model=str(tmp_path))
    app = create_app(runtime, Settings(data_dir=tmp_path, chat=chat))
    asking = TestClient(app, base_url="http://127.0.0.1:8686")

    assert client.get("/readyz").json()["models"] is None
    assert asking.get("/readyz").json() == {"status": "ready", "models": "loading"}
    model_calls.appear(runtime, [(CallKind.EMBED, "tiny", "1")])
    assert asking.get("/readyz").json()["models"] == "loading"
    model_calls.appear(runtime, [(CallKind.CHAT, "chat", "1")])
    assert asking.get("/readyz").json()["models"] == "loaded"


def test_a_chat_model_from_the_hub_is_pinned(runtime: Runtime, tmp_path: Path) -> None:
    for named, wrong in (("Qwen/Qwen3-VL-2B-Instruct", "REVISION"), ("", "MODEL")):
        chat = ChatSettings(backend="transformers", model=named, revision="main")
        with pytest.raises(InvalidInputError, match=f"CHOHYO_CHAT__{wrong}"):
            create_app(runtime, Settings(data_dir=tmp_path, chat=chat))
