"""Documents of an invitation: drafted in versions, fixed at publication, changed by an addendum alone."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.audit.queries import events_of
from portal.bidding.reconciling import reconcile_files
from portal.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.keeping import Upload
from portal.core.permissions import Actor, Role
from portal.core.storage import FileStore
from portal.tendering.document_models import DocumentKind
from portal.tendering.documents import Added, add_documents, add_version, remove_document
from portal.tendering.models import InvitationToTender
from tests.factories.accounts import actor_of, make_person
from tests.factories.tendering import add_document, draft_itt, itt_with_documents, make_commissioner

SPECIFICATION = b"What is bought."


@pytest.fixture
def officer(db_session: object) -> Actor:
    return make_commissioner()


@pytest.fixture
def files(db_session: object) -> FileStore:
    """The application's file store."""
    store: FileStore = current_app.extensions["files"]
    return store


def upload(name: str = "specification.txt", content: bytes = SPECIFICATION) -> Upload:
    """A file as a form gives it."""
    return name, lambda: content


def add(itt: InvitationToTender, actor: Actor, *uploads: Upload, title: str = "", **details: Any) -> Added:
    chosen: dict[str, Any] = {"kind": DocumentKind.SPECIFICATION, "files": current_app.extensions["files"]} | details
    return add_documents(itt=itt, title=title, uploads=uploads or [upload()], actor=actor, **chosen)


def replace(itt: InvitationToTender, actor: Actor, content: bytes) -> Any:
    files = current_app.extensions["files"]
    changed = upload(content=content)
    return add_version(itt=itt, document_id=itt.documents[0].id, upload=changed, actor=actor, files=files)


def test_several_files_are_kept_or_refused_each_by_name(officer: Actor) -> None:
    """What cannot be kept does not keep the rest back, and the same content is said, not refused."""
    itt = draft_itt(actor=officer)
    done = add(itt, officer, upload("terms.txt", b"Terms."), upload("run.exe"), upload("terms again.txt", b"Terms."))
    assert done.kept == ("terms", "terms again")
    assert [reason.split()[0] for reason in done.refused] == ["run.exe"]
    assert done.doubled == ("“terms again” has the same content as “terms”.",)
    assert [(document.title, document.current.number) for document in itt.documents] == [
        ("terms", 1), ("terms again", 1),
    ]  # fmt: skip


def test_the_ledger_knows_each_version_by_its_digest(officer: Actor) -> None:
    """Kind, number, size and SHA-256; no title and no name of a file."""
    itt = draft_itt(actor=officer)
    add(itt, officer, title="Our specification")
    assert events_of(itt.id)[-1].data == {
        "part": "documents",
        "kind": "specification",
        "version": 1,
        "size": len(SPECIFICATION),
        "sha256": hashlib.sha256(SPECIFICATION).hexdigest(),
    }


@pytest.mark.parametrize(
    ("title", "uploads", "field"),
    [
        ("Specification", [upload("a.txt"), upload("b.txt")], "title"),
        ("specification", [upload("other.txt", b"Other.")], "title"),
        ("x" * 201, [upload("other.txt", b"Other.")], "title"),
        ("", [upload("run.exe"), upload("empty.txt", b"")], "files"),
    ],
    ids=["one title for several", "a title twice", "a long title", "nothing that can be kept"],
)
def test_what_cannot_be_added_is_refused_beside_its_field(
    officer: Actor, title: str, uploads: list[Upload], field: str
) -> None:
    """And nothing is added."""
    itt = draft_itt(actor=officer)
    add(itt, officer)
    with pytest.raises(InvalidInput) as refused:
        add(itt, officer, *uploads, title=title)
    assert refused.value.field == field


def test_replacing_makes_the_next_version_and_keeps_the_earlier(officer: Actor, files: FileStore) -> None:
    """Whatever is added, every stored byte belongs to a row."""
    itt = draft_itt(actor=officer)
    add(itt, officer)
    assert replace(itt, officer, b"Better.").number == 2
    assert [version.number for version in itt.documents[0].versions] == [1, 2]
    stored = {version.stored_as for version in itt.documents[0].versions}
    assert [found for found in reconcile_files(files=files).findings if found.identifier in stored] == []


def test_a_removed_document_goes_with_all_its_bytes(officer: Actor, files: FileStore, db_session: Session) -> None:
    """Once the removal has committed, and not before."""
    itt = draft_itt(actor=officer)
    add(itt, officer)
    replace(itt, officer, b"Better.")
    stored = [version.stored_as for version in itt.documents[0].versions]
    remove_document(itt=itt, document_id=itt.documents[0].id, actor=officer, files=files)
    assert itt.documents == []
    assert files.get(stored[0]) == SPECIFICATION
    db_session.commit()
    for stored_as in stored:
        with pytest.raises(NotFound):
            files.get(stored_as)


def test_publication_fixes_the_documents(officer: Actor, files: FileStore) -> None:
    """The ledger names the last version of each; then nothing is added, replaced or removed by itself."""
    itt = itt_with_documents(officer, is_published=False)
    replace(itt, officer, b"Better.")
    published = itt_with_documents(officer)
    listed = events_of(published.id)[-1].data["documents"]
    assert [(entry["kind"], entry["version"]) for entry in listed] == [("specification", 1), ("tupe", 1)]
    for act in (
        lambda: add(published, officer, upload("more.txt")),
        lambda: replace(published, officer, b"Other."),
        lambda: remove_document(itt=published, document_id=published.documents[0].id, actor=officer, files=files),
    ):
        with pytest.raises(WrongState):
            act()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE invitation_document_version SET sha256 = 'other'",
        "DELETE FROM invitation_document_version",
        "UPDATE invitation_document SET title = 'other'",
        "DELETE FROM invitation_document",
    ],
)
def test_the_database_keeps_what_was_published(officer: Actor, db_session: Session, statement: str) -> None:
    """Whatever the application does."""
    itt_with_documents(officer)
    with pytest.raises(IntegrityError, match="cannot be changed"):
        db_session.execute(text(statement))


def test_only_the_buyers_commissioners_change_documents(officer: Actor, files: FileStore) -> None:
    """Other officers may not, people of another authority do not find the draft."""
    itt = draft_itt(actor=officer)
    document = add_document(itt, officer)
    auditor = actor_of(make_person(Role.AUDITOR, authority=itt.authority))
    with pytest.raises(NotAllowed):
        remove_document(itt=itt, document_id=document.id, actor=auditor, files=files)
    with pytest.raises(NotFound):
        remove_document(itt=itt, document_id=document.id, actor=make_commissioner(), files=files)
    with pytest.raises(NotFound):
        remove_document(itt=itt, document_id=uuid.uuid4(), actor=officer, files=files)
