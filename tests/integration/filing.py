"""A small filing cabinet: one template, pages in every resting state, values, a proposal."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from chohyo.domain.documents import Document, Failure, Page, PageState
from chohyo.domain.drifts import Drift, DriftState
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
from chohyo.domain.templates import Field, FieldSpec, FieldType, TemplatePage
from chohyo.domain.values import Normalized, Reading, Value, ValueSource
from chohyo.pages.images import encode_png
from chohyo.services import checks
from chohyo.services.runtime import Runtime
from chohyo.storage import (
    documents,
    drifts,
    instances,
    matches,
    pages,
    proposals,
    runs,
    templates,
    values,
)
from chohyo.storage.database import Connection

WIDTH, HEIGHT = 400, 200
NAME_BOX = Box(0.25, 0.1, 0.75, 0.3)
NAME_INK = (200, 20, 180)  # blue, green, red: nothing else on the page has this colour
FAMILY = "給与届 A/4"
HOLDER = "山田花子"
FORMULA = '=HYPERLINK("http://evil.example")'

SPECS = (
    FieldSpec("holder_name", "氏名", FieldType.PERSON_NAME, 1, NAME_BOX, 0, pii=True),
    FieldSpec("amount", "金額", FieldType.AMOUNT, 1, Box(0.25, 0.4, 0.75, 0.5), 1),
    FieldSpec("remark", "備考", FieldType.TEXT, 1, Box(0.25, 0.6, 0.75, 0.7), 2),
)
READ: dict[str, tuple[str, Normalized]] = {
    "holder_name": (HOLDER, HOLDER),
    "amount": ("12,000円", 12000),
    "remark": (FORMULA, FORMULA),
}


@dataclass(frozen=True, slots=True)
class Filing:
    """What is in the cabinet."""

    document: Document
    failed_document: Document
    read_page: Page
    review_page: Page
    unknown_page: Page
    family_id: UUID
    version_id: UUID
    template_page_id: UUID
    values: dict[str, UUID]
    run_id: UUID
    proposal_id: UUID


def filled_page() -> NDArray[np.uint8]:
    """Draw a white page with a ruled line and ink in the name's box."""
    image = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    image[HEIGHT - 20, :] = 0
    x0, x1 = round(NAME_BOX.x0 * WIDTH), round(NAME_BOX.x1 * WIDTH)
    y0, y1 = round(NAME_BOX.y0 * HEIGHT), round(NAME_BOX.y1 * HEIGHT)
    image[y0 + 4 : y1 - 4, x0 + 4 : x1 - 4] = NAME_INK
    return image


def shows_the_name(image: NDArray[np.uint8]) -> bool:
    """Say whether an image has the colour of the ink in the name's box."""
    away = np.abs(image.astype(int) - np.array(NAME_INK)).max(axis=2)
    return bool((away < 60).any())


def fill_cabinet(runtime: Runtime, collection_id: UUID) -> Filing:
    """Store everything in one transaction."""
    with runtime.database.transaction() as connection:
        cabinet = _Cabinet(runtime, connection, collection_id)
        return cabinet.filled()


def new_document(runtime: Runtime, connection: Connection, collection_id: UUID) -> Document:
    """Store a document of one page with bytes of its own."""
    document_id = new_id()
    data = document_id.bytes
    document = documents.insert(
        connection,
        id=document_id,
        collection_id=collection_id,
        filename="届出 3月.pdf",
        media_type="application/pdf",
        byte_size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        blob=runtime.blobs.put(data),
        page_count=1,
    )
    assert document is not None
    return document


def see_drift(runtime: Runtime, filing: Filing, collection_id: UUID) -> UUID:
    """Store drift seen on the page that was read."""
    drift = Drift(
        new_id(), collection_id, filing.template_page_id, (Box(0.1, 0.1, 0.3, 0.2),),
        DriftState.SEEN, None, datetime.now(UTC), (filing.read_page.id,),
    )  # fmt: skip
    with runtime.database.transaction() as connection:
        drifts.insert(connection, drift)
    return drift.id


def make_version_of(runtime: Runtime, filing: Filing) -> None:
    """Say that the proposal is a new version of the family."""
    with runtime.database.transaction() as connection:
        proposals.relate(connection, filing.proposal_id, ProposalKind.NEW_VERSION, filing.family_id)


def have_checked(runtime: Runtime, filing: Filing) -> None:
    """Have chance choose the page that was read."""
    with runtime.database.transaction() as connection:
        match = matches.in_force(connection, [filing.read_page.id])[filing.read_page.id]
        checks.draw(connection, match, share=1.0)


