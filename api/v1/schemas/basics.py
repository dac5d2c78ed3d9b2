"""Pieces that several resources share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chohyo.domain.documents import Failure
from chohyo.domain.findings import Finding
from chohyo.translation import render_failure, render_finding

T = TypeVar("T")
D = TypeVar("D")


# PostgreSQL keeps no NUL in a text.
_NO_NUL = r"^[^\x00]*$"
_NO_NUL_NOR_BLANK = r"^[^\x00]*[^\x00\s][^\x00]*$"

Line = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=200, pattern=_NO_NUL_NOR_BLANK
    ),
]
Label = Annotated[str, StringConstraints(max_length=200, pattern=_NO_NUL)]
Prose = Annotated[str, StringConstraints(max_length=10_000, pattern=_NO_NUL)]

# What opens a door is in the first answer alone: it is not kept to answer a repeated request.
SHOWN_ONCE = "x-shown-once"
ShownOnce = Annotated[str | None, Field(json_schema_extra={SHOWN_ONCE: True})]


class Output(BaseModel):
    """A part of a response that takes over the attributes of a domain type as they are."""

    model_config = ConfigDict(from_attributes=True)


class Input(BaseModel):
    """A request's body; unknown names are refused, so that a typing error does not go unnoticed."""

    model_config = ConfigDict(extra="forbid")


class Listing(BaseModel, Generic[T]):
    """A stretch of a list; `next_cursor` fetches the next one and is null at the end."""

    items: list[T]
    next_cursor: str | None

    @classmethod
    def of(
        cls,
        found: Sequence[D],
        limit: int,
        show: Callable[[D], T],
        cursor: Callable[[D], object],
    ) -> Listing[T]:
        """Show at most `limit` of what was found; ask for one more, for that tells the end."""
        shown = found[:limit]
        more = len(found) > limit
        return cls(
            items=[show(each) for each in shown],
            next_cursor=str(cursor(shown[-1])) if more else None,
        )


class FailureOut(BaseModel):
    """Why work ended for good; `detail` is in the reader's language."""

    code: str
    params: dict[str, str | int | float]
    detail: str

    @classmethod
    def of(cls, failure: Failure | None, locale: str) -> FailureOut | None:
        """Show a failure, if there is one."""
        if failure is None:
            return None
        detail = render_failure(failure.code, failure.params, locale)
        return cls(code=failure.code, params=failure.params, detail=detail)


class FindingOut(BaseModel):
    """Something that was noticed; `detail` is in the reader's language."""

    code: str
    params: dict[str, str | int | float]
    detail: str

    @classmethod
    def of(cls, finding: Finding, locale: str) -> FindingOut:
        """Show a finding."""
        detail = render_finding(finding.code, finding.params, locale)
        return cls(code=finding.code, params=finding.params, detail=detail)


class Evidence(BaseModel):
    """Where to fetch the picture of a piece of a page, and of the whole page with it marked."""

    crop: str
    overlay: str
