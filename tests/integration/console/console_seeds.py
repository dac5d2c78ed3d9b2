"""Documents, templates and proposals as the workers would leave them, around one drawn form."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from uuid import UUID

import pymupdf

from chohyo.domain.documents import Document, Failure, FormInstance, Page, PageState
from chohyo.domain.findings import Finding
from chohyo.domain.geometry import Box, Transform
from chohyo.domain.ids import new_id
from chohyo.domain.instances import InstanceCut
from chohyo.domain.matches import Candidate, Match, Outcome, Region
from chohyo.domain.proposals import (
    Draft,
    MemberPage,
    Proposal,
    ProposalKind,
    ProposalState,
    ProposedPage,
)
from chohyo.domain.templates import Field, FieldSpec, FieldType, TemplatePage, TemplateVersion
from chohyo.domain.values import Reading, Value, ValueSource
from chohyo.models.ocr import RecognizedText
from chohyo.services.runtime import Runtime
from chohyo.storage import (
    documents,
    instances,
    matches,
    pages,
    proposals,
    runs,
    templates,
    values,
)

WIDTH, HEIGHT = 595, 842
SPECS = (
    FieldSpec("applicant_name", "氏名", FieldType.PERSON_NAME, 1, Box(0.3, 0.2, 0.9, 0.25), 0,
              pii=True, required=True, fill_rate=1.0),
    FieldSpec("issued_on", "申請日", FieldType.DATE, 1, Box(0.3, 0.26, 0.9, 0.31), 1,
              fill_rate=0.75),
    FieldSpec("total", "合計金額", FieldType.AMOUNT, 1, Box(0.3, 0.32, 0.9, 0.37), 2,
              fill_rate=0.5),
)  # fmt: skip
FILLED = ("山田 花子", "令和6年4月1日", "12,800")
ANCHORS = (Region(Box(0.08, 0.08, 0.6, 0.13), 0.97), Region(Box(0.08, 0.26, 0.28, 0.31), 0.21))


class Mute:
    """Reads nothing: what is found then are values and pictures."""

    def read_page(self, image):
        """Return no lines."""
        return []

    def read_regions(self, images):
        """Return nothing for each crop."""
        return [RecognizedText("", 0.0, ())] * len(images)


@cache
def form_png(filled: tuple[str, ...] = ()) -> bytes:
    """Return a drawn form as PNG: a title, and a row for each field."""
    with pymupdf.open() as drawing:
        sheet = drawing.new_page(width=WIDTH, height=HEIGHT)
        sheet.insert_text(
            (WIDTH * 0.1, HEIGHT * 0.12), "経費精算申請書", fontsize=24, fontname="japan"
        )
        for number, spec in enumerate(SPECS):
            box = spec.box
            place = pymupdf.Rect(box.x0 * WIDTH, box.y0 * HEIGHT, box.x1 * WIDTH, box.y1 * HEIGHT)
            label_place = pymupdf.Rect(WIDTH * 0.1, place.y0, place.x0, place.y1)
            sheet.draw_rect(label_place, color=(0, 0, 0))
            sheet.draw_rect(place, color=(0, 0, 0))
            baseline = place.y1 - 14
            sheet.insert_text((WIDTH * 0.12, baseline), spec.label, fontsize=12, fontname="japan")
            if filled:
                sheet.insert_text(
                    (place.x0 + 8, baseline), filled[number], fontsize=14, fontname="japan"
                )
        return bytes(sheet.get_pixmap(dpi=110).tobytes("png"))


@dataclass(frozen=True, slots=True)
class Seeds:
    """Writes rows into one collection."""

    runtime: Runtime
    collection_id: UUID

    def document(self, filename: str = "経費 4月.pdf", *, page_count: int = 1) -> Document:
        """Add a document whose pages are all stored."""
        document_id = new_id()
        with self.runtime.database.transaction() as connection:
            documents.insert(
                connection, id=document_id, collection_id=self.collection_id, filename=filename,
                media_type="application/pdf", byte_size=52_480,
                sha256=hashlib.sha256(document_id.bytes).hexdigest(),
                blob=self.runtime.blobs.put(b"%PDF-1.7 " + document_id.bytes),
                page_count=page_count,
            )  # fmt: skip
            documents.set_split(connection, document_id, page_count)
            found = documents.get(connection, document_id)
        assert found is not None
        return found

    def page(
        self,
        document: Document,
        state: PageState,
        *,
        number: int = 1,
        failure: Failure | None = None,
    ) -> Page:
        """Add a filled page to a document."""
        blob = self.runtime.blobs.put(form_png(FILLED))
        page_id = new_id()
        page = Page(
            id=page_id, document_id=document.id, collection_id=self.collection_id, page_no=number,
            width=WIDTH, height=HEIGHT, dpi=110.0, rotation=0, state=state, evidence_blob=blob,
            model_blob=blob, content_key=page_id.hex, failure=failure,
        )  # fmt: skip
        with self.runtime.database.transaction() as connection:
            pages.insert(connection, page, [])
            pages.set_state(connection, page.id, state, failure)
        return page

    def version(
        self,
        name: str = "経費精算申請書",
        label: str = "2024年版",
        specs: tuple[FieldSpec, ...] = SPECS,
    ) -> TemplateVersion:
        """Publish a form type with one version of one page."""
        family_id, version_id, page_id = new_id(), new_id(), new_id()
        blank = self.runtime.blobs.put(form_png())
        with self.runtime.database.transaction() as connection:
            templates.insert_family(connection, family_id, self.collection_id, name)
            templates.insert_version(connection, version_id, family_id, self.collection_id, label)
            templates.insert_page(
                connection, TemplatePage(page_id, version_id, 1, WIDTH, HEIGHT, blank, blank)
            )
            for spec in specs:
                templates.insert_field(connection, Field(new_id(), version_id, page_id, spec))
            found = templates.version(connection, version_id)
        assert found is not None
        return found

    def match(self, page: Page, outcome: Outcome, *candidates: TemplateVersion) -> Match:
        """Decide a page; the candidates come best first."""
        listed = tuple(
            Candidate(
                template_page_id=version.pages[0].id, version_id=version.id,
                family_id=version.family_id, similarity=0.9, score=0.8 - 0.1 * place,
                probability=0.7 - 0.2 * place, transform=Transform.identity(), regions=ANCHORS,
            )
            for place, version in enumerate(candidates)
        )  # fmt: skip
        best = listed[0] if listed and outcome is Outcome.ROUTED else None
        match = Match(
            id=new_id(), page_id=page.id, collection_id=self.collection_id, outcome=outcome,
            template_page_id=best.template_page_id if best else None,
            version_id=best.version_id if best else None,
            family_id=best.family_id if best else None, probability=0.7, margin=0.2,
            reason="clear" if best else "small-margin",
            transform=Transform.identity() if best else None,
            candidates=listed, decided_by="registration", created_at=datetime.now(UTC),
        )  # fmt: skip
        with self.runtime.database.transaction() as connection:
            matches.put(connection, match)
        return match

    def read(
        self, page: Page, version: TemplateVersion, texts: tuple[str, ...] = FILLED
    ) -> list[Value]:
        """Route a page to a version and read its fields."""
        self.match(page, Outcome.ROUTED, version)
        with self.runtime.database.transaction() as connection:
            instance = self._instance(page, version)
            for field, text in zip(version.fields, texts, strict=True):
                reading = Reading(
                    raw=text, normalized=text, confidence=0.93, empty=not text, valid=True,
                    box=field.spec.box, source=ValueSource.OCR,
                )  # fmt: skip
                values.put(
                    connection,
                    Value(new_id(), self.collection_id, instance.id, page.id, field.id, reading),
                )
            pages.set_state(connection, page.id, PageState.READ)
            return values.of_page(connection, page.id)

    def proposal(
        self, members: list[Page], draft: Draft | None = None, kin_key: str = ""
    ) -> Proposal:
        """Add a proposal that waits for a person."""
        with self.runtime.database.transaction() as connection:
            run, _ = runs.open_or_insert(connection, self.collection_id, "on-demand")
            proposal_id = new_id()
            proposal = Proposal(
                id=proposal_id, run_id=run.id, collection_id=self.collection_id,
                kind=ProposalKind.NEW_FAMILY, state=ProposalState.DRAFTING, family_id=None,
                kin_key=kin_key, fingerprint=proposal_id.hex, draft=None,
                members=tuple(MemberPage(page.id, 1, Transform.identity()) for page in members),
                decided_by=None, reason=None, version_id=None, created_at=datetime.now(UTC),
            )  # fmt: skip
            proposals.insert(connection, proposal)
            draft = draft or self.draft()
            proposals.set_draft(connection, proposal_id, draft)
            proposals.set_state(connection, proposal_id, ProposalState.WAITING)
        return replace(proposal, draft=draft, state=ProposalState.WAITING)

    def draft(self, name: str = "経費精算申請書") -> Draft:
        """Return what would be published."""
        blank = self.runtime.blobs.put(form_png())
        return Draft(
            name, "初版", (ProposedPage(1, WIDTH, HEIGHT, 3, blank, blank),), SPECS,
            (Finding("unknown-finding", {}),),
        )  # fmt: skip

    def _instance(self, page: Page, version: TemplateVersion) -> FormInstance:
        doubled = Finding("page-doubled", {"page": 1, "scan": 2})
        cut = InstanceCut(version.id, page.page_no, (page.id,), (), findings=(doubled,))
        with self.runtime.database.transaction() as connection:
            return instances.replace_of_document(
                connection, self.collection_id, page.document_id, [cut]
            )[-1]
