"""Documents that an addendum brings: nobody outside sees them before a second person has published it."""

from __future__ import annotations

import io

import pytest
from flask import current_app

from portal.accounts.models import User
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotFound
from portal.core.permissions import Actor, Role
from portal.core.storage import FileStore
from portal.extensions import db
from portal.tendering.amending.amending import NewDates, propose_addendum, publish_addendum, refuse_addendum
from portal.tendering.amending.documents import NewDocuments
from portal.tendering.amending.models import Addendum
from portal.tendering.models import InvitationToTender
from portal.tendering.reading_documents import read_document
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.organisations import make_authority
from tests.factories.tendering import itt_with_documents
from tests.pages import read
from tests.portal.tendering.views.browsing import filled

NOBODY = Actor(user_id=None)
WORDS = "The building in section 3 has two floors, not one."
REASON = "A bidder showed us that the plan was old."
NOTE = "I compared it with the plan of this year."


class Case:
    """A published invitation with documents, its commissioner and an approver."""

    def __init__(self) -> None:
        authority = make_authority()
        self.officer: Actor = actor_of(make_person(Role.COMMISSIONER, authority=authority))
        self.second: Actor = actor_of(make_person(Role.APPROVER, authority=authority))
        self.itt: InvitationToTender = itt_with_documents(self.officer)
        self.files: FileStore = current_app.extensions["files"]
        self.specification = self.itt.documents[0]

    def propose(self, content: bytes = b"Two floors.", name: str = "specification 2.txt") -> Addendum:
        new = NewDocuments({self.specification.id: (name, lambda: content)}, [("plan.txt", lambda: b"The plan.")])
        return propose_addendum(
            itt=self.itt,
            words=WORDS,
            reason=REASON,
            dates=NewDates(),
            documents=new,
            actor=self.officer,
            files=self.files,
            now=clock.now(),
        )

    def read(self, version_id: object, actor: Actor = NOBODY) -> bytes:
        return read_document(
            reference=self.itt.reference,
            version_id=version_id,  # type: ignore[arg-type]
            actor=actor,
            files=self.files,
        )[1]


@pytest.fixture
def case(db_session: object) -> Case:
    return Case()


def test_what_is_proposed_is_read_by_officers_alone(case: Case) -> None:
    """The published version stays what everybody reads."""
    case.propose()
    proposed = case.specification.current
    assert case.read(proposed.id, case.second) == b"Two floors."
    with pytest.raises(NotFound):
        case.read(proposed.id)
    assert [version.number for version in case.specification.published] == [1]


def test_publishing_makes_it_public_beside_what_was_there(case: Case) -> None:
    """With the number of the addendum, and the ledger names each version by its digest."""
    publish_addendum(addendum=case.propose(), actor=case.second, note=NOTE)
    assert [(version.number, version.addendum) for version in case.specification.published] == [(2, 1), (1, None)]
    assert [case.read(version.id) for version in case.specification.published] == [b"Two floors.", b"What is bought."]
    added = case.itt.documents[-1]
    assert (added.title, added.current.addendum) == ("plan", 1)
    listed = events_of(case.itt.id)[-1].data["documents"]
    assert {entry["sha256"] for entry in listed} == {case.specification.current.sha256, added.current.sha256}


def test_what_is_refused_leaves_no_document(case: Case) -> None:
    """Neither row nor bytes, once that is committed; the next proposal begins where this one did."""
    addendum = case.propose()
    stored = [case.specification.current.stored_as, case.itt.documents[-1].current.stored_as]
    refuse_addendum(
        addendum=addendum,
        actor=case.second,
        note="The old plan still holds for both floors.",
        files=case.files,
        now=clock.now(),
    )
    db.session.commit()
    assert [document.title for document in case.itt.documents] == ["specification", "staff"]
    assert [version.number for version in case.specification.versions] == [1]
    for stored_as in stored:
        with pytest.raises(NotFound):
            case.files.get(stored_as)


def test_a_file_that_cannot_be_kept_is_refused_beside_its_document(case: Case) -> None:
    """And nothing is proposed."""
    with pytest.raises(InvalidInput) as refused:
        case.propose(name="run.exe")
    assert refused.value.field == f"version-{case.specification.id}"


def test_officers_choose_new_versions_on_the_page_of_a_change(case: Case, client: CheckedClient) -> None:
    """Both people see what it brings, and everybody does once it is published."""
    sign_in(client, db.session.get_one(User, case.officer.user_id))
    address = f"/commissioning/itts/{case.itt.reference}/changes"
    action, sent = filled(client, f"{address}/propose")
    sent |= {"words": WORDS, "reason": REASON}
    sent[f"version-{case.specification.id}"] = (io.BytesIO(b"Two floors."), "specification 2.txt")
    page = read(client.get(client.post(action, data=sent).location).text).get_text()
    assert "specification 2.txt" in page
    public = f"/opportunities/{case.itt.reference}"
    assert "specification 2.txt" not in client.get(public).text
    addendum = db.session.query(Addendum).one()
    publish_addendum(addendum=addendum, actor=case.second, note=NOTE)
    shown = read(client.get(public).text).get_text()
    assert "specification 2.txt" in shown
    assert "Version 2, published on" in " ".join(shown.split())
