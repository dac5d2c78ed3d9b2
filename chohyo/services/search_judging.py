"""Have a reranking model judge how well pages answer a query, in time.

Of a page the model is shown what the caller may see, for an order tells something of what decided
it: to viewers personal data is black, and a page of no known type is not judged.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as LateError
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from PIL import Image

from chohyo.domain.access import Caller
from chohyo.domain.search import SearchQuery
from chohyo.errors import ChohyoError, ForbiddenError, UnavailableError
from chohyo.extraction import ink
from chohyo.extraction.redaction import blacked_out
from chohyo.models.qwen_pages import Scores
from chohyo.models.qwen_pixels import PixelLimits
from chohyo.models.qwen_prompts import SEARCH_INSTRUCTION, ModelInput, ModelPair
from chohyo.pages.images import decode_colour
from chohyo.search.folding import fold
from chohyo.services.evidence import hidden_regions
from chohyo.services.runtime import Runtime
from chohyo.services.search_pictures import Picture
from chohyo.storage import pages

_log = logging.getLogger(__name__)

_AT_ONCE: Final = 4  # calls under way; a search that finds no place comes to its deadline
_TOGETHER: Final = 8  # pages of a call: those already judged count when time runs out
LATE: Final = "deadline"


@dataclass(frozen=True, slots=True)
class Judge:
    """A reranking model: what scores, its name for people, and the seconds a search may take.

    `ready` says whether it can be reached at all, so that nobody waits for a process that is gone.
    """

    scores: Scores
    model: str
    seconds: float
    limits: PixelLimits = field(default_factory=PixelLimits)
    ready: Callable[[], bool] = lambda: True
    hands: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_AT_ONCE))


@dataclass(frozen=True, slots=True)
class Judged:
    """Scores in 0..1 by page, and the code of what kept the model from the others."""

    by_page: Mapping[UUID, float] = field(default_factory=dict)
    failed: str | None = None


def judge_pages(
    runtime: Runtime,
    judge: Judge,
    caller: Caller,
    query: SearchQuery,
    pictures: Sequence[Picture],
    page_ids: Sequence[UUID],
) -> Judged:
    """Return how well pages answer a query; those that were not judged in time are left out."""
    until = time.monotonic() + judge.seconds
    if not judge.ready():
        return Judged(failed=UnavailableError.code)
    asked = ModelInput(
        query.text if fold(query.text) else None,
        tuple(_fitted(judge, Image.fromarray(each.grey)) for each in pictures),
    )
    found: dict[UUID, float] = {}
    for start in range(0, len(page_ids), _TOGETHER):
        shown = _shown(runtime, judge, caller, page_ids[start : start + _TOGETHER])
        failed = _score(judge, asked, shown, until, found)
        if failed is not None:
            _log.warning("the reranking model judged %d pages: %s", len(found), failed)
            return Judged(found, failed)
    return Judged(found)


def _score(
    judge: Judge,
    asked: ModelInput,
    shown: Mapping[UUID, Image.Image],
    until: float,
    found: dict[UUID, float],
) -> str | None:
    """Add the scores of some pages to `found`; return the code of what went wrong."""
    pairs = [
        ModelPair(asked, ModelInput(images=(page,)), SEARCH_INSTRUCTION) for page in shown.values()
    ]
    if not pairs:
        return None
    call = judge.hands.submit(judge.scores.score, pairs)
    try:
        scores = call.result(timeout=max(0.0, until - time.monotonic()))
    except LateError:
        call.cancel()
        return LATE
    except ChohyoError as error:
        return error.code
    found.update(zip(shown, map(float, scores), strict=True))
    return None


def _shown(
    runtime: Runtime, judge: Judge, caller: Caller, page_ids: Sequence[UUID]
) -> dict[UUID, Image.Image]:
    """Return pages as the caller may see them, no larger than the model does."""
    with runtime.database.transaction() as connection:
        hidden = {}
        for page in pages.some(connection, page_ids):
            try:
                hidden[page.id] = page.evidence_blob, hidden_regions(connection, caller, page)
            except ForbiddenError:
                continue  # nobody knows what is personal on it
    images = {}
    for page_id in page_ids:
        if page_id in hidden:
            blob, boxes = hidden[page_id]
            seen = ink.grey(blacked_out(decode_colour(runtime.blobs.get(blob)), boxes))
            images[page_id] = _fitted(judge, Image.fromarray(seen))
    return images


def _fitted(judge: Judge, image: Image.Image) -> Image.Image:
    # Grey is a third of the bytes that travel to the model.
    return judge.limits.fitted(image).convert("L")
