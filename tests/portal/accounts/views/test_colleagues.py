"""The people of one's own organisation."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import func, select

from portal.accounts.models import User
from portal.core.permissions import Role
from portal.extensions import db
from portal.organisations.models import Provider
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, current_code, make_person, person_at, sign_in
from tests.factories.organisations import make_authority, make_provider
from tests.filling import errors_of, fields_of, fill, text_of
from tests.mailing import link_to
from tests.services import Mailbox

INVITE = "/account/colleagues/invite"
TYPED = {"name": "Demo Colleague", "email": "new@people.example", "roles": ["contributor"]}


@pytest.fixture
def provider(db_session: object) -> Provider:
    """A provider."""
    return make_provider()


@pytest.fixture
def administrator(provider: Provider) -> User:
    """Its administrator."""
    return make_person(Role.PROVIDER_ADMINISTRATOR, provider=provider)


def test_the_list_costs_the_same_for_one_and_for_three(
    client: CheckedClient,
    provider: Provider,
    administrator: User,
    count_statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    """One statement lists the colleagues, however many there are."""
    sign_in(client, administrator)
    counts = []
    for _ in range(2):
        with count_statements() as statements:
            client.get("/account/colleagues")
        counts.append(len(statements))
        for _ in range(2):
            make_person(Role.SUBMITTER, provider=provider)
    assert counts[0] == counts[1]


def test_a_colleague_sees_the_others_but_cannot_change_them(
    client: CheckedClient, provider: Provider, administrator: User
) -> None:
    """A submitter reads the list; inviting and ending access are refused, another provider's people unseen."""
    stranger = make_person(Role.SUBMITTER, display_name="Demo Stranger")
    sign_in(client, make_person(Role.SUBMITTER, provider=provider))
    shown = text_of(client.get("/account/colleagues"))
    assert administrator.display_name in shown
    assert "Demo Stranger" not in shown
    assert "Invite" not in shown
    assert client.get(INVITE).status_code == 403
    assert client.get(f"/account/colleagues/{stranger.id}/end").status_code == 404
    address = f"/account/colleagues/{administrator.id}/end"
    token = fields_of(client.get("/account/name"))["csrf_token"]
    assert client.get(address).status_code == 403
    assert client.post(address, data={"csrf_token": token}).status_code == 403


@pytest.mark.usefixtures("worker_environment")
def test_only_who_reads_the_mail_can_join(
    client: CheckedClient, new_client: Callable[[], CheckedClient], administrator: User, mailbox: Mailbox
) -> None:
    """No page of the administrator's shows a link or code; the colleague chooses a password and signs in (W-34)."""
    sign_in(client, administrator)
    assert fill(client, INVITE, TYPED).location == "/account/colleagues"
    link = link_to(mailbox, "new@people.example")
    listed = client.get("/account/colleagues").get_data(as_text=True)
    assert "We have written to new@people.example." in listed
    assert "Has not joined yet" in listed
    assert not re.search(r"/link/|[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", listed)
    assert administrator.display_name in mailbox.received[-1].get_content()
    theirs = new_client()
    assert fill(theirs, link, {"password": "three random words"}).location == "/sign-in"
    answer = fill(theirs, "/sign-in", {"email": "new@people.example", "password": "three random words"})
    assert (answer.status_code, theirs.get("/account").status_code) == (302, 200)
    assert "Please confirm" not in theirs.get("/account").get_data(as_text=True)


def test_inviting_asks_for_a_fresh_code(client: CheckedClient, administrator: User) -> None:
    """Giving roles needs the second factor of the last five minutes; a wrong one keeps what was typed."""
    sign_in(client, administrator, fresh_factor=False)
    refused = fill(client, INVITE, TYPED | {"factor_code": "12345"})
    assert refused.status_code == 422
    assert errors_of(refused)[0].startswith("That code is not right.")
    held = fields_of(refused)
    assert (held["name"], held["email"], held["roles"]) == tuple(TYPED.values())
    assert db.session.scalar(select(func.count(User.id))) == 1
    assert fill(client, INVITE, TYPED | {"factor_code": current_code()}).location == "/account/colleagues"
    assert db.session.scalar(select(func.count(User.id))) == 2


def test_roles_that_are_not_offered_are_not_given(client: CheckedClient, administrator: User) -> None:
    """A posted role of another kind of organisation is dropped; without any other there is nobody to add."""
    sign_in(client, administrator)
    answer = fill(client, INVITE, TYPED | {"roles": ["commissioner", "platform_administrator"]})
    assert errors_of(answer) == ["Choose at least one role."]
    fill(client, INVITE, TYPED | {"roles": ["submitter", "commissioner"]})
    person = person_at("new@people.example")
    assert actor_of(person).roles == {Role.SUBMITTER}


