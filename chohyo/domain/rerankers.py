"""Who judges whether a page fits a template page, and which of the two pages is asked about."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class RerankerChoice(StrEnum):
    """Who judges how well a page fits a template page."""

    OFF = "off"
    REGISTRATION = "registration"
    QWEN = "qwen"
    FUSED = "fused"


BY_MODEL: Final = (RerankerChoice.QWEN, RerankerChoice.FUSED)  # these ask a reranking model


class Order(StrEnum):
    """Which of two pages is the query; a causal reranker's score depends on it."""

    PAGE_FIRST = "page-first"
    EXEMPLAR_FIRST = "exemplar-first"
    BOTH = "both"
