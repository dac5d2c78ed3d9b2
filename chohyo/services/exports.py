"""Give what was read out: as records, as a Pydantic model, as bundles for labelling tools."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, replace
from enum import StrEnum
from itertools import islice
from typing import IO
from uuid import UUID

from chohyo.discovery.field_names import name_of
from chohyo.discovery.titles import titles_of_labels
from chohyo.domain.access import Caller, Role
from chohyo.domain.documents import Page
from chohyo.domain.label_files import (
    LabelledPage,
    azure_fields,
    azure_labels,
    label_studio_config,
    label_studio_tasks,
)
from chohyo.domain.records import record_of
from chohyo.domain.schema_source import pydantic_source
from chohyo.domain.templates import FieldSpec, TemplateVersion
from chohyo.services.runtime import Runtime, require
from chohyo.services.schemas import form_of_version
from chohyo.services.templates import get_version
from chohyo.services.values import InstanceView, views_of_version
from chohyo.storage import pages

_PIECE = 1 << 16
# Larger bundles lie on disk while they are sent.
_IN_MEMORY = 8 << 20
_PNG = b"\x89PNG"
MOST_PAGES = 500


class LabelTool(StrEnum):
    """A labelling tool that a bundle is made for."""

    LABEL_STUDIO = "label-studio"
    AZURE = "azure"


def records(runtime: Runtime, caller: Caller, version_id: UUID) -> Iterator[dict[str, object]]:
    """Yield each filled form of a version; its `values` keep to the version's JSON Schema."""
    version = get_version(runtime, caller, version_id)
    return (_record(version, view) for view in views_of_version(runtime, caller, version))


def record_lines(runtime: Runtime, caller: Caller, version_id: UUID) -> Iterator[str]:
    """Yield a version's records as lines of JSON."""
    found = records(runtime, caller, version_id)
    return (json.dumps(each, ensure_ascii=False) + "\n" for each in found)


def _record(version: TemplateVersion, view: InstanceView) -> dict[str, object]:
    specs = [field.spec for field in version.fields]
    readings = {each.field.spec.name: each.value.reading for each in view.values}
    masked = {each.field.spec.name for each in view.values if each.masked}
    return {
        "document_id": str(view.document.id),
        "filename": view.document.filename,
        "instance_id": str(view.instance.id),
        "first_page": view.instance.first_page_no,
        "missing_pages": list(view.instance.missing_pages),
        **asdict(record_of(specs, readings, masked)),
    }


def model_source(runtime: Runtime, caller: Caller, version_id: UUID) -> str:
    """Return the source of a Pydantic model that takes the `values` of a version's records."""
    form = form_of_version(get_version(runtime, caller, version_id))
    titles = titles_of_labels(spec.label for spec in form.fields)
    return pydantic_source(form, titles, name_of(form.name))


def label_bundle(
    runtime: Runtime, caller: Caller, version_id: UUID, tool: LabelTool, most: int = 100
) -> Iterator[bytes]:
    """Return a ZIP file of a version's first pages, with what was read, for a labelling tool.

    Raises:
        ForbiddenError: the caller may not fetch files, for the images show personal data.
    """
    version = get_version(runtime, caller, version_id)
    require(
        caller, version.collection_id, Role.OPERATOR,
        kind="template version", object_id=version_id,
    )  # fmt: skip
    return _sent(runtime, version, list(_labelled(runtime, caller, version, most)), tool)


def _labelled(
    runtime: Runtime, caller: Caller, version: TemplateVersion, most: int
) -> Iterator[tuple[Page, LabelledPage]]:
    paged = (
        (page_id, view)
        for view in views_of_version(runtime, caller, version)
        for page_id in view.instance.page_ids
    )
    for page_id, view in islice(paged, most):
        with runtime.database.transaction() as connection:
            page = pages.get(connection, page_id)
        if page is None:  # forgotten meanwhile
            continue
        readings = tuple(
            (each.field.spec, each.value.reading)
            for each in view.values
            if each.value.page_id == page_id
        )
        yield page, LabelledPage(page.id, f"{page.id}", page.width, page.height, readings)


def _sent(
    runtime: Runtime,
    version: TemplateVersion,
    found: list[tuple[Page, LabelledPage]],
    tool: LabelTool,
) -> Iterator[bytes]:
    specs = [field.spec for field in version.fields]
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
            write = _write_studio if tool is LabelTool.LABEL_STUDIO else _write_azure
            write(runtime, bundle, specs, found)
        file.seek(0)
        yield from _pieces(file)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _write_studio(
    runtime: Runtime,
    bundle: zipfile.ZipFile,
    specs: list[FieldSpec],
    found: list[tuple[Page, LabelledPage]],
) -> None:
    tasks = [_with_image(runtime, bundle, page, labelled, "images/") for page, labelled in found]
    bundle.writestr("config.xml", label_studio_config(specs))
    bundle.writestr("tasks.json", _json(label_studio_tasks(tasks, "chohyo")))


def _write_azure(
    runtime: Runtime,
    bundle: zipfile.ZipFile,
    specs: list[FieldSpec],
    found: list[tuple[Page, LabelledPage]],
) -> None:
    bundle.writestr("fields.json", _json(azure_fields(specs)))
    for page, labelled in found:
        named = _with_image(runtime, bundle, page, labelled, "")
        bundle.writestr(f"{named.image}.labels.json", _json(azure_labels(named, specs)))


def _with_image(
    runtime: Runtime, bundle: zipfile.ZipFile, page: Page, labelled: LabelledPage, folder: str
) -> LabelledPage:
    data = runtime.blobs.get(page.evidence_blob)
    name = f"{folder}{labelled.image}{'.png' if data.startswith(_PNG) else '.jpg'}"
    bundle.writestr(zipfile.ZipInfo(name), data)  # compressed already
    return replace(labelled, image=name)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