def test_ending_access_asks_and_signs_out(
    client: CheckedClient, new_client: Callable[[], CheckedClient], provider: Provider, administrator: User
) -> None:
    """Looking at the question ends nothing; answering it works at the colleague's next request (A-05)."""
    colleague = make_person(Role.SUBMITTER, provider=provider)
    theirs = new_client()
    sign_in(theirs, colleague)
    sign_in(client, administrator)
    address = f"/account/colleagues/{colleague.id}/end"
    client.get(address)
    assert theirs.get("/account").status_code == 200
    assert fill(client, address).location == "/account/colleagues"
    assert theirs.get("/account").location == "/sign-in?next=/account"
    assert colleague.display_name not in text_of(client.get("/account/colleagues")).replace("no longer", "")


def test_officers_are_invited_the_same_way(client: CheckedClient, db_session: object) -> None:
    """An authority's administrator gives the roles of a contracting authority that one person may give."""
    authority = make_authority()
    sign_in(client, make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority))
    fill(client, INVITE, TYPED | {"roles": ["opener", "auditor"]})
    person = person_at("new@people.example")
    assert actor_of(person).authority_roles == {Role.AUDITOR}


def test_people_of_no_organisation_have_no_colleagues(client: CheckedClient, db_session: object) -> None:
    """A platform administrator finds no list here."""
    sign_in(client, make_person(Role.PLATFORM_ADMINISTRATOR))
    assert client.get("/account/colleagues").status_code == 404


@pytest.mark.usefixtures("worker_environment")
def test_a_lost_invitation_is_sent_again(client: CheckedClient, administrator: User, mailbox: Mailbox) -> None:
    """The administrator asks for it on a page of its own; the first link still works."""
    sign_in(client, administrator)
    fill(client, INVITE, TYPED)
    person = person_at("new@people.example")
    first = link_to(mailbox, "new@people.example")
    assert fill(client, f"/account/colleagues/{person.id}/invitation").location == "/account/colleagues"
    assert link_to(mailbox, "new@people.example") != first
    assert client.get(first).status_code == 200


def test_changed_roles_hold_at_the_next_request_of_an_open_session(
    client: CheckedClient, new_client: Callable[[], CheckedClient], provider: Provider, administrator: User
) -> None:
    """Nobody signs in again: what was given opens, what was taken is closed, and the list says so."""
    colleague = make_person(Role.PROVIDER_ADMINISTRATOR, provider=provider)
    theirs = new_client()
    sign_in(theirs, colleague)
    sign_in(client, administrator)
    assert theirs.get(INVITE).status_code == 200
    address = f"/account/colleagues/{colleague.id}/roles"
    assert fields_of(client.get(address))["roles"] == ["provider_administrator"]
    assert fill(client, address, {"roles": ["submitter"]}).location == "/account/colleagues"
    assert theirs.get(INVITE).status_code == 403
    listed = client.get("/account/colleagues").get_data(as_text=True)
    assert f"What {colleague.display_name} may do is changed." in listed
    assert "Submitter" in listed


def test_of_oneself_only_what_one_holds_can_be_unticked(
    client: CheckedClient, provider: Provider, administrator: User
) -> None:
    """The page offers nothing more, drops what is posted all the same, and keeps the last administrator with why."""
    sign_in(client, administrator)
    address = f"/account/colleagues/{administrator.id}/roles"
    refused = fill(client, address, {"roles": ["submitter"]})
    assert errors_of(refused) == ["Choose at least one role. To take them all away, end the access."]
    other = make_person(Role.PROVIDER_ADMINISTRATOR, provider=provider)
    give = f"/account/colleagues/{administrator.id}/roles"
    sign_in(client, other)
    fill(client, give, {"roles": ["provider_administrator", "submitter"]})
    fill(client, f"/account/colleagues/{other.id}/roles", {"roles": ["provider_administrator"]})
    sign_in(client, administrator)
    assert fill(client, f"/account/colleagues/{other.id}/end").location == "/account/colleagues"
    last = fill(client, address, {"roles": ["submitter"]})
    assert last.status_code == 422
    assert "is the only administrator of" in errors_of(last)[0]
    assert fields_of(last)["roles"] == ["submitter"]


def test_who_changes_nothing_reads_that(client: CheckedClient, provider: Provider, administrator: User) -> None:
    """The button alone is no change, and a role that waits is named as waiting."""
    person = make_person(Role.CONTRIBUTOR, provider=provider)
    sign_in(client, administrator)
    fill(client, f"/account/colleagues/{person.id}/roles")
    assert f"Nothing has changed for {person.display_name}." in client.get("/account/colleagues").get_data(as_text=True)
    authority = make_authority()
    officer = make_person(Role.AUDITOR, authority=authority)
    sign_in(client, make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority))
    fill(client, f"/account/colleagues/{officer.id}/roles", {"roles": ["auditor", "opener"]})
    assert "Opener: another person confirms this first." in client.get("/account/colleagues").get_data(as_text=True)
