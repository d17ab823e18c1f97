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

from portal.core.errors import InvalidInput, NotFound
from portal.core.keeping import Upload, discard_file, inspect_upload, keep_inspected
from portal.core.parsing.text import one_line, require_text
from portal.core.permissions import Actor
from portal.core.storage import FileStore
from portal.tendering.changing import begin_change, record_change
from portal.tendering.checking import Task
from portal.tendering.document_models import DocumentKind, DocumentVersion, InvitationDocument
from portal.tendering.models import InvitationToTender

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
            document = new_document(itt, kind, said, upload, actor=actor, files=files)
        except InvalidInput as refusal:
            if refusal.field == "title":
                raise
            refused.append(refusal.message)
            continue
        record_change(itt, actor, Task.DOCUMENTS, **figures_of(document.current))
        doubled += _doubled(itt, document)
        kept.append(document.title)
    if not kept:
        raise InvalidInput(" ".join(refused), field="files")
    return Added(tuple(kept), tuple(refused), tuple(doubled))


def add_version(
    *, itt: InvitationToTender, document_id: uuid.UUID, upload: Upload, actor: Actor, files: FileStore
) -> DocumentVersion:
    """Put a new version in the place of a document's last one, which stays readable to the authority's people.

    Records ITT_CHANGED. Raises `InvalidInput` (field "file"), `NotFound`, and `WrongState` once it is published: then
    an addendum alone brings another one (`amending.documents`).
    """
    begin_change(itt, actor)
    version = next_version(document_of(itt, document_id), upload, actor=actor, files=files)
    record_change(itt, actor, Task.DOCUMENTS, **figures_of(version))
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
    return [figures_of(document.current) for document in itt.documents]


def document_of(itt: InvitationToTender, document_id: uuid.UUID) -> InvitationDocument:
    """One document of the invitation; raises `NotFound`."""
    documents: list[InvitationDocument] = itt.documents
    found = next((document for document in documents if document.id == document_id), None)
    if found is None:
        raise NotFound("That document is not there any more.")
    return found


def next_version(
    document: InvitationDocument,
    upload: Upload,
    *,
    actor: Actor,
    files: FileStore,
    addendum_id: uuid.UUID | None = None,
) -> DocumentVersion:
    """The next version of a document, durably stored and not yet public; raises `InvalidInput` (field "file")."""
    kept = keep_inspected(*inspect_upload(upload, files=files), files=files)
    number = document.current.number + 1 if document.versions else 1
    version = DocumentVersion(number=number, added_by_id=actor.user_id, addendum_id=addendum_id, **kept)
    document.versions.append(version)
    return version


def new_document(
    itt: InvitationToTender,
    kind: DocumentKind,
    title: str,
    upload: Upload,
    *,
    actor: Actor,
    files: FileStore,
    addendum_id: uuid.UUID | None = None,
) -> InvitationDocument:
    """A document in its first version, called by the title or, without one, as its file is; raises `InvalidInput`."""
    if len(itt.documents) >= MOST_DOCUMENTS:
        raise InvalidInput(f"{one_line(upload[0])} is one too many: there can be {MOST_DOCUMENTS} documents.")
    own_name = one_line(upload[0]).rpartition(".")[0] or one_line(upload[0])
    called = require_text(title or own_name, "Give the document a title.", field="title", most=LONGEST_TITLE)
    if any(document.title.casefold() == called.casefold() for document in itt.documents):
        named = f"There is a document “{called}” already. Replace it, or give the new one another title."
        raise InvalidInput(named, field="title" if title else None)
    position = max((document.position for document in itt.documents), default=0) + 1
    document = InvitationDocument(position=position, kind=kind, title=called)
    next_version(document, upload, actor=actor, files=files, addendum_id=addendum_id)
    itt.documents.append(document)
    return document


def figures_of(version: DocumentVersion) -> dict[str, Any]:
    """What the ledger says of a version: no title and no name of a file."""
    kind = version.document.kind.value
    return {"kind": kind, "version": version.number, "size": version.size, "sha256": version.sha256}


def _doubled(itt: InvitationToTender, added: InvitationDocument) -> Iterable[str]:
    for document in itt.documents:
        if document is not added and document.current.sha256 == added.current.sha256:
            yield f"“{added.title}” has the same content as “{document.title}”."