@dataclass(frozen=True, slots=True)
class _Cabinet:
    runtime: Runtime
    connection: Connection
    collection_id: UUID

    def filled(self) -> Filing:
        family_id, version_id, template_page_id = new_id(), new_id(), new_id()
        fields = self._template(family_id, version_id, template_page_id)
        document = new_document(self.runtime, self.connection, self.collection_id)
        failed = new_document(self.runtime, self.connection, self.collection_id)
        documents.fail(
            self.connection, failed.id, Failure("file-damaged", {"filename": failed.filename})
        )
        numbered = [
            self._page(document, number, state)
            for number, state in enumerate(
                (PageState.READ, PageState.REVIEW, PageState.UNKNOWN), start=1
            )
        ]
        candidate = Candidate(
            template_page_id,
            version_id,
            family_id,
            similarity=0.98,
            score=0.9,
            probability=0.95,
            transform=Transform.identity(),
            regions=(Region(Box(0.1, 0.8, 0.9, 0.95), 0.97),),
        )
        self._match(numbered[0], candidate, Outcome.ROUTED)
        self._match(numbered[1], candidate, Outcome.REVIEW)
        run, _ = runs.open_or_insert(self.connection, self.collection_id, "on-demand")
        return Filing(
            document=document,
            failed_document=failed,
            read_page=numbered[0],
            review_page=numbered[1],
            unknown_page=numbered[2],
            family_id=family_id,
            version_id=version_id,
            template_page_id=template_page_id,
            values=self._values(document, numbered[0], version_id, fields),
            run_id=run.id,
            proposal_id=self._proposal(run.id, numbered[2]),
        )

    def _template(self, family_id: UUID, version_id: UUID, template_page_id: UUID) -> list[Field]:
        blank = self.runtime.blobs.put(encode_png(np.full((HEIGHT, WIDTH), 255, np.uint8)))
        templates.insert_family(self.connection, family_id, self.collection_id, FAMILY)
        templates.insert_version(
            self.connection, version_id, family_id, self.collection_id, "令和6年"
        )
        templates.insert_page(
            self.connection,
            TemplatePage(template_page_id, version_id, 1, WIDTH, HEIGHT, blank, blank),
        )
        fields = [Field(new_id(), version_id, template_page_id, spec) for spec in SPECS]
        for field in fields:
            templates.insert_field(self.connection, field)
        return fields

    def _page(self, document: Document, number: int, state: PageState) -> Page:
        image = self.runtime.blobs.put(encode_png(filled_page()))
        page = Page(
            id=new_id(),
            document_id=document.id,
            collection_id=self.collection_id,
            page_no=number,
            width=WIDTH,
            height=HEIGHT,
            dpi=200.0,
            rotation=0,
            state=state,
            evidence_blob=image,
            model_blob=image,
            content_key=f"{number:064}",
            failure=None,
        )
        pages.insert(self.connection, page, [])
        pages.set_state(self.connection, page.id, state)
        return page

    def _match(self, page: Page, candidate: Candidate, outcome: Outcome) -> None:
        routed = outcome is Outcome.ROUTED
        matches.put(
            self.connection,
            Match(
                id=new_id(),
                page_id=page.id,
                collection_id=self.collection_id,
                outcome=outcome,
                template_page_id=candidate.template_page_id if routed else None,
                version_id=candidate.version_id if routed else None,
                family_id=candidate.family_id if routed else None,
                probability=0.95,
                margin=0.5,
                reason="clear",
                transform=candidate.transform if routed else None,
                candidates=(candidate,),
                decided_by="registration",
                created_at=datetime.now(UTC),
            ),
        )

    def _values(
        self, document: Document, page: Page, version_id: UUID, fields: list[Field]
    ) -> dict[str, UUID]:
        missing = Finding("page-missing", {"page": 2})
        cut = InstanceCut(version_id, 1, (page.id,), (2,), findings=(missing,))
        (instance,) = instances.replace_of_document(
            self.connection, self.collection_id, document.id, [cut]
        )
        stored: dict[str, UUID] = {}
        for field in fields:
            raw, normalized = READ[field.spec.name]
            reading = Reading(
                raw, normalized, 0.9, empty=False, valid=True, box=field.spec.box,
                source=ValueSource.OCR,
            )  # fmt: skip
            value = Value(new_id(), self.collection_id, instance.id, page.id, field.id, reading)
            values.put(self.connection, value)
            stored[field.spec.name] = value.id
        return stored

    def _proposal(self, run_id: UUID, page: Page) -> UUID:
        blank = self.runtime.blobs.put(encode_png(np.full((HEIGHT, WIDTH), 250, np.uint8)))
        proposal = Proposal(
            id=new_id(),
            run_id=run_id,
            collection_id=self.collection_id,
            kind=ProposalKind.NEW_FAMILY,
            state=ProposalState.DRAFTING,
            family_id=None,
            kin_key="",
            fingerprint="one page",
            draft=None,
            members=(MemberPage(page.id, 1, Transform.identity()),),
            decided_by=None,
            reason=None,
            version_id=None,
            created_at=datetime.now(UTC),
        )
        proposals.insert(self.connection, proposal)
        draft = Draft("届出書", "初版", (ProposedPage(1, WIDTH, HEIGHT, 2, blank, blank),), SPECS)
        proposals.set_draft(self.connection, proposal.id, draft)
        proposals.set_state(self.connection, proposal.id, ProposalState.WAITING)
        return proposal.id


def file_again(runtime: Runtime, collection_id: UUID, filing: Filing, name: str) -> UUID:
    """Store one more document of the template with one value; return the value's id."""
    with runtime.database.transaction() as connection:
        cabinet = _Cabinet(runtime, connection, collection_id)
        document = new_document(runtime, connection, collection_id)
        page = cabinet._page(document, 1, PageState.READ)
        cut = InstanceCut(filing.version_id, 1, (page.id,), ())
        (instance,) = instances.replace_of_document(connection, collection_id, document.id, [cut])
        version = templates.version(connection, filing.version_id)
        assert version is not None
        field = next(each for each in version.fields if each.spec.name == name)
        reading = Reading(
            "?", "?", 0.4, empty=False, valid=True, box=field.spec.box, source=ValueSource.OCR
        )
        value = Value(new_id(), collection_id, instance.id, page.id, field.id, reading)
        values.put(connection, value)
    return value.id
