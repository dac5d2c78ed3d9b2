"""Responses that are pictures or downloads."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response

from chohyo.services.page_pictures import PagePicture

# What is shown depends on the caller's role: every use asks again, and nobody shares a copy.
_BINARY = {"type": "string", "format": "binary"}
_PRIVATE = {"Cache-Control": "private, no-cache", "Vary": "Authorization, X-API-Key, Cookie"}


def picture(request: Request, data: bytes, media_type: str) -> Response:
    """Return an image, or 304 when the caller has the same one."""
    tag = hashlib.sha256(data).hexdigest()[:32]
    return drawn(request, PagePicture(tag, media_type, lambda: data, kept=False))


def drawn(request: Request, shown: PagePicture) -> Response:
    """Return a picture, drawing it only for a caller who does not have the same one."""
    headers = {"ETag": f'"{shown.tag}"', **_PRIVATE}
    known = {each.strip() for each in request.headers.get("if-none-match", "").split(",")}
    if headers["ETag"] in known:
        return Response(status_code=304, headers=headers)
    return Response(shown.data(), media_type=shown.media_type, headers=headers)


def attachment(filename: str) -> dict[str, str]:
    """Return the headers that have a browser save a response under a name (RFC 6266)."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in " ._-") else "_" for c in filename)
    encoded = quote(filename, safe="")
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"
    return {"Content-Disposition": disposition, **_PRIVATE}


def answers_with(media_types: list[str], allowed: dict[str, Any]) -> dict[str, Any]:
    """Return what a route declares that answers with a file, besides who is allowed."""
    good = {"content": {each: {"schema": _body_of(each)} for each in media_types}}
    responses = {200: good, **allowed["responses"]}
    return {**allowed, "responses": responses, "response_class": Response}


def _body_of(media_type: str) -> dict[str, Any]:
    if media_type.endswith("json"):
        return {"type": "object"}
    return {"type": "string"} if media_type.startswith("text/") else _BINARY


def show_picture(media_types: list[str], allowed: dict[str, Any]) -> dict[str, Any]:
    """Return what a route declares that answers with a picture, besides who is allowed."""
    declared = answers_with(media_types, allowed)
    declared["responses"][304] = {"description": "The caller has this picture already."}
    return declared
