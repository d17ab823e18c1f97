"""The pages of an invitation's documents: drafted by officers, read by everybody, some only after an undertaking."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from portal.accounts.models import User
from portal.core import clock
from portal.core.inspecting import MEDIA_TYPES
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.tendering.document_models import DocumentVersion, Undertaking
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.organisations import make_authority, make_provider
from tests.factories.tendering import draft_itt, itt_with_documents
from tests.pages import read
from tests.portal.tendering.views.browsing import errors_of, filled, post

NewClient = Callable[[], CheckedClient]
PROVIDER = "Zqx Canary Youth Trust"


@pytest.fixture
def officer(db_session: object, client: CheckedClient) -> Actor:
    """A commissioner who has signed in."""
    person = make_person(Role.COMMISSIONER)
    sign_in(client, person)
    return actor_of(person)


@pytest.fixture
def bidder(db_session: object) -> User:
    return make_person(Role.SUBMITTER, provider=make_provider(PROVIDER))


def address_of(itt: InvitationToTender, *, restricted: bool) -> str:
    found = next(one for one in itt.documents if one.facts.is_restricted is restricted)
    return f"/opportunities/{itt.reference}/documents/{found.current.id}"


def test_several_documents_are_added_at_once(client: CheckedClient, officer: Actor) -> None:
    """Each is kept or refused by name; the browser is told which types can be chosen; one can be replaced, removed."""
    itt = draft_itt(actor=officer)
    address = f"/commissioning/itts/{itt.reference}/draft/documents"
    box = read(client.get(address).text).select_one("input[type=file]")
    assert box is not None
    assert box.has_attr("multiple")
    assert str(box["accept"]).split(",") == [f".{extension}" for extension in MEDIA_TYPES]
    action, sent = filled(client, address)
    files = [(io.BytesIO(b"What is bought."), "specification.txt"), (io.BytesIO(b"x"), "run.exe")]
    page = client.get(client.post(action, data=sent | {"kind": "specification", "files": files}).location).text
    assert "“specification” is added." in page
    assert "Not kept: run.exe" in page
    document = itt.documents[0]
    action, sent = filled(client, f"{address}/{document.id}/replace")
    client.post(action, data=sent | {"file": (io.BytesIO(b"Better."), "specification 2.txt")})
    assert [version.number for version in document.versions] == [1, 2]
    assert post(client, f"{address}/{document.id}/remove").status_code == 302
    assert db.session.scalar(select(func.count()).select_from(DocumentVersion)) == 0


def test_an_empty_form_says_what_is_missing(client: CheckedClient, officer: Actor) -> None:
    """Kind and files, each beside its field."""
    itt = draft_itt(actor=officer)
    answer = post(client, f"/commissioning/itts/{itt.reference}/draft/documents")
    assert answer.status_code == 422
    assert set(errors_of(answer)) == {"#kind", "#files"}


def test_everybody_finds_and_reads_the_documents(client: CheckedClient, new_client: NewClient, officer: Actor) -> None:
    """Without signing in, with version and digest, on the page and in its JSON; as a file that nothing runs."""
    itt = itt_with_documents(officer)
    visitor = new_client()
    page = visitor.get(f"/opportunities/{itt.reference}").text
    version = itt.documents[0].current
    assert "Version 1, published on" in page
    assert version.sha256 in read(page).get_text()
    answer = visitor.get(address_of(itt, restricted=False))
    assert (answer.status_code, answer.data) == (200, b"What is bought.")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    listed = visitor.get(f"/opportunities/{itt.reference}.json").json["documents"]  # type: ignore[index]
    assert [(one["kind"], one["restricted"], one["sha256"]) for one in listed] == [
        ("specification", False, version.sha256),
        ("tupe", True, itt.documents[1].current.sha256),
    ]


def test_a_restricted_document_is_read_after_signing(new_client: NewClient, officer: Actor, bidder: User) -> None:
    """A visitor is led to sign in, whoever may sign to the undertaking, others find nothing."""
    itt = itt_with_documents(officer)
    address = address_of(itt, restricted=True)
    visitor, own, other = new_client(), new_client(), new_client()
    assert visitor.get(address).location.startswith("/sign-in?next=")
    sign_in(other, make_person(Role.COMMISSIONER, authority=make_authority()))
    assert other.get(address).status_code == 404
    sign_in(own, bidder)
    undertaking = f"/provider/undertakings/{itt.reference}"
    assert own.get(address).location == undertaking
    assert set(errors_of(post(own, undertaking))) == {"#undertaken"}
    assert post(own, undertaking, undertaken="y").status_code == 302
    assert own.get(address).data.startswith(b"Role,Hours")
    assert "You signed this on" in own.get(undertaking).text


def test_no_page_of_the_buyer_names_who_signed(client: CheckedClient, new_client: NewClient, officer: Actor) -> None:
    """Before the opening; the same page names them afterwards."""
    itt = itt_with_documents(officer)
    bidder = make_person(Role.SUBMITTER, provider=make_provider(PROVIDER))
    own = new_client()
    sign_in(own, bidder)
    post(own, f"/provider/undertakings/{itt.reference}", undertaken="y")
    own.get(address_of(itt, restricted=True))
    signed = db.session.scalars(select(Undertaking)).one()
    pages = (
        f"/commissioning/itts/{itt.reference}/documents", f"/commissioning/itts/{itt.reference}", "/commissioning",
        f"/commissioning/itts/{itt.reference}/opening", f"/opportunities/{itt.reference}",
    )  # fmt: skip
    for page in pages:
        told = client.get(page).text
        assert not [word for word in (PROVIDER, bidder.display_name, str(signed.id)) if word in told], page
    itt.status, itt.opened_at = IttStatus.OPENED, clock.now()
    db.session.flush()
    told = client.get(pages[0]).text
    assert PROVIDER in told
    assert bidder.display_name in told


def test_a_long_file_name_is_shown_whole_and_breaks(client: CheckedClient, officer: Actor) -> None:
    """It stands in an element that may break anywhere."""
    itt = draft_itt(actor=officer)
    address = f"/commissioning/itts/{itt.reference}/draft/documents"
    action, sent = filled(client, address)
    name = "x" * 140 + ".txt"
    client.post(action, data=sent | {"kind": "other", "title": "Long", "files": (io.BytesIO(b"text"), name)})
    shown = read(client.get(address).text).select_one(".fl-file__name")
    assert shown is not None
    assert shown.get_text() == name


def test_documents_of_a_published_invitation_lead_to_no_form(client: CheckedClient, officer: Actor) -> None:
    """The pages of a draft answer that it is published."""
    itt = itt_with_documents(officer)
    assert client.get(f"/commissioning/itts/{itt.reference}/draft/documents").status_code == 409
