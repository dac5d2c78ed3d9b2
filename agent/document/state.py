"""The state of the document graph. Everything that must last is in the tables."""

from __future__ import annotations

from typing import TypedDict
from uuid import UUID

from chohyo.domain.documents import Page
from chohyo.domain.instances import Pair
from chohyo.domain.matches import Candidate
from chohyo.domain.rerankers import RerankerChoice
from chohyo.matching.decision import Decision
from chohyo.matching.edition_judge import EditionJudge
from chohyo.services.decision_rules import RuleInForce


class DocumentState(TypedDict, total=False):
    """One document under way; `page` is the page being routed, `to_route` those still to come.

    `reranker` is the one that the document asks for; `rule` is what the page is decided by,
    `judge` knows how it lies on its editions, `decision` is the one in force.
    `repeats` are pairs of pages that are two scans of one sheet.
    """

    document_id: UUID
    reranker: RerankerChoice | None
    to_route: list[Page]
    page: Page | None
    candidates: list[Candidate]
    rule: RuleInForce
    judge: EditionJudge
    decision: Decision
    repeats: frozenset[Pair]
