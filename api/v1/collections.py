"""Collections, and the roles people and services have in them."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from api.idempotency import IdempotentRoute
from api.security import CallerDep, RuntimeDep, allow
from api.v1.schemas.access import CollectionName, CollectionOut, PrincipalOut, RoleChange
from api.v1.schemas.basics import Listing
from chohyo.domain.access import Role
from chohyo.errors import ConflictError, LastAdministratorError, NotFoundError
from chohyo.services import access, administration, collections

router = APIRouter(prefix="/collections", tags=["access"], route_class=IdempotentRoute)


@router.get("", summary="List collections, oldest first", **allow(Role.VIEWER))
def list_collections(runtime: RuntimeDep, caller: CallerDep) -> Listing[CollectionOut]:
    """Return the collections you may see."""
    found = access.my_collections(runtime, caller)
    return Listing(items=[CollectionOut.model_validate(each) for each in found], next_cursor=None)


@router.post("", summary="Add a collection", status_code=201, **allow(Role.ADMIN, ConflictError))
def add_collection(runtime: RuntimeDep, caller: CallerDep, wanted: CollectionName) -> CollectionOut:
    """Add a collection that you administer; you have to administer the first one."""
    return CollectionOut.model_validate(collections.add_collection(runtime, caller, wanted.name))


@router.patch(
    "/{collection_id}",
    summary="Rename a collection",
    **allow(Role.ADMIN, NotFoundError, ConflictError),
)
def rename_collection(
    runtime: RuntimeDep, caller: CallerDep, collection_id: UUID, wanted: CollectionName
) -> CollectionOut:
    """Give a collection another name."""
    renamed = collections.rename_collection(runtime, caller, collection_id, wanted.name)
    return CollectionOut.model_validate(renamed)


@router.put(
    "/{collection_id}/roles/{principal_id}",
    summary="Give somebody a role",
    **allow(Role.ADMIN, NotFoundError, LastAdministratorError),
)
def grant(
    runtime: RuntimeDep,
    caller: CallerDep,
    collection_id: UUID,
    principal_id: UUID,
    wanted: RoleChange,
) -> PrincipalOut:
    """Give somebody you can see a role, in place of the one there was."""
    view = administration.grant(runtime, caller, principal_id, collection_id, wanted.role)
    return PrincipalOut.of(view.principal, view.roles)


@router.delete(
    "/{collection_id}/roles/{principal_id}",
    summary="Take somebody's role away",
    status_code=204,
    **allow(Role.ADMIN, NotFoundError, LastAdministratorError),
)
def revoke(runtime: RuntimeDep, caller: CallerDep, collection_id: UUID, principal_id: UUID) -> None:
    """Take a role away at once; the last person who administers the collection stays."""
    administration.revoke(runtime, caller, principal_id, collection_id)
