"""Signs of life for supervisors; they need no key and tell nothing."""

from __future__ import annotations

from fastapi import APIRouter, Request

from api.problems import documented
from api.security import RuntimeDep
from api.v1.schemas.status import HealthOut
from chohyo.errors import UnavailableError
from chohyo.services.model_calls import hosted
from chohyo.settings import Settings
from chohyo.storage.model_calls import CallKind

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="Say that the process runs", response_model_exclude_none=True)
def healthz() -> HealthOut:
    """Answer without looking at anything else."""
    return HealthOut(status="ok")


@router.get(
    "/readyz", summary="Say that requests can be served", responses=documented(UnavailableError)
)
def readyz(request: Request, runtime: RuntimeDep) -> HealthOut:
    """Answer once the database has answered, and say whether the models are loaded.

    Without them documents wait and everything else is served, so that they do not decide.
    """
    settings: Settings = request.app.state.settings
    loaded = hosted(runtime)  # asks the database in any profile
    if not settings.has_model_worker:
        remote = settings.profile == "qwen"
        return HealthOut(status="ready", models="remote" if remote else None)
    wanted = {CallKind.CHAT} if settings.chat.backend == "transformers" else set()
    if settings.has_embedding_worker:
        wanted |= {CallKind.EMBED, *([CallKind.SCORE] if settings.asks_qwen else [])}
    there = wanted <= {each.role for each in loaded}
    return HealthOut(status="ready", models="loaded" if there else "loading")
