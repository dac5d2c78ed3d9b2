"""The names of template versions, for pages that only hold their ids."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from api.console.visit import Visit
from chohyo.domain.templates import TemplateVersion
from chohyo.services.templates import get_version


def version_titles(visit: Visit, version_ids: Iterable[UUID]) -> dict[UUID, TemplateVersion]:
    """Return the versions by id."""
    return {each: get_version(visit.runtime, visit.caller, each) for each in version_ids}
