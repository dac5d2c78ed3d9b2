"""Template families and versions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from api.v1.schemas.basics import Input, Line
from api.v1.schemas.fields import FieldModel
from chohyo.domain.templates import Field, TemplatePage, TemplateVersion
from chohyo.services.templates import FamilyView


class TemplatePageOut(BaseModel):
    """A page of a version; `blank` is where to fetch its blank form."""

    id: UUID
    page_no: int
    width: int
    height: int
    blank: str

    @classmethod
    def of(cls, page: TemplatePage) -> TemplatePageOut:
        """Show a template page."""
        return cls(
            id=page.id,
            page_no=page.page_no,
            width=page.width,
            height=page.height,
            blank=f"/v1/template-pages/{page.id}/blank",
        )


class VersionOut(BaseModel):
    """An edition of a family, and how many pages were routed to it."""

    id: UUID
    label: str
    created_at: datetime
    routed_pages: int
    field_count: int
    pages: list[TemplatePageOut]

    @classmethod
    def of(cls, version: TemplateVersion, routed_pages: int) -> VersionOut:
        """Show a version in its family."""
        return cls(
            id=version.id,
            label=version.label,
            created_at=version.created_at,
            routed_pages=routed_pages,
            field_count=len(version.fields),
            pages=[TemplatePageOut.of(page) for page in version.pages],
        )


class FamilyOut(BaseModel):
    """A whole form type with its editions, oldest first."""

    id: UUID
    collection_id: UUID
    name: str
    created_at: datetime
    versions: list[VersionOut]

    @classmethod
    def of(cls, view: FamilyView) -> FamilyOut:
        """Show a family."""
        return cls(
            id=view.family.id,
            collection_id=view.family.collection_id,
            name=view.family.name,
            created_at=view.family.created_at,
            versions=[
                VersionOut.of(each, view.page_counts.get(each.id, 0)) for each in view.versions
            ],
        )


class FamilyChange(Input):
    """A family's new name."""

    name: Line


class PublishedFieldOut(BaseModel):
    """A field of a published version, under its id."""

    id: UUID
    template_page_id: UUID
    spec: FieldModel

    @classmethod
    def of(cls, field: Field) -> PublishedFieldOut:
        """Show a field."""
        return cls(
            id=field.id,
            template_page_id=field.template_page_id,
            spec=FieldModel.of(field.spec),
        )


class VersionDetail(BaseModel):
    """An edition of a family with its pages and fields, and where its results are."""

    id: UUID
    family_id: UUID
    collection_id: UUID
    family: str
    label: str
    created_at: datetime
    pages: list[TemplatePageOut]
    fields: list[PublishedFieldOut]
    schema_url: str
    values_url: str

    @classmethod
    def of(cls, version: TemplateVersion) -> VersionDetail:
        """Show a version."""
        at = f"/v1/template-versions/{version.id}"
        return cls(
            id=version.id,
            family_id=version.family_id,
            collection_id=version.collection_id,
            family=version.family_name,
            label=version.label,
            created_at=version.created_at,
            pages=[TemplatePageOut.of(page) for page in version.pages],
            fields=[PublishedFieldOut.of(field) for field in version.fields],
            schema_url=f"{at}/schema",
            values_url=f"{at}/values.csv",
        )
