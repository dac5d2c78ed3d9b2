"""Filled forms with dates and amounts, to be counted: one document each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import numpy as np
from filing import new_document

from chohyo.domain.documents import Page, PageState
from chohyo.domain.geometry import Box, Transform
from chohyo.domain.ids import new_id
from chohyo.domain.instances import InstanceCut
from chohyo.domain.matches import Candidate, Match, Outcome
from chohyo.domain.templates import Field, FieldSpec, FieldType, TemplatePage
from chohyo.domain.values import Normalized, Reading, Value, ValueSource
from chohyo.pages.images import encode_png
from chohyo.services.runtime import Runtime
from chohyo.storage import documents, instances, matches, pages, templates, values
from chohyo.storage.database import Connection

RENEWAL = "在留期間更新許可申請書"
SPECS = (
    FieldSpec("name", "氏名", FieldType.PERSON_NAME, 1, Box(0.1, 0.1, 0.5, 0.15), 0, pii=True),
    FieldSpec("filed", "申請年月日", FieldType.DATE, 1, Box(0.1, 0.2, 0.5, 0.25), 1),
    FieldSpec("fee", "手数料", FieldType.AMOUNT, 1, Box(0.1, 0.3, 0.5, 0.35), 2),
    FieldSpec("country", "国籍", FieldType.TEXT, 1, Box(0.1, 0.4, 0.5, 0.45), 3),
)
# name, filed, fee, country: as read, with the values they mean.
ROWS: Sequence[tuple[str, str, str, str]] = (
    ("グエン・ヴァン", "2024-03-05", "4000", "ベトナム"),
    ("キム・ミンス", "2024-03-28", "4000", "韓国"),
    ("マリア・サントス", "2024-04-02", "6000", "フィリピン"),
    ("ジョン・スミス", "2025-03-11", "5500", "米国"),
    ("リー・ウェイ", "2024-05-20", "", "中国"),
)


@dataclass(frozen=True, slots=True)
class Ledger:
    """What was filed."""

    family_id: UUID
    version_id: UUID
    fields: Mapping[str, Field]
    documents: tuple[UUID, ...]
    pages: tuple[Page, ...]


def file_ledger(runtime: Runtime, collection_id: UUID) -> Ledger:
    """File the rows as forms of one type."""
    family_id, version_id, template_page_id = new_id(), new_id(), new_id()
    blank = runtime.blobs.put(encode_png(np.full((200, 140), 255, np.uint8)))
    with runtime.database.transaction() as connection:
        templates.insert_family(connection, family_id, collection_id, RENEWAL)
        templates.insert_version(connection, version_id, family_id, collection_id, "初版")
        templates.insert_page(
            connection, TemplatePage(template_page_id, version_id, 1, 140, 200, blank, blank)
        )
        fields = {s.name: Field(new_id(), version_id, template_page_id, s) for s in SPECS}
        for field in fields.values():
            templates.insert_field(connection, field)
        filed = []
        for row in ROWS:
            read = dict(zip(fields, row, strict=True))
            filed.append(_file(runtime, connection, collection_id, fields, read, family_id))
    return Ledger(family_id, version_id, fields, tuple(p.document_id for p in filed), tuple(filed))


def _file(
    runtime: Runtime,
    connection: Connection,
    collection_id: UUID,
    fields: Mapping[str, Field],
    read: Mapping[str, str],
    family_id: UUID,
) -> Page:
    any_field = fields["name"]
    document = new_document(runtime, connection, collection_id)
    blob = runtime.blobs.put(encode_png(np.full((200, 140), 255, np.uint8)))
    page = Page(
        id=new_id(), document_id=document.id, collection_id=collection_id, page_no=1, width=140,
        height=200, dpi=None, rotation=0, state=PageState.READ, evidence_blob=blob,
        model_blob=blob, content_key=document.id.hex * 2, failure=None,
    )  # fmt: skip
    pages.insert(connection, page, [])
    pages.set_state(connection, page.id, PageState.READ)
    documents.set_split(connection, document.id, 1)
    candidate = Candidate(
        any_field.template_page_id, any_field.version_id, family_id, similarity=1.0, score=1.0,
        probability=1.0, transform=Transform.identity(),
    )  # fmt: skip
    matches.put(
        connection,
        Match(
            id=new_id(), page_id=page.id, collection_id=collection_id, outcome=Outcome.ROUTED,
            template_page_id=any_field.template_page_id, version_id=any_field.version_id,
            family_id=family_id, probability=1.0, margin=1.0, reason="clear",
            transform=Transform.identity(), candidates=(candidate,), decided_by="registration",
            created_at=datetime.now(UTC),
        ),
    )  # fmt: skip
    cut = InstanceCut(any_field.version_id, 1, (page.id,), ())
    (instance,) = instances.replace_of_document(connection, collection_id, document.id, [cut])
    for name, field in fields.items():
        text = read[name]
        normalized: Normalized = (int(text) if text else None) if name == "fee" else text
        reading = Reading(
            raw=f"{int(text):,}円" if name == "fee" and text else text, normalized=normalized,
            confidence=0.9, empty=text == "", valid=True, box=field.spec.box,
            source=ValueSource.OCR,
        )  # fmt: skip
        values.put(
            connection,
            Value(new_id(), collection_id, instance.id, page.id, field.id, reading),
        )
    return page
