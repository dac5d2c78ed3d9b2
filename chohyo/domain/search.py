"""What is asked of a search, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from chohyo.domain.documents import Document, Page, PageState
from chohyo.domain.geometry import Box
from chohyo.domain.rerankers import RerankerChoice
from chohyo.domain.spaces import EmbeddingSpace


class Way(StrEnum):
    """How a page was found; a hit's score is the sum of these."""

    EXACT = "exact"
    NEARLY = "nearly"
    ALIKE = "alike"
    MEANING = "meaning"
    LAYOUT = "layout"
    PICTURE = "picture"
    JUDGED = "judged"


class Comparing(StrEnum):
    """How a field's value is compared."""

    EQUAL = "="
    UNLIKE = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    CONTAINS = "~"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A condition on the value of a field, which is given by its name or its label."""

    field: str
    comparing: Comparing
    value: str


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """What a page must be to be found at all; empty ones let every page pass.

    `source` is a piece of the name of the file. Days are those of the upload, both included.
    """

    collection_id: UUID | None = None
    family_id: UUID | None = None
    version_id: UUID | None = None
    states: tuple[PageState, ...] = ()
    since: date | None = None
    until: date | None = None
    source: str = ""
    fields: tuple[Comparison, ...] = ()

    @property
    def narrow(self) -> bool:
        """Say whether anything but the collection is asked for."""
        return self != SearchFilters(collection_id=self.collection_id)


@dataclass(frozen=True, slots=True)
class PageQuery:
    """A page that is there already, or a part of it, as an image to search by."""

    page_id: UUID
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """Words, an image or a page to search by, in any mix.

    `image` is an encoded picture. `rerank_k` is how many of the first hits the reranker looks at.
    `layout` and `picture` say whether an image is compared by its layout and by its details.
    """

    text: str = ""
    image: bytes | None = None
    page: PageQuery | None = None
    layout: bool = True
    picture: bool = True
    filters: SearchFilters = field(default_factory=SearchFilters)
    top_k: int = 20
    rerank_k: int = 20
    reranker: RerankerChoice = RerankerChoice.REGISTRATION
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class FoundRegion:
    """A region of a page that matched: with its text, and the label of the field it is."""

    box: Box
    way: Way
    text: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class HitTemplate:
    """The form type that a page was routed to."""

    family_id: UUID
    family_name: str
    version_id: UUID
    version_label: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A page that was found. `parts` adds up to `score`.

    `agreement`, in 0..1, is how alike the image and the page are where registration laid it there.
    """

    page: Page
    document: Document
    template: HitTemplate | None
    score: float
    parts: Mapping[Way, float]
    agreement: float | None
    regions: tuple[FoundRegion, ...]


@dataclass(frozen=True, slots=True)
class Facet:
    """How many of the pages that were found belong to a form type; None: to none."""

    template: HitTemplate | None
    pages: int


@dataclass(frozen=True, slots=True)
class AnsweredBy:
    """Which spaces, models and reranker had a part in an answer; None had none.

    `reranker_model` judged the first `reranked` hits; `reranker_failed` is the code of what kept it
    from judging those that were to be.
    """

    layout_space: EmbeddingSpace | None
    text_space: EmbeddingSpace | None
    reader: str | None
    reranker: RerankerChoice
    reranker_model: str | None = None
    reranked: int = 0
    reranker_failed: str | None = None


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """The hits, best first, from the cursor on; facets are counted over all that was found."""

    hits: tuple[Hit, ...]
    next_cursor: str | None
    found: int
    facets: tuple[Facet, ...]
    answered_by: AnsweredBy
