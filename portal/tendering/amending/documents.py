"""Documents that an addendum brings: stored when it is proposed, public in the instant in which it is published."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.core.columns import db
from portal.core.errors import InvalidInput
from portal.core.keeping import Upload, discard_file
from portal.core.permissions import Actor
from portal.core.storage import FileStore
from portal.tendering.amending.models import Addendum
from portal.tendering.document_models import DocumentKind, DocumentVersion
from portal.tendering.documents import document_of, figures_of, new_document, next_version


@dataclass(frozen=True)
class NewDocuments:
    """New versions by the document that they replace, and documents that were not there before."""

    versions: Mapping[uuid.UUID, Upload] = field(default_factory=dict)
    added: Sequence[Upload] = ()


def keep_proposed(addendum: Addendum, new: NewDocuments, *, actor: Actor, files: FileStore) -> None:
    """Store what the addendum would bring; raises `InvalidInput` beside `version-<document>` or `added`."""
    for document_id, upload in new.versions.items():
        document = document_of(addendum.itt, document_id)
        with _beside(f"version-{document_id}"):
            next_version(document, upload, actor=actor, files=files, addendum_id=addendum.id)
    for upload in new.added:
        with _beside("added"):
            new_document(
                addendum.itt, DocumentKind.OTHER, "", upload, actor=actor, files=files, addendum_id=addendum.id
            )


def publish_proposed(addendum: Addendum, at: datetime) -> list[dict[str, Any]]:
    """Make public what it brings; returns what the ledger says of each."""
    brought = _brought(addendum)
    for version in brought:
        version.published_at, version.addendum = at, addendum.number
    return [figures_of(version) for version in brought]


def discard_proposed(addendum: Addendum, *, files: FileStore) -> None:
    """Let go what a refused addendum would have brought: nobody outside has seen it."""
    for version in _brought(addendum):
        discard_file(version.stored_as, files=files)
        document = version.document
        document.versions.remove(version)
        if not document.versions:
            document.itt.documents.remove(document)


def _brought(addendum: Addendum) -> Sequence[DocumentVersion]:
    return db.session.scalars(
        select(DocumentVersion)
        .where(DocumentVersion.addendum_id == addendum.id)
        .order_by(DocumentVersion.document_id, DocumentVersion.number)
    ).all()


@contextmanager
def _beside(name: str) -> Iterator[None]:
    """Put a refusal beside another field than the one that it names itself."""
    try:
        yield
    except InvalidInput as refusal:
        raise InvalidInput(refusal.message, field=name) from refusal
