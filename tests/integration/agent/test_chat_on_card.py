"""The agent asks a chat model that the model worker has loaded: a tiny one with random weights."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from langgraph.runtime import Runtime

from agent.advice.budget import Budget
from agent.discovery.advise import advise
from chohyo.profiles import load_models, open_chat
from chohyo.services.chat_calls import answer_chats
from chohyo.settings import ChatSettings, Settings
from chohyo.storage import audit, proposals
from tests.integration.agent.conftest import Bench


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return settings that have the model worker load a chat model, and no embedder."""
    import os

    if os.environ.get("CHOHYO_TEST_REQUIRE_ALL") != "1":
        pytest.importorskip("torch", reason="the extra `qwen` is not installed")
    from tests.integration.models.test_qwen_chat import TEMPLATE
    from tests.integration.models.tiny_qwen import make_checkpoint

    folder: Path = make_checkpoint(tmp_path_factory.mktemp("tiny-chat"))
    (folder / "chat_template.jinja").write_text(TEMPLATE, "utf-8")
    chat = ChatSettings(backend="transformers", model=str(folder), seconds=60)
    return Settings(chat=chat).model_copy(
        update={"qwen": Settings().qwen.model_copy(update={"device": "cpu"})}
    )


def test_garbage_leaves_the_draft_as_it_was_and_is_counted(
    discovered: Bench, settings: Settings
) -> None:
    bench, proposal = discovered, discovered.waiting()[0]
    loaded = load_models(settings)
    assert not loaded.embedders
    assert settings.has_model_worker
    over = threading.Event()

    def work() -> None:
        while not over.wait(0.02):
            answer_chats(bench.runtime, loaded.chats)

    thread = threading.Thread(target=work)
    thread.start()
    context = replace(
        bench.workshop.context, chat=open_chat(settings, bench.runtime),
        chat_budget=Budget(tokens=40),
    )  # fmt: skip
    try:
        advise({"proposal_id": str(proposal.id)}, Runtime(context=context))
    finally:
        over.set()
        thread.join()

    with bench.runtime.database.transaction() as connection:
        after = proposals.get(connection, proposal.id)
        told = audit.newest(connection, [bench.collection.id], object_id=proposal.id)
    assert after is not None
    assert after.draft == proposal.draft
    (failed,) = [entry for entry in told if entry.action == "model.failed"]
    assert failed.details == {"code": "chat-output"}
    assert failed.actor.model == next(iter(loaded.chats))
