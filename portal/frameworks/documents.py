"""Documents that anybody can read without signing in: unrestricted and full direct access (PCR2015 reg 34(14))."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from portal.core.columns import db
from portal.core.errors import InvalidInput, NotFound
from portal.core.keeping import Upload, discard_file, inspect_upload, keep_inspected, read_kept
from portal.core.parsing.text import one_line, require_text
from portal.core.permissions import Actor, Verb
from portal.core.storage import FileStore
from portal.frameworks.changing import begin_change, record_change
from portal.frameworks.checking import Task
from portal.frameworks.models import Framework, FrameworkDocument

MOST_DOCUMENTS = 50


def add_document(
    *, framework: Framework, title: str, upload: Upload, actor: Actor, files: FileStore
) -> FrameworkDocument:
    """Publish a document with a title; before it goes live it is only kept.

    Consequences: the file is inspected (`core.inspecting`: it opens without a password, no macros), stored
    durably, and its SHA-256 shown beside it. A live one's documents are only added to, never replaced. Raises
    `InvalidInput` beside `title` or `file`. Records FRAMEWORK_CHANGED.
    """
    said = require_text(one_line(title), "Give the document a title.", field="title")
    inspected, content = inspect_upload(upload, files=files)
    begin_change(framework, actor, Verb.ADD_DOCUMENT)
    if len(framework.documents) >= MOST_DOCUMENTS:
        raise InvalidInput(f"There can be at most {MOST_DOCUMENTS} documents.", field="file")
    if any(document.title.casefold() == said.casefold() for document in framework.documents):
        raise InvalidInput("There is a document with that title already. Say what is new in it.", field="title")
    document = FrameworkDocument(
        title=said,
        **keep_inspected(inspected, content, files=files),
    )
    framework.documents.append(document)
    record_change(framework, actor, Task.DOCUMENTS, sha256=document.sha256, size=document.size)
    return document


def remove_document(*, framework: Framework, document_id: uuid.UUID, actor: Actor, files: FileStore) -> None:
    """Take a document of a draft away; its bytes go once the transaction has committed.

    Raises `NotFound`, and `TermsFrozen` once it is live: what providers relied on stays. Records
    FRAMEWORK_CHANGED.
    """
    begin_change(framework, actor)
    document = next((one for one in framework.documents if one.id == document_id), None)
    if document is None:
        raise NotFound("That document is not there any more.")
    framework.documents.remove(document)
    discard_file(document.stored_as, files=files)
    record_change(framework, actor, Task.DOCUMENTS, removed=document.sha256)


def read_document(*, framework: Framework, document_id: uuid.UUID, files: FileStore) -> tuple[FrameworkDocument, bytes]:
    """A document and its bytes; raises `NotFound`, `SealBroken` when these are not what was published."""
    document = db.session.scalars(
        select(FrameworkDocument).where(
            FrameworkDocument.id == document_id, FrameworkDocument.framework_id == framework.id
        )
    ).one_or_none()
    if document is None:
        raise NotFound("There is no such document.")
    return document, read_kept(document, files=files)
