"""Store blank forms, and rebuild those made from pages of which some were forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from chohyo.discovery import blank_form
from chohyo.domain.access import Actor
from chohyo.domain.documents import Page
from chohyo.domain.geometry import Box, Transform
from chohyo.domain.proposals import FEWEST_COPIES, Draft, MemberPage
from chohyo.domain.templates import TemplatePage
from chohyo.matching.features import LONG_SIDE
from chohyo.pages.images import decode_colour, decode_grey, encode_png, shrunk
from chohyo.services.exemplars import PER_PAGE
from chohyo.services.forgetting import remove_blobs
from chohyo.services.runtime import Runtime
from chohyo.storage import audit, forgetting, templates

COPIES = 12  # more copies cost time and no longer make the blank form better
_PAPER = 255


def store(runtime: Runtime, image: NDArray[np.uint8]) -> tuple[str, str]:
    """Store a grey blank form (height, width); return the names of it and of its reference."""
    return (
        runtime.blobs.put(encode_png(image)),
        runtime.blobs.put(encode_png(shrunk(image, LONG_SIDE))),
    )


def rebuild_version(runtime: Runtime, version_id: UUID) -> None:
    """Rebuild the stale blank forms of a version from the pages that are routed to it now."""
    with runtime.database.transaction() as connection:
        version = templates.version(connection, version_id)
        stale = forgetting.stale_pages(connection, version_id)
    if version is None:
        return
    for page in stale:
        boxes = [f.spec.box for f in version.fields if f.template_page_id == page.id]
        kept = 0 if version.replaced_by else PER_PAGE
        _rebuild_page(runtime, version.collection_id, page, boxes, kept)
    remove_blobs(runtime)


def renewed(
    runtime: Runtime,
    draft: Draft,
    members: Mapping[int, Sequence[MemberPage]],
    pages: Mapping[UUID, Page],
) -> Draft:
    """Return an edited draft with its blank forms rebuilt in their frames, if they are stale."""
    if not draft.stale:
        return draft
    rebuilt = []
    for page in draft.pages:
        laid = [m for m in members.get(page.page_no, ()) if m.transform is not None][:COPIES]
        copies = [(pages[m.page_id].evidence_blob, m.transform) for m in laid if m.transform]
        boxes = [spec.box for spec in draft.fields if spec.page_no == page.page_no]
        image = _blank(runtime, copies, (page.width, page.height), page.blank_blob, boxes)
        blank, reference = store(runtime, image)
        rebuilt.append(
            replace(page, copies=len(copies), blank_blob=blank, reference_blob=reference)
        )
    return replace(draft, pages=tuple(rebuilt), stale=False)


def _rebuild_page(
    runtime: Runtime, collection_id: UUID, page: TemplatePage, boxes: Sequence[Box], exemplars: int
) -> None:
    with runtime.database.transaction() as connection:
        found = forgetting.copies_for_blank(connection, page.id, COPIES)
    copies = [(copy.evidence_blob, copy.transform) for copy in found]
    image = _blank(runtime, copies, (page.width, page.height), page.blank_blob, boxes)
    blank, reference = store(runtime, image)
    with runtime.database.transaction() as connection:
        forgetting.set_blank(connection, page.id, blank, reference)
        for copy in found[:exemplars]:
            templates.insert_exemplar(connection, page.id, copy.page_id)
        old = {page.blank_blob, page.reference_blob} - {blank, reference}
        forgetting.request_removal(connection, old, datetime.now(UTC))
        audit.append(
            connection, Actor.system("worker"), "version.blank-rebuilt", "template_version",
            page.version_id, collection_id=collection_id,
            details={"template_page": str(page.id), "members": len(found)},
        )  # fmt: skip


def _blank(
    runtime: Runtime,
    copies: Sequence[tuple[str, Transform]],
    size: tuple[int, int],
    old_blob: str,
    boxes: Sequence[Box],
) -> NDArray[np.uint8]:
    """Rebuild from copies in the frame of the old blank form.

    With fewer than two copies nothing tells print from fill: then it is the old one with its fields
    painted over.
    """
    if len(copies) >= FEWEST_COPIES:
        images = [decode_colour(runtime.blobs.get(blob)) for blob, _ in copies]
        return blank_form.rebuild(images, [move for _, move in copies], size).image
    image = decode_grey(runtime.blobs.get(old_blob)).copy()
    height, width = image.shape
    for box in boxes:
        rows = slice(round(box.y0 * height), round(box.y1 * height))
        image[rows, round(box.x0 * width) : round(box.x1 * width)] = _PAPER
    return image
