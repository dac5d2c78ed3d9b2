"""What the nodes work with: opened once by the worker, handed in through the graph's runtime."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.advice.budget import Budget
from agent.references import References
from chohyo.discovery.copies import GroupingRules
from chohyo.domain.decision_rules import Thresholds
from chohyo.domain.rerankers import RerankerChoice
from chohyo.matching.calibration import Calibration
from chohyo.matching.rerank import Reranker
from chohyo.models.chat import ChatModel
from chohyo.models.embedder import Embedders
from chohyo.models.ocr import TextRecognizer
from chohyo.models.orientation import PageOrientation
from chohyo.services.runtime import Runtime


@dataclass(frozen=True, slots=True)
class AgentContext:
    """The services and models of a worker.

    `candidates` is how many template pages the first stage collects; `min_copies` how many copies
    make a group. `rerankers` are those that a document may ask for instead of `reranker`.
    `careful` takes pages one by one, after a worker died. `chat` may advise, within its budget for
    each proposal. Without `orientation` scans lie as their files say.
    """

    runtime: Runtime
    embedders: Embedders
    reranker: Reranker
    recognizer: TextRecognizer
    references: References
    thresholds: Thresholds = field(default_factory=Thresholds)
    calibration: Calibration = field(default_factory=Calibration)
    grouping: GroupingRules = field(default_factory=GroupingRules)
    candidates: int = 20
    min_copies: int = 2
    rerankers: Mapping[RerankerChoice, Reranker] = field(default_factory=dict)
    careful: bool = False
    chat: ChatModel | None = None
    chat_budget: Budget = field(default_factory=Budget)
    orientation: PageOrientation | None = None

    def reranker_for(self, choice: RerankerChoice | None) -> Reranker:
        """Return the chosen reranker, or the installation's where it has that one no longer."""
        return self.reranker if choice is None else self.rerankers.get(choice, self.reranker)
