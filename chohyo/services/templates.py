"""Show template families, versions and their schemas."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chohyo.domain.access import Caller, Role
from chohyo.domain.templates import TemplateFamily, TemplateVersion
from chohyo.errors import InvalidInputError, NotFoundError
from chohyo.services.runtime import Runtime, change, require
from chohyo.storage import audit, collections, templates
from chohyo.storage.database import Connection


@dataclass(frozen=True, slots=True)
class FamilyView:
    """A family with its versions and how many pages were routed to each."""

    family: TemplateFamily
    versions: tuple[TemplateVersion, ...]
    page_counts: dict[UUID, int]


def list_families(
    runtime: Runtime, caller: Caller, *, after: UUID | None = None, limit: int = 100
) -> list[FamilyView]:
    """Return the families the caller may see, oldest first; `after` is the cursor."""
    with runtime.database.transaction() as connection:
        found = templates.families(
            connection, caller.collections(Role.VIEWER), after=after, limit=limit
        )
        return [_view(connection, family) for family in found]


def get_family(runtime: Runtime, caller: Caller, family_id: UUID) -> FamilyView:
    """Return a family with its versions."""
    with runtime.database.transaction() as connection:
        return _view(connection, visible_family(connection, caller, family_id, Role.VIEWER))


def get_version(runtime: Runtime, caller: Caller, version_id: UUID) -> TemplateVersion:
    """Return a version with its pages and fields."""
    with runtime.database.transaction() as connection:
        return visible_version(connection, caller, version_id, Role.VIEWER)


def visible_version(
    connection: Connection, caller: Caller, version_id: UUID, needed: Role
) -> TemplateVersion:
    """Return a version that the caller has the role for.

    Raises:
        NotFoundError: there is none, or the caller may not know of it.
        ForbiddenError: the caller's role is too weak.
    """
    version = templates.version(connection, version_id)
    if version is None:
        raise NotFoundError(kind="template version", id=str(version_id))
    require(caller, version.collection_id, needed, kind="template version", object_id=version_id)
    return version


def rename_family(runtime: Runtime, caller: Caller, family_id: UUID, name: str) -> FamilyView:
    """Give a family another name."""
    if not name.strip():
        raise InvalidInputError(field="name", reason="must not be empty")
    with change(runtime) as doing:
        family = visible_family(doing.connection, caller, family_id, Role.REVIEWER)
        templates.rename_family(doing.connection, family_id, name.strip())
        key = collections.audit_key(doing.connection, family.collection_id)
        audit.append(
            doing.connection, caller.actor, "family.renamed", "template_family", family_id,
            collection_id=family.collection_id,
            before=audit.keyed_hash(key, family.name),
            after=audit.keyed_hash(key, name.strip()),
        )  # fmt: skip
    return get_family(runtime, caller, family_id)


def visible_family(
    connection: Connection, caller: Caller, family_id: UUID, needed: Role
) -> TemplateFamily:
    """Return a family that the caller has the role for; raises as `visible_version`."""
    family = templates.family(connection, family_id)
    if family is None:
        raise NotFoundError(kind="template family", id=str(family_id))
    require(caller, family.collection_id, needed, kind="template family", object_id=family_id)
    return family


def _view(connection: Connection, family: TemplateFamily) -> FamilyView:
    versions = templates.versions_of_family(connection, family.id)
    counts = templates.page_counts(connection, [version.id for version in versions])
    return FamilyView(family, tuple(versions), counts)
