"""Links that are mailed: a forgotten password, a confirmed and a changed address, over HTTP with a real mail server."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.accounts.link_models import LinkPurpose, MailedLink
from portal.accounts.mailed_links import LASTS
from portal.accounts.models import User
from portal.accounts.passwords import password_matches
from portal.audit.models import Event
from portal.config import Settings
from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from portal.notifications.models import Message
from tests.client import CheckedClient
from tests.factories.accounts import PASSWORD, current_code, make_person, sign_in
from tests.filling import errors_of, fields_of, fill, text_of
from tests.mailing import deliver, link_to, mails_to
from tests.services import Mailbox

pytestmark = pytest.mark.usefixtures("worker_environment")

FORGOTTEN = "/forgotten-password"
NEW = "three other words"


@pytest.fixture
def person(db_session: object) -> User:
    """A submitter with an authenticator."""
    return make_person(Role.SUBMITTER, email="demo@people.example")


def ask(client: CheckedClient, email: str = "demo@people.example") -> None:
    assert fill(client, FORGOTTEN, {"email": email}).location == "/forgotten-password/asked"


def subjects(mailbox: Mailbox, address: str) -> list[str]:
    return [str(mail["Subject"]) for mail in mails_to(mailbox, address)]


def test_a_forgotten_password_is_chosen_anew(client: CheckedClient, person: User, mailbox: Mailbox) -> None:
    """The link in the mail lets a new one be chosen; signing in with it still asks for the second factor."""
    ask(client)
    link = link_to(mailbox, "demo@people.example")
    assert fill(client, link, {"password": NEW}).location == "/sign-in"
    answer = fill(client, "/sign-in", {"email": "demo@people.example", "password": NEW})
    assert answer.location != "/sign-in"
    assert client.get("/account").location == "/sign-in/code?next=/account"
    assert fill(client, "/sign-in/code", {"factor_code": current_code()}).status_code == 302
    assert client.get("/account").status_code == 200
    assert subjects(mailbox, "demo@people.example")[-1] == "Your password was changed"


def test_a_new_password_ends_every_session(
    client: CheckedClient, new_client: Callable[[], CheckedClient], person: User, mailbox: Mailbox
) -> None:
    """Whoever sat at another browser is out at once."""
    theirs = new_client()
    sign_in(theirs, person)
    ask(client)
    fill(client, link_to(mailbox, "demo@people.example"), {"password": NEW})
    assert theirs.get("/account").location == "/sign-in?next=/account"


def test_opening_a_link_does_nothing_and_pressing_works_once(
    client: CheckedClient, person: User, mailbox: Mailbox
) -> None:
    """A program that opens every link of a mail uses nothing up; a used link is gone, and so are its twins (W-32)."""
    ask(client)
    ask(client)
    first, second = (link_to(mailbox, "demo@people.example"), mails_to(mailbox, "demo@people.example")[0])
    for _ in range(3):
        assert client.get(first).status_code == 200
    assert password_matches(person.password_hash, PASSWORD)
    form = fields_of(client.get(first))
    assert client.post(first, data=form | {"password": NEW}).location == "/sign-in"
    assert client.post(first, data=form | {"password": "again another one"}).status_code == 410
    twin = second.get_content().split("http://localhost")[1].split("\n")[0]
    assert "does not work any more" in text_of(client.get(twin))
    assert password_matches(person.password_hash, NEW)


def test_a_refused_password_does_not_use_the_link_up(client: CheckedClient, person: User, mailbox: Mailbox) -> None:
    """The reason stands beside the field, and the link still works."""
    ask(client)
    link = link_to(mailbox, "demo@people.example")
    assert errors_of(fill(client, link, {"password": "short"}))[0].startswith("Use at least 12 characters")
    assert fill(client, link, {"password": NEW}).location == "/sign-in"


def test_a_link_runs_out(client: CheckedClient, person: User, mailbox: Mailbox) -> None:
    """An hour after it was made a link for a new password is gone."""
    ask(client)
    link = link_to(mailbox, "demo@people.example")
    over = clock.now() - timedelta(seconds=1)
    db.session.execute(update(MailedLink).values(expires_at=over))
    assert LASTS[LinkPurpose.RESET_PASSWORD] == timedelta(hours=1)
    assert client.get(link).status_code == 410


def test_what_was_never_mailed_opens_nothing(client: CheckedClient, person: User) -> None:
    """A made-up token is answered as one that is used up."""
    assert client.get("/link/" + "A" * 43).status_code == 410


def test_whether_an_address_has_an_account_shows_nowhere(
    client: CheckedClient,
    person: User,
    mailbox: Mailbox,
    count_statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    """Known or not: the same answer, and the same statements in one order; only one of the two gets a mail (W-31)."""
    form = fields_of(client.get(FORGOTTEN))
    seen = []
    for email in ("nobody@people.example", "demo@people.example"):
        with count_statements() as statements:
            answer = client.post(FORGOTTEN, data=form | {"email": email})
        seen.append((answer.status_code, answer.location, list(statements)))
    assert seen[0] == seen[1]
    assert mails_to(mailbox, "nobody@people.example") == []
    assert len(mailbox.to("demo@people.example")) == 1


def test_nobody_s_mailbox_is_filled(client: CheckedClient, person: User, mailbox: Mailbox) -> None:
    """A stranger who asks again and again causes three mails in an hour, and the first link still works."""
    for _ in range(5):
        ask(client)
    deliver()
    links = [mail.get_content().split("http://localhost")[1].split("\n")[0] for mail in mailbox.received]
    assert len(links) == len(set(links)) == 3
    assert client.get(links[0]).status_code == 200


def test_a_token_stands_in_the_mail_alone(client: CheckedClient, person: User, mailbox: Mailbox) -> None:
    """Neither the inbox nor the ledger nor the table of links holds what would open the account (W-32)."""
    ask(client)
    token = link_to(mailbox, "demo@people.example").removeprefix("/link/")
    message = db.session.scalars(select(Message)).one()
    assert token not in message.body + message.link
    kept = [str(vars(row)) for row in (*db.session.scalars(select(MailedLink)), *db.session.scalars(select(Event)))]
    assert not [row for row in kept if token in row]


def test_until_it_is_confirmed_an_address_gets_the_confirmation_alone(
    client: CheckedClient, db_session: object, mailbox: Mailbox
) -> None:
    """Everything else waits in the inbox; after the press mail goes out, and the banner is gone."""
    person = make_person(Role.SUBMITTER, email="demo@people.example", email_confirmed_at=None)
    sign_in(client, person)
    banner = "Please confirm demo@people.example"
    page = client.get("/account")
    assert banner in page.get_data(as_text=True)
    form = {"old_password": PASSWORD, "password": NEW}
    assert fill(client, "/account/password", form).location == "/account"
    assert mails_to(mailbox, "demo@people.example") == []
    assert "Your password was changed" in text_of(client.get("/account/inbox"))
    again = fields_of(client.get("/account"), action="/account/address/confirmation")
    assert client.post("/account/address/confirmation", data=again).location == "/account"
    link = link_to(mailbox, "demo@people.example")
    assert len(mailbox.received) == 1
    assert person.email_confirmed_at is None
    client.get(link)
    assert person.email_confirmed_at is None
    assert fill(client, link).location == "/sign-in"
    assert banner not in client.get("/account").get_data(as_text=True)
    ask(client)
    assert len(mails_to(mailbox, "demo@people.example")) == 2


def test_the_confirmation_is_mailed_three_times_an_hour_at_most(
    client: CheckedClient, db_session: object, mailbox: Mailbox
) -> None:
    """A fourth press says what to do instead."""
    sign_in(client, make_person(Role.CONTRIBUTOR, email="demo@people.example", email_confirmed_at=None))
    for _ in range(4):
        form = fields_of(client.get("/account"), action="/account/address/confirmation")
        client.post("/account/address/confirmation", data=form)
        deliver()
    assert "three times in the last hour" in client.get("/account").get_data(as_text=True)
    assert len(mailbox.received) == 3


def change_to(client: CheckedClient, email: str, password: str = PASSWORD) -> str:
    answer = fill(client, "/account/address", {"email": email, "password": password})
    return answer.location or " ".join(errors_of(answer))


def test_an_address_changes_when_the_new_one_is_confirmed(
    client: CheckedClient, person: User, mailbox: Mailbox
) -> None:
    """Until the press at the new address the old one stays; the old one is told; then one signs in with the new one."""
    sign_in(client, person)
    assert change_to(client, "new@people.example") == "/account"
    link = link_to(mailbox, "new@people.example")
    assert subjects(mailbox, "demo@people.example") == ["Your e-mail address is about to change"]
    assert person.email == "demo@people.example"
    assert fill(client, link).location == "/sign-in"
    assert person.email == "new@people.example"
    assert subjects(mailbox, "new@people.example")[-1] == "Your e-mail address is changed"


@pytest.mark.parametrize("taken", [False, True], ids=["before it is taken", "after it is taken"])
def test_the_old_address_stops_a_change(
    client: CheckedClient, new_client: Callable[[], CheckedClient], person: User, mailbox: Mailbox, taken: bool
) -> None:
    """Whoever sits at the account is out, the old address counts, and a new password is chosen from there (W-33)."""
    thief, owner = client, new_client()
    sign_in(thief, person)
    change_to(thief, "thief@people.example")
    theirs, stop = link_to(mailbox, "thief@people.example"), link_to(mailbox, "demo@people.example")
    if taken:
        fill(thief, theirs)
    assert fill(owner, stop).location == "/sign-in"
    assert person.email == "demo@people.example"
    assert thief.get("/account").location == "/sign-in?next=/account"
    assert thief.get(theirs).status_code == 410
    assert fill(owner, link_to(mailbox, "demo@people.example"), {"password": NEW}).location == "/sign-in"
    assert password_matches(person.password_hash, NEW)


def test_the_first_address_wins_over_later_changes(
    client: CheckedClient, new_client: Callable[[], CheckedClient], person: User, mailbox: Mailbox
) -> None:
    """Two changes in a row do not end the first address's way back, also when the second one was stopped in between."""
    sign_in(client, person)
    change_to(client, "second@people.example")
    fill(client, link_to(mailbox, "second@people.example"))
    change_to(client, "third@people.example")
    fill(client, link_to(mailbox, "third@people.example"))
    fill(client, link_to(mailbox, "second@people.example"))
    assert person.email == "second@people.example"
    assert fill(new_client(), link_to(mailbox, "demo@people.example")).location == "/sign-in"
    assert person.email == "demo@people.example"


