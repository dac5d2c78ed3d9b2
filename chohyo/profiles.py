"""Which models a process works with: the one place that knows, by profile."""

from __future__ import annotations

from dataclasses import dataclass

from chohyo.matching.rerank import RegistrationReranker, Reranker
from chohyo.models.embedder import LayoutEmbedder
from chohyo.models.layout_grid import LayoutGrid
from chohyo.settings import Settings


@dataclass(frozen=True, slots=True)
class Models:
    """The models that a page meets on its way to a template."""

    embedder: LayoutEmbedder
    reranker: Reranker


def cpu_models() -> Models:
    """Open the models of the default profile: nothing to download, no GPU."""
    return Models(embedder=LayoutGrid(), reranker=RegistrationReranker())


def open_models(settings: Settings) -> Models:
    """Open the models of the profile that the settings name."""
    return {"cpu": cpu_models}[settings.profile]()
