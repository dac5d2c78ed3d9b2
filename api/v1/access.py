"""Who has access: me, principals, keys."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from api.idempotency import IdempotentRoute
from api.security import CallerDep, RuntimeDep, allow
from api.v1.schemas.access import (
    KeyOut,
    KeyRequest,
    LoginLinkOut,
    NewKeyOut,
    NewPrincipal,
    PrincipalOut,
)
from api.v1.schemas.basics import Listing
from chohyo.domain.access import Role
from chohyo.errors import ConflictError, LastAdministratorError, NotFoundError
from chohyo.services import access, administration

router = APIRouter(tags=["access"], route_class=IdempotentRoute)


@router.get("/me", summary="Show yourself", **allow(Role.VIEWER))
def get_me(caller: CallerDep) -> PrincipalOut:
    """Return whom the key belongs to, with the roles."""
    return PrincipalOut.of(caller.principal, caller.roles)


@router.get("/principals", summary="List persons and services", **allow(Role.ADMIN))
def list_principals(runtime: RuntimeDep, caller: CallerDep) -> Listing[PrincipalOut]:
    """Return who has a role in a collection that you administer."""
    found = administration.list_principals(runtime, caller)
    items = [PrincipalOut.of(view.principal, view.roles) for view in found]
    return Listing(items=items, next_cursor=None)


@router.post(
    "/principals",
    summary="Register a person or service",
    status_code=201,
    **allow(Role.ADMIN, NotFoundError, ConflictError),
)
def add_principal(runtime: RuntimeDep, caller: CallerDep, wanted: NewPrincipal) -> PrincipalOut:
    """Register somebody with a role in a collection that you administer."""
    collection_id = access.pick_collection(runtime, caller, Role.ADMIN, wanted.collection_id)
    view = administration.add_principal(
        runtime, caller, wanted.kind, wanted.name, wanted.locale, collection_id, wanted.role
    )
    return PrincipalOut.of(view.principal, view.roles)


@router.get(
    "/principals/{principal_id}",
    summary="Show a person or service",
    **allow(Role.ADMIN, NotFoundError),
)
def get_principal(runtime: RuntimeDep, caller: CallerDep, principal_id: UUID) -> PrincipalOut:
    """Return somebody with the roles in the collections that you administer."""
    view = administration.get_principal(runtime, caller, principal_id)
    return PrincipalOut.of(view.principal, view.roles)


@router.post(
    "/principals/{principal_id}/disable",
    summary="Shut a person or service out",
    **allow(Role.ADMIN, NotFoundError, ConflictError, LastAdministratorError),
)
def disable(runtime: RuntimeDep, caller: CallerDep, principal_id: UUID) -> PrincipalOut:
    """End all keys, sessions and login links at once; the last administrator stays."""
    administration.disable(runtime, caller, principal_id)
    return get_principal(runtime, caller, principal_id)


@router.post(
    "/principals/{principal_id}/enable",
    summary="Let a disabled person or service in again",
    **allow(Role.ADMIN, NotFoundError, ConflictError),
)
def enable(runtime: RuntimeDep, caller: CallerDep, principal_id: UUID) -> PrincipalOut:
    """Give the roles back; keys have to be made anew."""
    administration.enable(runtime, caller, principal_id)
    return get_principal(runtime, caller, principal_id)


@router.post(
    "/principals/{principal_id}/login-link",
    summary="Make a login link for a person",
    status_code=201,
    **allow(Role.ADMIN, NotFoundError, ConflictError),
)
def make_login_link(runtime: RuntimeDep, caller: CallerDep, principal_id: UUID) -> LoginLinkOut:
    """Make a link that opens the console once; the answer is the only place that shows it."""
    token = administration.login_token(runtime, caller, principal_id)
    return LoginLinkOut(path=f"/login?token={token}", minutes=access.TOKEN_MINUTES)


@router.get("/keys", summary="List API keys", **allow(Role.ADMIN))
def list_keys(runtime: RuntimeDep, caller: CallerDep) -> Listing[KeyOut]:
    """Return the keys of those who have a role in a collection that you administer."""
    found = administration.list_keys(runtime, caller)
    return Listing(items=[KeyOut.model_validate(each) for each in found], next_cursor=None)


@router.post(
    "/keys",
    summary="Make an API key",
    status_code=201,
    **allow(Role.ADMIN, NotFoundError, ConflictError),
)
def create_key(runtime: RuntimeDep, caller: CallerDep, wanted: KeyRequest) -> NewKeyOut:
    """Make a key; the answer is the only place where its secret is ever shown."""
    made = administration.create_key(
        runtime, caller, wanted.principal_id, wanted.name, days=wanted.days
    )
    return NewKeyOut.model_validate(made)


@router.delete(
    "/keys/{key_id}",
    summary="Revoke an API key",
    status_code=204,
    **allow(Role.ADMIN, NotFoundError),
)
def revoke_key(runtime: RuntimeDep, caller: CallerDep, key_id: UUID) -> None:
    """Revoke a key at once; it cannot be restored."""
    administration.revoke_key(runtime, caller, key_id)
