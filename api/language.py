"""The language of whoever sent a request."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from chohyo.translation import negotiate


def reader_locale(request: Request) -> str:
    """Return what Accept-Language asks for, else the caller's language, else the installation's."""
    caller = getattr(request.state, "caller", None)
    default = caller.principal.locale if caller else request.app.state.settings.locale
    return negotiate(request.headers.get("accept-language"), default)


LocaleDep = Annotated[str, Depends(reader_locale)]
