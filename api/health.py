"""Signs of life for supervisors; they need no key and tell nothing."""

from __future__ import annotations

from fastapi import APIRouter

from api.problems import documented
from api.security import RuntimeDep
from api.v1.schemas.status import HealthOut
from chohyo.errors import UnavailableError

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="Say that the process runs")
def healthz() -> HealthOut:
    """Answer without looking at anything else."""
    return HealthOut(status="ok")


@router.get(
    "/readyz", summary="Say that requests can be served", responses=documented(UnavailableError)
)
def readyz(runtime: RuntimeDep) -> HealthOut:
    """Answer once the database has answered."""
    with runtime.database.transaction():
        return HealthOut(status="ready")
