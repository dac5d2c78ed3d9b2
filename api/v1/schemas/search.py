"""A search: what is asked, and what is found."""

from __future__ import annotations

import base64
import binascii
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from api.v1.schemas.basics import Evidence, Input, Label, Output
from api.v1.schemas.documents import DocumentOut
from api.v1.schemas.pages import PageOut
from api.v1.schemas.status import SpaceOut
from chohyo.domain.documents import PageState
from chohyo.domain.geometry import Box
from chohyo.domain.rerankers import RerankerChoice
from chohyo.domain.search import (
    Comparing,
    Comparison,
    Facet,
    FoundRegion,
    Hit,
    HitTemplate,
    PageQuery,
    SearchAnswer,
    SearchFilters,
    SearchQuery,
    Way,
)
from chohyo.errors import InvalidInputError
from chohyo.services.page_pictures import marked_address

_MOST_REGIONS = 20

Side = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Sides = Annotated[list[Side], Field(min_length=4, max_length=4)]


class ComparisonIn(Input):
    """A condition on a field, by its name or label: `{"field": "支払金額", "op": ">=", ...}`."""

    field: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
    op: Comparing
    value: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]


class FiltersIn(Input):
    """What a page must be to be found. `source` is a piece of the file's name."""

    collection_id: UUID | None = None
    family_id: UUID | None = None
    version_id: UUID | None = None
    states: Annotated[tuple[PageState, ...], Field(max_length=20)] = ()
    since: date | None = None
    until: date | None = None
    source: Label = ""
    fields: Annotated[tuple[ComparisonIn, ...], Field(max_length=10)] = ()

    def filters(self) -> SearchFilters:
        """Return the filters as the service takes them."""
        return SearchFilters(
            collection_id=self.collection_id,
            family_id=self.family_id,
            version_id=self.version_id,
            states=self.states,
            since=self.since,
            until=self.until,
            source=self.source,
            fields=tuple(Comparison(each.field, each.op, each.value) for each in self.fields),
        )


class PageIn(Input):
    """A page that is there already, or the box of it that is meant."""

    id: UUID
    box: Sides | None = None


class SearchIn(Input):
    """Words, an image, a page, in any mix; at least one of them.

    `image` is a PNG, JPEG or TIFF in base64. An image or page is compared by `layout` (forms of its
    kind) and by `picture` (the very page, and where on it), unless told otherwise. `rerank_k` of
    the first hits are looked at by the reranker: `registration` lays an image on them, with `qwen`
    a model judges them, with `fused` its judgement and what found them count half each.
    """

    # Its length is the service's to judge, so that too long a query is told what it is.
    text: Annotated[str, StringConstraints(max_length=100_000, pattern=r"^[^\x00]*$")] = ""
    image: str | None = None
    page: PageIn | None = None
    layout: bool = True
    picture: bool = True
    filters: FiltersIn = FiltersIn()
    top_k: Annotated[int, Field(ge=1, le=100)] = 20
    rerank_k: Annotated[int, Field(ge=0, le=50)] = 20
    reranker: RerankerChoice = RerankerChoice.REGISTRATION
    cursor: Annotated[str, StringConstraints(max_length=300)] | None = None

    def query(self) -> SearchQuery:
        """Return the query as the service takes it.

        Raises:
            InvalidInputError: the image is no base64.
        """
        return SearchQuery(
            text=self.text,
            image=_decoded(self.image),
            page=_page_query(self.page),
            layout=self.layout,
            picture=self.picture,
            filters=self.filters.filters(),
            top_k=self.top_k,
            rerank_k=self.rerank_k,
            reranker=self.reranker,
            cursor=self.cursor,
        )


class TemplateOut(Output):
    """The form type and the edition a page was routed to."""

    family_id: UUID
    family_name: str
    version_id: UUID
    version_label: str


class FoundRegionOut(BaseModel):
    """A region that matched, by which way; `label` is the field's, `text` what stands there."""

    box: list[float]
    way: Way
    text: str
    label: str

    @classmethod
    def of(cls, region: FoundRegion) -> FoundRegionOut:
        """Show a region."""
        return cls(box=region.box.as_list(), way=region.way, text=region.text, label=region.label)


class HitOut(BaseModel):
    """A page that was found. `parts` adds up to `score`.

    The score is 1 for the first by every way, and more where registration has laid an image on the
    page; `agreement`, in 0..1, is how alike the two are there. Where a model judged, the score is
    in 0..1. `evidence` shows the regions.
    """

    page: PageOut
    document: DocumentOut
    template: TemplateOut | None
    score: float
    parts: dict[Way, float]
    agreement: float | None
    regions: list[FoundRegionOut]
    evidence: Evidence

    @classmethod
    def of(cls, hit: Hit, locale: str) -> HitOut:
        """Show a hit."""
        boxes = [region.box for region in hit.regions[:_MOST_REGIONS]]
        return cls(
            page=PageOut.of(hit.page, locale),
            document=DocumentOut.of(hit.document, locale),
            template=_template(hit.template),
            score=hit.score,
            parts=dict(hit.parts),
            agreement=hit.agreement,
            regions=[FoundRegionOut.of(region) for region in hit.regions],
            evidence=Evidence(
                crop="/v1" + marked_address(hit.page.id, "crop", boxes[:1]),
                overlay="/v1" + marked_address(hit.page.id, "overlay", boxes),
            ),
        )


class FacetOut(BaseModel):
    """How many of the pages found belong to a form type; without one: to none that is known."""

    template: TemplateOut | None
    pages: int

    @classmethod
    def of(cls, facet: Facet) -> FacetOut:
        """Show a facet."""
        return cls(template=_template(facet.template), pages=facet.pages)


class AnsweredByOut(Output):
    """Which spaces, reader of an image's text and reranker had a part in the answer.

    `reranker` is what put the first hits in order, not always what was asked for: of a model that
    did not judge all in time, `reranker_failed` says why, and `reranked` how many it judged.
    """

    layout_space: SpaceOut | None
    text_space: SpaceOut | None
    reader: str | None
    reranker: RerankerChoice
    reranker_model: str | None
    reranked: int
    reranker_failed: str | None


class SearchOut(BaseModel):
    """The hits, best first; `found` is how many pages can be paged through in all."""

    items: list[HitOut]
    next_cursor: str | None
    found: int
    facets: list[FacetOut]
    answered_by: AnsweredByOut

    @classmethod
    def of(cls, answer: SearchAnswer, locale: str) -> SearchOut:
        """Show an answer."""
        return cls(
            items=[HitOut.of(hit, locale) for hit in answer.hits],
            next_cursor=answer.next_cursor,
            found=answer.found,
            facets=[FacetOut.of(facet) for facet in answer.facets],
            answered_by=AnsweredByOut.model_validate(answer.answered_by),
        )


def _template(template: HitTemplate | None) -> TemplateOut | None:
    return TemplateOut.model_validate(template) if template else None


def _decoded(text: str | None) -> bytes | None:
    if text is None:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidInputError(field="image", reason="is no base64") from error


def _page_query(page: PageIn | None) -> PageQuery | None:
    if page is None:
        return None
    if page.box is None:
        return PageQuery(page.id)
    x0, y0, x1, y1 = page.box
    if x0 >= x1 or y0 >= y1:
        raise InvalidInputError(field="page.box", reason="is empty")
    return PageQuery(page.id, Box(x0, y0, x1, y1))
