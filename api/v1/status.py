"""How the installation is doing."""

from __future__ import annotations

from fastapi import APIRouter

from api.security import CallerDep, RuntimeDep, allow
from api.v1.schemas.status import StatusOut
from chohyo.domain.access import Role
from chohyo.services.status import status

router = APIRouter(tags=["status"])


@router.get("/status", summary="Show the figures", **allow(Role.VIEWER))
def get_status(runtime: RuntimeDep, caller: CallerDep) -> StatusOut:
    """Return counts by state in the collections you may see, and the work still to do."""
    return StatusOut.model_validate(status(runtime, caller))
