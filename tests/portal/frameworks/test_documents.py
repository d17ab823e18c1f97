"""Documents that anybody can read."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

import pytest
from flask import current_app

from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotFound, SealBroken, WrongState
from portal.core.keeping import Upload
from portal.core.permissions import Actor, Role
from portal.core.storage import FileStore
from portal.frameworks.ceasing import cease_framework
from portal.frameworks.documents import add_document, read_document, remove_document
from portal.frameworks.models import Framework, FrameworkDocument
from portal.frameworks.terms import TermsFrozen
from tests.factories.accounts import actor_of, make_person
from tests.factories.frameworks import draft_framework, live_framework


@pytest.fixture
def files(db_session: object) -> FileStore:
    """The application's file store."""
    store: FileStore = current_app.extensions["files"]
    return store


def lead(framework: Framework) -> Actor:
    """A commissioner of the authority that leads it."""
    return actor_of(make_person(Role.COMMISSIONER, authority=framework.authority))


def upload(name: str = "specification.txt", content: bytes = b"What homes must offer.") -> Upload:
    """A file as a form gives it."""
    return name, lambda: content


def add(framework: Framework, files: FileStore, **details: Any) -> FrameworkDocument:
    """Add a specification as plain text."""
    return add_document(
        **{
            "framework": framework,
            "title": "Specification",
            "upload": upload("folder\\specification.txt"),
            "actor": lead(framework),
            "files": files,
        }
        | details
    )


def test_a_document_is_kept_with_its_digest(files: FileStore) -> None:
    """Under its own name without folders; the ledger holds digest and size, no title."""
    framework = live_framework()
    document = add(framework, files)
    digest = hashlib.sha256(b"What homes must offer.").hexdigest()
    assert (document.file_name, document.media_type, document.sha256) == ("specification.txt", "text/plain", digest)
    found, content = read_document(framework=framework, document_id=document.id, files=files)
    assert (content, found.media_type) == (b"What homes must offer.", "text/plain")
    assert events_of(framework.id)[-1].data == {"part": "documents", "sha256": digest, "size": 22}


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "specification"}, "title"),
        ({"upload": upload("run.exe")}, "file"),
        ({"upload": upload(content=b"")}, "file"),
        ({"upload": upload("a.pdf")}, "file"),
    ],
)
def test_a_document_that_cannot_be_kept_is_refused(files: FileStore, details: dict[str, Any], field: str) -> None:
    """A doubled title, a type that is not allowed, an empty file, a file that is not what its name says."""
    framework = draft_framework()
    add(framework, files)
    with pytest.raises(InvalidInput) as refused:
        add(framework, files, **({"title": "Another"} | details))
    assert refused.value.field == field


def test_only_a_drafts_documents_are_removed(files: FileStore, db_session: Any) -> None:
    """Its bytes go with the commit; what providers relied on stays."""
    framework = draft_framework()
    document = add(framework, files)
    document_id, stored_as = document.id, document.stored_as
    db_session.commit()
    remove_document(framework=framework, document_id=document_id, actor=lead(framework), files=files)
    assert files.get(stored_as)
    db_session.commit()
    with pytest.raises(NotFound):
        files.get(stored_as)
    with pytest.raises(NotFound):
        remove_document(framework=framework, document_id=document_id, actor=lead(framework), files=files)
    live = live_framework()
    kept = add(live, files)
    with pytest.raises(TermsFrozen):
        remove_document(framework=live, document_id=kept.id, actor=lead(live), files=files)


def test_a_roll_back_leaves_no_bytes(files: FileStore, db_session: Any) -> None:
    """Nothing lies in the store that no row knows."""
    framework = draft_framework()
    db_session.commit()
    stored_as = add(framework, files).stored_as
    db_session.rollback()
    with pytest.raises(NotFound):
        files.get(stored_as)


def test_reading_is_strict(files: FileStore) -> None:
    """Another framework's document is not found, and bytes that were changed are never shown."""
    framework = live_framework()
    document = add(framework, files)
    with pytest.raises(NotFound):
        read_document(framework=live_framework(), document_id=document.id, files=files)
    with pytest.raises(NotFound):
        read_document(framework=framework, document_id=uuid.uuid4(), files=files)
    document.stored_as = files.put(b"Something else.")
    with pytest.raises(SealBroken):
        read_document(framework=framework, document_id=document.id, files=files)


def test_nothing_is_added_after_the_end(files: FileStore) -> None:
    """The record is closed."""
    framework = live_framework()
    cease_framework(framework=framework, reason="No need.", actor=lead(framework), now=clock.now())
    with pytest.raises(WrongState):
        add(framework, files)
