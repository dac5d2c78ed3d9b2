"""Compare two pages as the product does."""

from __future__ import annotations

import numpy as np

from agent.context import AgentContext
from chohyo.domain.documents import Page
from chohyo.matching.print_comparison import compare_print
from chohyo.matching.registration import register
from chohyo.services import embedding
from eval.mistakes import Likeness


def likeness(context: AgentContext, page: Page, other: Page) -> Likeness:
    """Compare two filled pages as discovery does."""
    space = context.embedders.own.space
    one = embedding.stored_vector(context.runtime, space, page.id)
    two = embedding.stored_vector(context.runtime, space, other.id)
    cosine = None if one is None or two is None else round(float(np.dot(one, two)), 4)
    mine = context.references.features(page.model_blob)
    theirs = context.references.features(other.model_blob)
    laid = register(mine, theirs)
    if laid is None:
        return Likeness(cosine, None, None)
    agreement = compare_print(mine, theirs, laid.transform, pair=True).score
    return Likeness(cosine, round(agreement, 4), laid.transform.rows)
