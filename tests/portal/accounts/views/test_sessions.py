"""Where somebody is signed in, over HTTP with a real mail server."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.accounts.models import User
from portal.accounts.sessions import sessions_of
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.permissions import Role
from tests.client import CheckedClient
from tests.factories.accounts import PASSWORD, make_person, sign_in
from tests.factories.organisations import make_provider
from tests.filling import fields_of, fill, press, text_of
from tests.mailing import link_to, mails_to
from tests.services import Mailbox

FIREFOX = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"}
SESSIONS = "/account/sessions"


@pytest.fixture
def person(db_session: object) -> User:
    """Somebody who signs in with a password alone."""
    return make_person(Role.CONTRIBUTOR, email="demo@people.example")


def sign_in_at(client: CheckedClient, headers: dict[str, str] | None = None) -> None:
    """Through the page, as a browser does."""
    form = fields_of(client.get("/sign-in")) | {"email": "demo@people.example", "password": PASSWORD}
    assert client.post("/sign-in", data=form, headers=headers).status_code == 302


def test_the_list_tells_which_browser_and_ends_another(
    client: CheckedClient, new_client: Callable[[], CheckedClient], person: User
) -> None:
    """This one is marked and cannot be ended there; the other is signed out at its next request."""
    other = new_client()
    sign_in_at(other, FIREFOX)
    sign_in_at(client)
    shown = text_of(client.get(SESSIONS))
    assert "Firefox on Windows" in shown
    assert "This one" in shown
    assert "140" not in shown
    theirs = next(found for found in sessions_of(person.id, clock.now()) if found.browser == "Firefox on Windows")
    assert press(client, SESSIONS, f"{SESSIONS}/{theirs.id}/end").location == SESSIONS
    assert other.get("/account").location == "/sign-in?next=/account"
    assert client.get("/account").status_code == 200


def test_all_others_end_at_once(client: CheckedClient, new_client: Callable[[], CheckedClient], person: User) -> None:
    """And the button is there only while there are others."""
    others = [new_client(), new_client()]
    for browser in (*others, client):
        sign_in(browser, person)
    assert press(client, SESSIONS, f"{SESSIONS}/end-others").location == SESSIONS
    assert [browser.get("/account").status_code for browser in others] == [302, 302]
    assert "End all others" not in text_of(client.get(SESSIONS))


def test_nobody_ends_a_stranger_s_session(
    client: CheckedClient, new_client: Callable[[], CheckedClient], person: User
) -> None:
    """Another person's session does not exist here."""
    stranger = make_person(Role.CONTRIBUTOR)
    theirs = new_client()
    sign_in(theirs, stranger)
    sign_in(client, person)
    [session] = sessions_of(stranger.id, clock.now())
    token = fields_of(client.get("/account/password"))["csrf_token"]
    assert client.post(f"{SESSIONS}/{session.id}/end", data={"csrf_token": token}).status_code == 404
    assert theirs.get("/account").status_code == 200


@pytest.mark.usefixtures("worker_environment")
def test_a_new_browser_is_told(
    client: CheckedClient, new_client: Callable[[], CheckedClient], person: User, mailbox: Mailbox
) -> None:
    """The first browser and one that comes back are not; a second one is, by mail and in the inbox, in words."""
    sign_in_at(client)
    press(client, "/account", "/sign-out")
    sign_in_at(client)
    assert mails_to(mailbox, "demo@people.example") == []
    sign_in_at(new_client(), FIREFOX)
    [mail] = mails_to(mailbox, "demo@people.example")
    assert mail["Subject"] == "Somebody signed in to your account in a new browser"
    assert "Firefox on Windows" in mail.get_content()
    assert mail.get_content().count("/account/sessions") == 1
    assert "new browser" in text_of(client.get("/account/inbox"))
    recorded = " ".join(str(event.data) for event in events_of("system"))
    assert "Firefox" not in recorded


@pytest.mark.usefixtures("worker_environment")
def test_the_browser_of_a_mailed_link_is_no_new_one(
    client: CheckedClient, new_client: Callable[[], CheckedClient], person: User, mailbox: Mailbox
) -> None:
    """Whoever chose a new password there with their mail’s link is not told of it; of any other browser they are."""
    sign_in_at(client)
    here = new_client()
    fill(here, "/forgotten-password", {"email": "demo@people.example"})
    fill(here, link_to(mailbox, "demo@people.example"), {"password": PASSWORD})
    told = len(mails_to(mailbox, "demo@people.example"))
    sign_in_at(here)
    assert len(mails_to(mailbox, "demo@people.example")) == told
    sign_in_at(new_client(), FIREFOX)
    assert "new browser" in str(mails_to(mailbox, "demo@people.example")[-1]["Subject"])


def test_an_administrator_signs_a_colleague_out(
    client: CheckedClient, new_client: Callable[[], CheckedClient], db_session: object
) -> None:
    """Everywhere and at once, after asking; the colleague comes back with the same access."""
    provider = make_provider()
    colleague = make_person(Role.CONTRIBUTOR, provider=provider, email="demo@people.example")
    theirs = new_client()
    sign_in(theirs, colleague)
    sign_in(client, make_person(Role.PROVIDER_ADMINISTRATOR, provider=provider))
    address = f"/account/colleagues/{colleague.id}/sign-out"
    assert theirs.get("/account").status_code == 200
    assert fill(client, address).location == "/account/colleagues"
    assert theirs.get("/account").location == "/sign-in?next=/account"
    sign_in_at(theirs)
    assert theirs.get("/provider/organisation").status_code == 200
    sign_in(theirs, colleague)
    assert theirs.get(address).status_code == 403
    assert theirs.post(address, data=fields_of(theirs.get("/account/name"))).status_code == 403


def test_a_name_changes_everywhere(client: CheckedClient, person: User) -> None:
    """On the page and in the record that it was changed, which holds neither name; an empty one is refused."""
    sign_in(client, person)
    assert fill(client, "/account/name", {"name": " "}).status_code == 422
    assert fill(client, "/account/name", {"name": "Demo  Renamed"}).location == "/account"
    assert "Demo Renamed" in text_of(client.get("/account"))
    [event] = [event for event in events_of("system") if event.kind == "name_changed"]
    assert (event.actor_id, event.data) == (person.id, {})


def test_the_language_of_mail_is_a_choice(client: CheckedClient, person: User) -> None:
    """What is not offered is refused beside the field."""
    sign_in(client, person)
    assert fill(client, "/account/language", {"language": "cy"}).status_code == 422
    assert fill(client, "/account/language", {"language": "en"}).location == "/account"
