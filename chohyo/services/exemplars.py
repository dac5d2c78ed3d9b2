"""Keep a few unlike pages of each template page to know others by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import numpy as np

from chohyo.matching.exemplars import diverse
from chohyo.storage import embeddings, print_models, spaces, templates
from chohyo.storage.database import Connection

PER_PAGE: Final = 5
# What people decide is worth more than what was found alike; each exemplar costs a look a page.
MOST_LEARNED: Final = 8


def unlike(connection: Connection, page_ids: Sequence[UUID], count: int) -> list[UUID]:
    """Return at most `count` of these pages, as unlike each other as can be.

    Pages without a vector in the space that leads come last, in their order.
    """
    space = spaces.active(connection)
    vectors = embeddings.vectors(connection, space, page_ids) if space else {}
    known = [page_id for page_id in page_ids if page_id in vectors]
    rows = np.array([vectors[page_id] for page_id in known], np.float32)
    chosen = [known[row] for row in diverse(rows, count)]
    rest = [page_id for page_id in page_ids if page_id not in vectors]
    return [*chosen, *rest][:count]


def learn(connection: Connection, template_page_id: UUID | None, page_id: UUID) -> None:
    """Take a page that a person has decided on as an exemplar of that template page alone.

    The most unlike ones stay when there are too many. With None it is no longer one of any.
    """
    templates.remove_exemplar(connection, page_id)
    if template_page_id is None:
        return
    templates.insert_exemplar(connection, template_page_id, page_id)
    there = print_models.exemplars(connection, template_page_id)
    if len(there) > MOST_LEARNED:
        kept = set(unlike(connection, there, MOST_LEARNED))
        for each in there:
            if each not in kept:
                templates.remove_exemplar(connection, each)
