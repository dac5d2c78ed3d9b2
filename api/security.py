"""Who calls: API keys, and the role an operation asks for."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from api.problems import documented
from chohyo.domain.access import Caller, Role
from chohyo.errors import (
    ChohyoError,
    ForbiddenError,
    InvalidInputError,
    UnauthenticatedError,
    UnavailableError,
)
from chohyo.services import access
from chohyo.services.runtime import Runtime

_BEARER = HTTPBearer(
    auto_error=False, scheme_name="bearer", description="An API key, as `Authorization: Bearer`."
)
_HEADER = APIKeyHeader(
    name="X-API-Key", auto_error=False, scheme_name="key", description="An API key."
)


def process_runtime(request: Request) -> Runtime:
    """Return what the process works with."""
    runtime: Runtime = request.app.state.runtime
    return runtime


RuntimeDep = Annotated[Runtime, Depends(process_runtime)]


def presented_key(request: Request) -> str | None:
    """Return the API key of a request, valid or not."""
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    bearer = credentials.strip() if scheme.lower() == "bearer" else ""
    return bearer or request.headers.get("X-API-Key")


def authenticated(
    request: Request,
    runtime: RuntimeDep,
    _bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
    _header: Annotated[str | None, Depends(_HEADER)],
) -> Caller:
    """Return the caller behind the request's API key.

    Raises:
        UnauthenticatedError: there is no key, or it is not valid.
    """
    presented = presented_key(request)
    if not presented:
        raise UnauthenticatedError
    caller = access.authenticate_key(runtime, presented)
    request.state.caller = caller
    return caller


CallerDep = Annotated[Caller, Depends(authenticated)]


class Needs:
    """Refuses a caller who has the role in no collection, before the request's body is read.

    In which collection it is needed only the service knows, and checks.
    """

    def __init__(self, role: Role) -> None:
        self._role = role

    def __call__(self, caller: CallerDep) -> None:
        """Refuse the caller, or do nothing."""
        if not caller.collections(self._role):
            raise ForbiddenError(needed=self._role.value)


def allow(role: Role, *errors: type[ChohyoError]) -> dict[str, Any]:
    """Return what a route declares: the least role, and the errors an answer may be.

    The role stands in the API's description as `x-role`.
    """
    always = (UnauthenticatedError, ForbiddenError, InvalidInputError, UnavailableError)
    return {
        "dependencies": [Depends(Needs(role))],
        "openapi_extra": {"x-role": role.value},
        "responses": documented(*always, *errors),
    }
