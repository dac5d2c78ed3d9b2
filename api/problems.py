"""The one place where errors become `application/problem+json` (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from copy import deepcopy
from http import HTTPStatus
from string import Formatter
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from api.language import reader_locale
from chohyo.errors import (
    ChohyoError,
    InvalidInputError,
    SchemaMistakeError,
    UnauthenticatedError,
    mistakes_of,
)
from chohyo.translation import gettext, render

_log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

# What is wrong with a field, by pydantic's word for it; the catalogue has these sentences.
_REASONS = {
    "missing": "is missing",
    "extra_forbidden": "is not known",
    "uuid_parsing": "is no UUID",
    "uuid_type": "is no UUID",
    "enum": "is none of the allowed values",
    "literal_error": "is none of the allowed values",
    "string_too_short": "must not be empty",
    "string_too_long": "is too long",
    "too_long": "is too long",
    "json_invalid": "is not valid JSON",
}
_OTHER_REASON = "is not acceptable"

# Parameters for the examples in the API's description.
_SAMPLES: dict[str, str | int | float] = {
    "kind": "document",
    "id": "019aa0d4-6a2e-7c1d-9b0f-3f5b8e2f1c77",
    "collection": "default",
    "needed": "reviewer",
    "state": "approved",
    "field": "name",
    "reason": "must not be empty",
    "part": "PostgreSQL",
    "filename": "scan.pdf",
    "size_mib": 80,
    "limit_mib": 64,
    "pages": 700,
    "documents": 7,
    "template_pages": 3,
    "families": 2,
    "fewest_pages": 60,
    "fewest_documents": 30,
    "fewest_template_pages": 12,
    "fewest_families": 6,
    "there": 12,
    "missing": 28,
    "right": 12,
    "wrong": 0,
    "each": 5,
    "limit": 500,
    "page": 3,
    "megapixels": 90.5,
    "seconds": 60,
    "length": 10_000,
    "reranker": "qwen",
    "space": "layout-grid",
    "failed": 2,
    "problems": 2,
    "other": " (/properties/date/x-box)",
}


class NoSuchAddressError(ChohyoError):
    """No operation has this path."""

    code = "no-such-address"
    message = "There is nothing at this address. /v1/openapi.json describes all there is."
    http_status = 404


class WrongMethodError(ChohyoError):
    """The path has operations, but none of this method."""

    code = "method-not-allowed"
    message = "This address does not take this method. /v1/openapi.json describes those it takes."
    http_status = 405


class BodyTooLargeError(ChohyoError):
    """The request's body is larger than any that is expected."""

    code = "body-too-large"
    message = "The request is larger than this address takes."
    http_status = 413


# What the framework itself answers.
_HTTP_ERRORS: dict[int, type[ChohyoError]] = {
    error.http_status: error for error in (NoSuchAddressError, WrongMethodError, BodyTooLargeError)
}


class FieldProblem(BaseModel):
    """What is wrong with one field of the request."""

    field: str
    reason: str


class Problem(BaseModel):
    """Why a request failed. `code` and `params` are for programs, `detail` is for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    params: dict[str, str | int | float] = {}
    errors: list[FieldProblem] = []


def problem_of(error: ChohyoError, locale: str) -> Problem:
    """Return an error as a problem, its detail in the reader's language."""
    problem = _problem(error.code, error.http_status, render(error, locale), error.params, locale)
    problem.errors = [_mistake(each, locale) for each in mistakes_of(error)]
    return problem


def problem_title(code: str, locale: str) -> str:
    """Return the title of all problems of a code."""
    return gettext(locale)(code.replace("-", " ").capitalize())


def documented(*errors: type[ChohyoError]) -> dict[int | str, dict[str, Any]]:
    """Return the error responses of an operation for the API's description, with examples."""
    return describe({}, *errors)


def describe(
    responses: dict[int | str, dict[str, Any]], *errors: type[ChohyoError]
) -> dict[int | str, dict[str, Any]]:
    """Return an operation's responses with those of further errors."""
    described = deepcopy(responses)
    for error in errors:
        content = described.setdefault(error.http_status, _empty_response(error.http_status))
        examples = content["content"][MEDIA_TYPE]["examples"]
        examples[error.code] = {"value": problem_of(_sample(error), "en").model_dump()}
    return described


def answer(request: Request, error: ChohyoError) -> JSONResponse:
    """Return the response to a request that ended in an error."""
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, UnauthenticatedError) else None
    return _response(problem_of(error, reader_locale(request)), headers)


def install(app: FastAPI) -> None:
    """Have every error that says what was wrong answered with a problem."""
    app.add_exception_handler(ChohyoError, _on_our_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_error)


def on_unforeseen_error(request: Request, error: Exception) -> JSONResponse:
    """Answer an error nobody foresaw with a problem that tells nothing of it."""
    # The path may hold ids but no content; the exception's text may hold content and is not logged.
    _log.error("%s %s failed: %s", request.method, request.url.path, type(error).__name__)
    return answer(request, ChohyoError())


def _on_our_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ChohyoError)
    return answer(request, error)


def _on_invalid_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    locale = reader_locale(request)
    found = [_invalid_field(each) for each in error.errors()]
    problem = problem_of(found[0], locale)
    problem.errors = [
        FieldProblem(field=str(each.params["field"]), reason=str(each.params["reason"]))
        for each in found
    ]
    return _response(problem, None)


def _on_http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    locale = reader_locale(request)
    ours = _HTTP_ERRORS.get(error.status_code)
    if ours is not None:
        return _response(problem_of(ours(), locale), error.headers)
    code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    return _response(_problem(code, error.status_code, error.detail, {}, locale), error.headers)


def _invalid_field(error: Mapping[str, Any]) -> InvalidInputError:
    place = [str(part) for part in error["loc"]]
    field = ".".join(place[1:]) or place[0]
    return InvalidInputError(field=field, reason=_REASONS.get(error["type"], _OTHER_REASON))


def _mistake(error: SchemaMistakeError, locale: str) -> FieldProblem:
    reason = gettext(locale)(str(error.params["reason"]))
    return FieldProblem(field=str(error.params["field"]), reason=f"{reason}{error.params['other']}")


def _problem(
    code: str, status: int, detail: str, params: Mapping[str, str | int | float], locale: str
) -> Problem:
    return Problem(
        type=f"urn:chohyo:problem:{code}",
        title=problem_title(code, locale),
        status=status,
        detail=detail,
        code=code,
        params=dict(params),
    )


def _response(problem: Problem, headers: Mapping[str, str] | None) -> JSONResponse:
    return JSONResponse(
        problem.model_dump(), problem.status, dict(headers or {}), media_type=MEDIA_TYPE
    )


def _empty_response(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": schema, "examples": {}}},
    }


def _sample(error: type[ChohyoError]) -> ChohyoError:
    names = [name for _, name, _, _ in Formatter().parse(error.message) if name]
    return error(**{name: _SAMPLES[name] for name in names})
