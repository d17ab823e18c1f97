"""The documents of an invitation: add, replace, remove while it is a draft; fixed at publication.

Everybody reads them without signing in, unrestricted and full direct access (PA2023 s.21(5), PCR 2015 reg 53(1)), but
for facts that are personal data (`reading_documents`).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.errors import InvalidInput, NotFound, WrongState
from portal.core.keeping import Upload, discard_file, inspect_upload, keep_inspected
from portal.core.parsing.text import one_line, require_text
from portal.core.permissions import Actor
from portal.core.storage import FileStore
from portal.tendering.changing import begin_change, record_change
from portal.tendering.checking import Task
from portal.tendering.document_models import DocumentKind, DocumentVersion, InvitationDocument
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus

MOST_DOCUMENTS = 50
LONGEST_TITLE = 200


@dataclass(frozen=True)
class Added:
    """The titles of what was kept, what was refused with its reason, and which files say the same as another one."""

    kept: tuple[str, ...]
    refused: tuple[str, ...]
    doubled: tuple[str, ...]


def add_documents(
    *,
    itt: InvitationToTender,
    kind: DocumentKind,
    title: str,
    uploads: Sequence[Upload],
    actor: Actor,
    files: FileStore,
) -> Added:
    """Add documents of one kind to a draft; a file that cannot be kept is named with the reason, the rest is kept.

    One file takes the title, or its own name without one; several are called by their names. Each is inspected
    (`core.inspecting`) and durably stored. Records ITT_CHANGED for each. Raises `InvalidInput` beside `files` when
    none can be kept and beside `title`, and whatever `begin_change` raises.
    """
    said = one_line(title)
    if said and len(uploads) > 1:
        raise InvalidInput("Several files take their own names. Leave the title empty.", field="title")
    begin_change(itt, actor)
    kept: list[str] = []
    refused: list[str] = []
    doubled: list[str] = []
    for upload in uploads:
        try:
            document = _added(itt, kind, said, upload, actor, files)
        except InvalidInput as refusal:
            if refusal.field == "title":
                raise
            refused.append(refusal.message)
            continue
        doubled += _doubled(itt, document)
        kept.append(document.title)
    if not kept:
        raise InvalidInput(" ".join(refused), field="files")
    return Added(tuple(kept), tuple(refused), tuple(doubled))


def add_version(
    *,
    itt: InvitationToTender,
    document_id: uuid.UUID,
    upload: Upload,
    actor: Actor,
    files: FileStore,
    now: datetime,
    addendum: int | None = None,
) -> DocumentVersion:
    """Put a new version in the place of a document's last one, which stays readable to the authority's people.

    Of a draft by itself: records ITT_CHANGED. Once published only an addendum brings one, which has taken the
    invitation and was agreed by two people: it gives its number, tells the ledger itself, and the version is public
    at once. Raises `InvalidInput` (field "file"), `NotFound`, and `WrongState` for a published invitation without an
    addendum, or for an addendum to what is not open for bids.
    """
    if addendum is None:
        begin_change(itt, actor)
    elif itt.status is not IttStatus.PUBLISHED or itt.has_closed(now):
        raise WrongState("A document changes by an addendum only while bids are open.")
    document = document_of(itt, document_id)
    version = DocumentVersion(
        number=document.current.number + 1,
        added_by_id=actor.user_id,
        addendum=addendum,
        published_at=None if addendum is None else now,
        **keep_inspected(*inspect_upload(upload), files=files),
    )
    document.versions.append(version)
    if addendum is None:
        _record(itt, actor, version)
    return version


def remove_document(*, itt: InvitationToTender, document_id: uuid.UUID, actor: Actor, files: FileStore) -> str:
    """Take a document of a draft away with all its versions, and return its title.

    Records ITT_CHANGED. Raises `NotFound`, and `WrongState` once it is published: what bidders relied on stays.
    """
    begin_change(itt, actor)
    document = document_of(itt, document_id)
    for version in document.versions:
        discard_file(version.stored_as, files=files)
    itt.documents.remove(document)
    record_change(itt, actor, Task.DOCUMENTS, removed=document.current.sha256)
    return document.title


def publish_documents(itt: InvitationToTender, now: datetime) -> list[dict[str, Any]]:
    """Make the last version of each document public, with the invitation; returns what the ledger says of them."""
    for document in itt.documents:
        document.current.published_at = now
    return [_figures(document.current) for document in itt.documents]


def document_of(itt: InvitationToTender, document_id: uuid.UUID) -> InvitationDocument:
    """One document of the invitation; raises `NotFound`."""
    documents: list[InvitationDocument] = itt.documents
    found = next((document for document in documents if document.id == document_id), None)
    if found is None:
        raise NotFound("That document is not there any more.")
    return found


def _added(
    itt: InvitationToTender, kind: DocumentKind, title: str, upload: Upload, actor: Actor, files: FileStore
) -> InvitationDocument:
    if len(itt.documents) >= MOST_DOCUMENTS:
        raise InvalidInput(f"{one_line(upload[0])} is one too many: there can be {MOST_DOCUMENTS} documents.")
    called = require_text(
        title or one_line(upload[0]).rpartition(".")[0] or one_line(upload[0]),
        "Give the document a title.",
        field="title",
        most=LONGEST_TITLE,
    )
    if any(document.title.casefold() == called.casefold() for document in itt.documents):
        named = f"There is a document “{called}” already. Replace it, or give the new one another title."
        raise InvalidInput(named, field="title" if title else None)
    kept = keep_inspected(*inspect_upload(upload), files=files)
    version = DocumentVersion(number=1, added_by_id=actor.user_id, **kept)
    position = max((document.position for document in itt.documents), default=0) + 1
    document = InvitationDocument(position=position, kind=kind, title=called, versions=[version])
    itt.documents.append(document)
    _record(itt, actor, version)
    return document


def _doubled(itt: InvitationToTender, added: InvitationDocument) -> Iterable[str]:
    for document in itt.documents:
        if document is not added and document.current.sha256 == added.current.sha256:
            yield f"“{added.title}” has the same content as “{document.title}”."


def _record(itt: InvitationToTender, actor: Actor, version: DocumentVersion) -> None:
    record(EventKind.ITT_CHANGED, itt, actor=actor, part=Task.DOCUMENTS.value, **_figures(version))


def _figures(version: DocumentVersion) -> dict[str, Any]:
    kind = version.document.kind.value
    return {"kind": kind, "version": version.number, "size": version.size, "sha256": version.sha256}
