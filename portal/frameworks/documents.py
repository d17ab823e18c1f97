"""Documents that anybody can read without signing in: unrestricted and full direct access (PCR2015 reg 34(14))."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass

from sqlalchemy import select

from portal.core.columns import db
from portal.core.errors import InvalidInput, NotFound, SealBroken
from portal.core.inspecting import inspect_file
from portal.core.keeping import discard_file, keep_file
from portal.core.parsing.text import one_line, require_text
from portal.core.permissions import Actor, Verb
from portal.core.storage import FileStore
from portal.frameworks.changing import begin_change, record_change
from portal.frameworks.checking import Task
from portal.frameworks.models import Framework, FrameworkDocument

MOST_DOCUMENTS = 50


@dataclass(frozen=True)
class Download:
    """A document's name and type as they were inspected, and its bytes."""

    file_name: str
    media_type: str
    content: bytes


def add_document(
    *, framework: Framework, title: str, file_name: str, content: bytes, actor: Actor, files: FileStore
) -> FrameworkDocument:
    """Publish a document with a title; before it goes live it is only kept.

    Consequences: the file is inspected (`core.inspecting`: it opens without a password, no macros), stored
    durably, and its SHA-256 shown beside it. A live one's documents are only added to, never replaced. Raises
    `InvalidInput` beside `title` or `file`. Records FRAMEWORK_CHANGED.
    """
    said = require_text(one_line(title), "Give the document a title.", field="title")
    try:
        inspected = inspect_file(file_name, content)
    except InvalidInput as refusal:
        raise InvalidInput(refusal.message, field="file") from refusal
    begin_change(framework, actor, Verb.ADD_DOCUMENT)
    if len(framework.documents) >= MOST_DOCUMENTS:
        raise InvalidInput(f"There can be at most {MOST_DOCUMENTS} documents.", field="file")
    if any(document.title.casefold() == said.casefold() for document in framework.documents):
        raise InvalidInput("There is a document with that title already. Say what is new in it.", field="title")
    document = FrameworkDocument(
        title=said,
        file_name=inspected.name,
        media_type=inspected.media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        stored_as=keep_file(content, files=files),
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


def read_document(*, framework: Framework, document_id: uuid.UUID, files: FileStore) -> Download:
    """Read a document back; raises `NotFound`, `SealBroken` when the bytes are not those that were published."""
    document = db.session.scalars(
        select(FrameworkDocument).where(
            FrameworkDocument.id == document_id, FrameworkDocument.framework_id == framework.id
        )
    ).one_or_none()
    if document is None:
        raise NotFound("There is no such document.")
    content = files.get(document.stored_as)
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise SealBroken("The stored document is not the one that was published.")
    return Download(document.file_name, document.media_type, content)