def test_a_taken_address_is_told_to_its_owner_alone(client: CheckedClient, person: User, mailbox: Mailbox) -> None:
    """Who wants it reads the same as for a free one; who has it gets a mail, and nothing changes."""
    make_person(Role.CONTRIBUTOR, email="owner@people.example")
    sign_in(client, person)
    assert change_to(client, "owner@people.example") == change_to(client, "free@people.example") == "/account"
    assert subjects(mailbox, "owner@people.example") == ["Your e-mail address was given for another account"]
    assert person.email == "demo@people.example"


def test_an_address_given_up_lately_cannot_be_registered(client: CheckedClient, person: User, mailbox: Mailbox) -> None:
    """For seven days it stays its old owner's to go back to."""
    sign_in(client, person)
    change_to(client, "new@people.example")
    fill(client, link_to(mailbox, "new@people.example"))
    other = make_person(Role.CONTRIBUTOR, email="other@people.example")
    sign_in(client, other)
    change_to(client, "demo@people.example")
    assert [mail["Subject"] for mail in mails_to(mailbox, "demo@people.example")][1:] == []
    assert other.email == "other@people.example"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"email": "demo@people.example", "password": PASSWORD}, "This is your address already."),
        ({"email": "rené@people.example", "password": PASSWORD}, "Many mail servers cannot deliver"),
        ({"email": "new@people.example", "password": "wrong"}, "That is not your password."),
    ],
)
def test_a_change_is_refused_with_its_reason(
    client: CheckedClient, person: User, typed: dict[str, str], said: str
) -> None:
    """One's own address, one that no letter reaches, and the wrong password."""
    sign_in(client, person)
    assert errors_of(fill(client, "/account/address", typed))[0].startswith(said)


def test_a_change_asks_for_the_second_factor_of_whoever_has_one(client: CheckedClient, person: User) -> None:
    """An empty box is asked for in words, and not called wrong."""
    sign_in(client, person, fresh_factor=False)
    typed = {"email": "new@people.example", "password": PASSWORD}
    assert errors_of(fill(client, "/account/address", typed)) == [
        "Type the code that your authenticator app shows, or one of your recovery codes."
    ]
    assert fill(client, "/account/address", typed | {"factor_code": current_code()}).location == "/account"


def test_the_links_run_below_the_public_address(
    client: CheckedClient, person: User, mailbox: Mailbox, worker_environment: Settings
) -> None:
    """What the mail shows is an address of this portal and nothing else."""
    ask(client)
    link = link_to(mailbox, "demo@people.example")
    body = mailbox.received[-1].get_content()
    shown = [word for word in body.split() if "://" in word]
    assert f"{worker_environment.public_url}{link}" in shown
    assert [word for word in shown if not word.startswith(f"{worker_environment.public_url}/")] == []
