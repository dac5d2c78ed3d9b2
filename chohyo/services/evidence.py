"""Pictures of what lies behind a value or a decision; personal data blacked out for viewers."""

from __future__ import annotations

from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.access import Caller, Role
from chohyo.domain.documents import Page
from chohyo.domain.geometry import Box, Transform
from chohyo.domain.matches import Match
from chohyo.errors import ConflictError, ForbiddenError, NotFoundError
from chohyo.extraction import evidence
from chohyo.extraction.redaction import blacked_out
from chohyo.pages.images import decode_colour, encode_jpeg, encode_png
from chohyo.services.documents import visible_page
from chohyo.services.runtime import Runtime, require
from chohyo.services.unmasking import may_see_pii, note_page
from chohyo.storage import matches, pages, templates, values
from chohyo.storage.database import Connection


def page_image(runtime: Runtime, caller: Caller, page_id: UUID) -> tuple[bytes, str]:
    """Return a page's evidence image and its media type.

    A viewer gets it with the boxes of personal data blacked out; of a page that is not read, where
    nobody knows what is personal, a viewer gets nothing.

    Raises:
        ForbiddenError: the caller is a viewer and the page's fields are not known.
    """
    with runtime.database.transaction() as connection:
        page = visible_page(connection, caller, page_id, Role.VIEWER)
        if may_see_pii(caller, page.collection_id):
            data = runtime.blobs.get(page.evidence_blob)
        else:
            data = encode_jpeg(_visible_image(runtime, connection, caller, page))
    note_page(runtime, caller, page)
    return data, "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"


def value_crop(runtime: Runtime, caller: Caller, value_id: UUID) -> bytes:
    """Return the piece of the page that a value was read from, as PNG."""
    box, image = _value_region(runtime, caller, value_id)
    return evidence.crop_png(image, box)


def value_overlay(runtime: Runtime, caller: Caller, value_id: UUID) -> bytes:
    """Return the whole page with the value's region marked, as PNG."""
    box, image = _value_region(runtime, caller, value_id)
    return evidence.overlay_png(image, evidence.field_outlines([box]), Transform.identity())


def match_overlay(runtime: Runtime, caller: Caller, page_id: UUID) -> bytes:
    """Return the page with the template's anchors drawn where they were expected, as PNG.

    Anchors found are green, missing ones red. For an unknown page it is the nearest template's.

    Raises:
        ConflictError: no decision was made for the page yet.
    """
    with runtime.database.transaction() as connection:
        page = visible_page(connection, caller, page_id, Role.VIEWER)
        match = matches.in_force(connection, [page_id]).get(page_id)
        if match is None:
            raise ConflictError(kind="page", state=page.state.value)
        image = _visible_image(runtime, connection, caller, page)
    note_page(runtime, caller, page)
    return _draw_match(image, match)


def match_crop(runtime: Runtime, caller: Caller, page_id: UUID) -> bytes:
    """Return the piece of the page around the anchor that decided most, as PNG.

    It is the anchor that fits least: a reviewer sees at once what speaks against the decision.
    """
    with runtime.database.transaction() as connection:
        page = visible_page(connection, caller, page_id, Role.VIEWER)
        match = matches.in_force(connection, [page_id]).get(page_id)
        if match is None:
            raise ConflictError(kind="page", state=page.state.value)
        image = _visible_image(runtime, connection, caller, page)
    note_page(runtime, caller, page)
    best = match.candidates[0] if match.candidates else None
    if best is None or best.transform is None or not best.regions:
        return evidence.crop_png(image, Box(0.0, 0.0, 1.0, 1.0))
    worst = min(best.regions, key=lambda region: region.agreement)
    return evidence.crop_png(image, best.transform.inverse().box(worst.box))


def blank_form(runtime: Runtime, caller: Caller, template_page_id: UUID) -> bytes:
    """Return the rebuilt blank form of a template page, as PNG."""
    with runtime.database.transaction() as connection:
        found = templates.page(connection, template_page_id)
    if found is None:
        raise NotFoundError(kind="template page", id=str(template_page_id))
    page, collection_id = found
    require(caller, collection_id, Role.VIEWER, kind="template page", object_id=template_page_id)
    return runtime.blobs.get(page.blank_blob)


def _value_region(
    runtime: Runtime, caller: Caller, value_id: UUID
) -> tuple[Box, NDArray[np.uint8]]:
    with runtime.database.transaction() as connection:
        value = values.get(connection, value_id)
        page = pages.get(connection, value.page_id) if value else None
        if value is None or page is None:
            raise NotFoundError(kind="value", id=str(value_id))
        require(caller, value.collection_id, Role.VIEWER, kind="value", object_id=value_id)
        image = _visible_image(runtime, connection, caller, page)
    note_page(runtime, caller, page)
    return value.reading.box, image


def hidden_regions(connection: Connection, caller: Caller, page: Page) -> list[Box]:
    """Return the regions of a page that are black to the caller: none, except to viewers.

    Raises:
        ForbiddenError: the caller is a viewer, and nobody knows what is personal on the page.
    """
    if may_see_pii(caller, page.collection_id):
        return []
    match = matches.in_force(connection, [page.id]).get(page.id)
    if match is None or match.version_id is None or match.transform is None:
        raise ForbiddenError(needed=Role.OPERATOR.value)
    version = templates.version(connection, match.version_id)
    assert version is not None
    to_page = match.transform.inverse()
    return [
        to_page.box(field.spec.box)
        for field in version.fields
        if field.spec.pii and field.template_page_id == match.template_page_id
    ]


def _visible_image(
    runtime: Runtime, connection: Connection, caller: Caller, page: Page
) -> NDArray[np.uint8]:
    hidden = hidden_regions(connection, caller, page)
    image = decode_colour(runtime.blobs.get(page.evidence_blob))
    return blacked_out(image, hidden) if hidden else image


def _draw_match(image: NDArray[np.uint8], match: Match) -> bytes:
    best = match.candidates[0] if match.candidates else None
    if best is None or best.transform is None:
        return encode_png(image)
    return evidence.overlay_png(image, evidence.region_outlines(best.regions), best.transform)
