"""Take a file in: check it, keep it, and ask for it to be processed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from chohyo.domain.access import Caller, Role
from chohyo.domain.documents import Document
from chohyo.domain.ids import new_id
from chohyo.domain.rerankers import RerankerChoice
from chohyo.pages import parsing
from chohyo.services.runtime import Runtime, change, require
from chohyo.storage import audit, documents
from chohyo.storage.work import Work, WorkKind


@dataclass(frozen=True, slots=True)
class Ingested:
    """The document of an upload; `duplicate` when the collection had these bytes already."""

    document: Document
    duplicate: bool


def ingest(
    runtime: Runtime,
    caller: Caller,
    collection_id: UUID,
    path: Path,
    filename: str,
    *,
    reranker: RerankerChoice | None = None,
) -> Ingested:
    """Check a file, store it and ask for it to be processed; the same bytes are stored once.

    `reranker` judges its pages instead of the one that the installation is set to.

    Raises:
        RejectedFileError: the file breaks a limit or cannot be read; nothing is stored.
        ForbiddenError: the caller may not add to the collection.
    """
    require(caller, collection_id, Role.OPERATOR, kind="collection", object_id=collection_id)
    facts = parsing.inspect(path, filename, runtime.limits)
    data = path.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    known = _known(runtime, collection_id, sha256)
    if known is not None:
        return Ingested(known, duplicate=True)
    # The blob is written first: a row never points at bytes that are not there.
    blob = runtime.blobs.put(data)
    with change(runtime) as doing:
        document = documents.insert(
            doing.connection,
            id=new_id(),
            collection_id=collection_id,
            filename=filename,
            media_type=facts.media_type,
            byte_size=len(data),
            sha256=sha256,
            blob=blob,
            page_count=facts.page_count,
            reranker=reranker,
        )
        if document is not None:
            doing.request(Work(WorkKind.DOCUMENT, document.id))
            key = documents.audit_key(doing.connection, document.id)
            audit.append(
                doing.connection, caller.actor, "document.ingested", "document", document.id,
                collection_id=collection_id,
                details={"bytes": len(data), "pages": facts.page_count}
                | ({"reranker": reranker.value} if reranker else {}),
                after=audit.keyed_hash(key, data),
            )  # fmt: skip
    if document is None:  # another upload of the same bytes was faster
        known = _known(runtime, collection_id, sha256)
        assert known is not None
        return Ingested(known, duplicate=True)
    return Ingested(document, duplicate=False)


def _known(runtime: Runtime, collection_id: UUID, sha256: str) -> Document | None:
    with runtime.database.transaction() as connection:
        return documents.by_sha256(connection, collection_id, sha256)
