"""The pages for signing in and out, registering, joining, and the card."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from bs4 import BeautifulSoup
from flask import Flask, current_app
from sqlalchemy import func, select

from portal.accounts.card_models import CardPurpose
from portal.accounts.cards import issue_card
from portal.accounts.handed_codes import hand_out
from portal.accounts.models import FailedGuess, User, UserSession
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from portal.organisations.models import Provider
from portal.regulation.seeding import seed_reference_data
from tests.client import CheckedClient
from tests.factories.accounts import (
    PASSWORD,
    PIN,
    actor_of,
    current_code,
    make_person,
    sign_in,
)
from tests.factories.organisations import make_provider
from tests.factories.tendering import draft_itt, panel_named
from tests.filling import errors_of, fields_of, fill, link_in, press, sit_down, text_of
from tests.mailing import link_to
from tests.services import Mailbox

CREDENTIALS = {"email": "demo@people.example", "password": PASSWORD}
REGISTRATION = {
    "name": "Demo Person",
    "email": "demo@people.example",
    "password": "three random words",
    "organisation_name": "Demo Family Support CIC",
    "company_number": "9506232",
    "charity_number": "",
    "address": "2 Demo Street\nDemotown",
    "postcode": "DE1 2BB",
    "is_vcse": "y",
    "codes": ["85311300"],
}


def cookie(client: CheckedClient) -> str:
    """The session cookie's value."""
    held = client.get_cookie("fairlot")
    return held.value if held else ""


def with_cookie(client: CheckedClient, value: str) -> CheckedClient:
    """The client, carrying a captured cookie."""
    client.set_cookie("fairlot", value)
    return client


@pytest.fixture
def contributor(db_session: object) -> User:
    """Somebody who signs in with a password alone."""
    return make_person(Role.CONTRIBUTOR, email="demo@people.example")


@pytest.fixture
def submitter(db_session: object) -> User:
    """Somebody who signs in with a second factor."""
    return make_person(Role.SUBMITTER, email="demo@people.example")


def test_a_password_is_enough_for_a_contributor(client: CheckedClient, contributor: User) -> None:
    """After signing in the account page opens."""
    assert client.get("/account").location == "/sign-in?next=/account"
    answer = fill(client, "/sign-in?next=/account", CREDENTIALS)
    assert (answer.status_code, answer.location) == (302, "/account")
    assert "demo@people.example" in text_of(client.get("/account"))


def test_a_wrong_password_keeps_the_address_and_says_nothing_more(client: CheckedClient, contributor: User) -> None:
    """A wrong password and an unknown address are answered alike; the address stays, the password does not."""
    wrong = fill(client, "/sign-in", CREDENTIALS | {"password": "wrong"})
    unknown = fill(client, "/sign-in", CREDENTIALS | {"email": "nobody@people.example"})
    assert wrong.status_code == unknown.status_code == 422
    assert errors_of(wrong) == errors_of(unknown) == ["The e-mail address or the password is not right."]
    assert fields_of(wrong)["email"] == "demo@people.example"
    assert (fields_of(wrong)["password"], fields_of(unknown)["password"]) == ("", "")


def test_whoever_registers_instead_keeps_the_page_that_was_asked_for(client: CheckedClient, db_session: object) -> None:
    """The way from "Apply to join" through signing in to registering."""
    page = client.get("/sign-in?next=/frameworks").get_data(as_text=True)
    assert 'href="/register?next=/frameworks"' in page


def test_empty_fields_are_named(client: CheckedClient, db_session: object) -> None:
    """Nothing typed costs no try and says what is missing."""
    answer = fill(client, "/sign-in", {"email": "", "password": ""})
    assert errors_of(answer) == ["Enter your e-mail address.", "Enter your password."]
    assert db.session.scalar(select(func.count(FailedGuess.id))) == 0


def test_too_many_tries_are_answered_429(client: CheckedClient, contributor: User) -> None:
    """Whoever goes on is told how long to wait, in words and in the header, and keeps what was typed."""
    for _ in range(5):
        fill(client, "/sign-in", CREDENTIALS | {"password": "wrong"})
    answer = fill(client, "/sign-in", CREDENTIALS)
    assert answer.status_code == 429
    wait = int(answer.headers["Retry-After"])
    assert 25 <= wait <= 30
    assert errors_of(answer) == [f"There were too many wrong tries. Wait {wait} seconds, then try again."]
    assert fields_of(answer)["email"] == "demo@people.example"


def test_a_stranger_keeps_nobody_out_of_their_own_browser(
    client: CheckedClient, new_client: Callable[[], CheckedClient], contributor: User
) -> None:
    """However a rival guesses, also from the same address, the person signs in where they have signed in before."""
    fill(client, "/sign-in", CREDENTIALS)
    press(client, "/account", "/sign-out")
    rival = new_client()
    for _ in range(7):
        answer = fill(rival, "/sign-in", CREDENTIALS | {"password": "wrong"})
    assert answer.status_code == 429
    assert fill(client, "/sign-in", CREDENTIALS).status_code == 302


def test_a_young_person_s_sitting_leaves_nothing_in_the_browser(client: CheckedClient, db_session: object) -> None:
    """A shared tablet keeps no cookie beyond the sitting."""
    panel = panel_named(draft_itt(), "young-people")
    facilitator, member = make_person(Role.FACILITATOR, panel=panel), make_person(Role.YOUNG_MEMBER, panel=panel)
    keys = client.application.extensions["keys"]
    card = issue_card(member_user=member, issued_by=actor_of(facilitator), keys=keys, now=clock.now())
    assert sit_down(client, card.code).status_code == 302
    assert client.get_cookie("fairlot-device") is None


def test_a_form_without_its_token_is_refused(client: CheckedClient, contributor: User) -> None:
    """Without the form's token, or with another visitor's, nobody is signed in (W-01)."""
    assert client.post("/sign-in", data=CREDENTIALS).status_code == 400
    assert client.post("/sign-in", data=CREDENTIALS | {"csrf_token": "made-up"}).status_code == 400
    assert db.session.scalar(select(func.count(UserSession.id))) == 0


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/%09/evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "",
    ],
)
def test_signing_in_leads_to_this_site_only(client: CheckedClient, contributor: User, target: str) -> None:
    """Whatever `next` says, the browser stays here (W-10)."""
    page = client.get("/sign-in", query_string={"next": target})
    answer = client.post("/sign-in", query_string={"next": target}, data=fields_of(page) | CREDENTIALS)
    assert answer.status_code == 302
    assert "evil" not in answer.location.replace("/%09/evil.example", "")
    assert answer.location.startswith("/")
    assert not answer.location.startswith(("//", "/\\"))


def test_a_submitter_waits_for_the_code(client: CheckedClient, submitter: User) -> None:
    """Until the code is shown every page leads to it, and then to the page that was asked for (W-07)."""
    assert fill(client, "/sign-in?next=/account/password", CREDENTIALS).location == "/account/password"
    assert client.get("/account/password").location == "/sign-in/code?next=/account/password"
    assert client.get("/provider/organisation").location == "/sign-in/code?next=/provider/organisation"
    answer = fill(client, "/sign-in/code?next=/account/password", {"factor_code": current_code()})
    assert answer.location == "/account/password"
    assert client.get("/account/password").status_code == 200


def test_waiting_for_the_code_no_form_is_taken(client: CheckedClient, submitter: User) -> None:
    """A form posted between password and code changes nothing."""
    page = fields_of(client.get("/sign-in"))
    client.post("/sign-in", data=page | CREDENTIALS)
    token = fields_of(client.get("/sign-in/code"))["csrf_token"]
    typed = {"csrf_token": token, "old_password": PASSWORD, "password": "another long password"}
    answer = client.post("/account/password", data=typed)
    assert answer.location == "/sign-in/code"
    assert client.post("/account/second-factor/authenticator", data={"csrf_token": token}).location == "/sign-in/code"
    assert client.get("/account/second-factor/passkeys/add").location == "/sign-in/code"
    assert client.get("/account/second-factor").location == "/sign-in/code"


@pytest.mark.parametrize("typed", ["", "12345", "abcdef"])
def test_a_wrong_code_is_said_beside_the_field(client: CheckedClient, submitter: User, typed: str) -> None:
    """The page stays, and so does the wait."""
    fill(client, "/sign-in", CREDENTIALS)
    answer = fill(client, "/sign-in/code", {"factor_code": typed})
    assert answer.status_code == 422
    assert len(errors_of(answer)) == 1
    assert client.get("/account").location == "/sign-in/code?next=/account"


def test_a_used_code_does_not_sign_in_again(new_client: Callable[[], CheckedClient], submitter: User) -> None:
    """Somebody who looked over the shoulder cannot use the same code (W-07)."""
    code = current_code()
    first, second = new_client(), new_client()
    for client in (first, second):
        fill(client, "/sign-in", CREDENTIALS)
    assert fill(first, "/sign-in/code", {"factor_code": code}).status_code == 302
    assert fill(second, "/sign-in/code", {"factor_code": code}).status_code == 422


def test_the_session_changes_at_each_step(client: CheckedClient, submitter: User) -> None:
    """A cookie from before the password, or from before the code, is worth nothing afterwards (W-02)."""
    before = cookie(client) or "planted"
    fill(client, "/sign-in", CREDENTIALS)
    half_way = cookie(client)
    fill(client, "/sign-in/code", {"factor_code": current_code()})
    whole = cookie(client)
    assert len({before, half_way, whole}) == 3
    assert client.get("/account").status_code == 200
    assert with_cookie(client, half_way).get("/account").location == "/sign-in?next=/account"


def test_a_captured_cookie_is_worth_nothing_after_signing_out(
    client: CheckedClient, new_client: Callable[[], CheckedClient], contributor: User
) -> None:
    """The row ends with the sign-out, so a copy of the cookie ends as well (W-03)."""
    fill(client, "/sign-in", CREDENTIALS)
    captured = cookie(client)
    thief = with_cookie(new_client(), captured)
    assert thief.get("/account").status_code == 200
    assert press(client, "/account", "/sign-out").location == "/sign-in"
    assert with_cookie(new_client(), captured).get("/account").location == "/sign-in?next=/account"


def test_signing_out_is_a_post_with_a_token(client: CheckedClient, contributor: User) -> None:
    """A link or another site's form signs nobody out."""
    sign_in(client, contributor)
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").status_code == 400
    assert client.get("/account").status_code == 200


def test_signing_in_as_somebody_else_ends_the_session_before(
    client: CheckedClient, new_client: Callable[[], CheckedClient], contributor: User
) -> None:
    """A browser holds one session; the one before is over wherever it was copied to."""
    stale = sign_in(client, make_person(Role.CONTRIBUTOR, email="first@people.example"))
    captured = cookie(client)
    page = new_client().get("/sign-in")
    client.delete_cookie("fairlot")
    with_cookie(client, captured)
    form = fields_of(page)
    with client.session_transaction() as held:
        held["_user_id"] = stale
    fetched = client.get("/how-we-protect-your-bid")
    form["csrf_token"] = fields_of(fetched, action="/sign-out")["csrf_token"]
    assert client.post("/sign-in", data=form | CREDENTIALS).status_code == 302
    assert with_cookie(new_client(), captured).get("/account").location == "/sign-in?next=/account"


def test_using_the_portal_is_noted_without_changing_anything_else(fresh_app: Flask) -> None:
    """A page that is looked at moves the session's last use, once a minute, and nothing more."""
    with fresh_app.app_context():
        client = fresh_app.test_client()
        sign_in(client, make_person(Role.CONTRIBUTOR))
        session = db.session.scalars(select(UserSession)).one()
        before = session.last_seen_at = clock.now() - timedelta(minutes=10)
        client.get("/account")
        moved = session.last_seen_at
        client.get("/account")
        assert clock.now() - moved < timedelta(minutes=1)
        assert session.last_seen_at == moved > before
        assert events_of("system") == []


def test_brute_force_on_the_code_waits(fresh_app: Flask) -> None:
    """The sixth code is not looked at, though it is right, and the refusals are kept (W-07)."""
    with fresh_app.app_context():
        client = fresh_app.test_client()
        make_person(Role.SUBMITTER, email="demo@people.example")
        fill(client, "/sign-in", CREDENTIALS)
        wrong = f"{(int(current_code()) + 500_000) % 1_000_000:06}"
        statuses = [fill(client, "/sign-in/code", {"factor_code": wrong}).status_code for _ in range(5)]
        assert statuses == [422] * 5
        assert fill(client, "/sign-in/code", {"factor_code": current_code()}).status_code == 429
        assert client.get("/account").location == "/sign-in/code?next=/account"


def test_registering_leads_to_the_authenticator_and_then_back(client: CheckedClient, db_session: object) -> None:
    """A new organisation's person signs in, sets up the second factor and is at work where they came from."""
    seed_reference_data(db.session.connection())
    answer = fill(client, "/register?next=/provider/organisation", REGISTRATION)
    assert answer.location == "/sign-in?next=/provider/organisation"
    assert "We have written to demo@people.example" in client.get(answer.location).get_data(as_text=True)
    typed = {"email": "demo@people.example", "password": REGISTRATION["password"]}
    assert fill(client, answer.location, typed).location == "/provider/organisation"
    assert client.get("/provider/organisation").location == "/sign-in/code?next=/provider/organisation"
    assert client.get("/sign-in/code").location == "/account/second-factor"
    page = client.get("/account/second-factor/authenticator")
    key = BeautifulSoup(page.data, "html.parser").select_one("code.fl-hash")
    assert key is not None
    code = pyotp.TOTP("".join(key.get_text().split())).at(clock.now())
    done = client.post(
        "/account/second-factor/authenticator?next=/provider/organisation", data=fields_of(page) | {"factor_code": code}
    )
    assert "Print or save your recovery codes" in text_of(done)
    assert link_in(done, "I have kept them") == "/provider/organisation"
    shown = text_of(client.get("/provider/organisation"))
    assert "Demo Family Support CIC" in shown
    assert "Not yet verified" in shown
    assert "Welfare services for children and young people" in shown


@pytest.mark.usefixtures("worker_environment")
def test_registering_with_a_taken_address_reads_the_same(
    client: CheckedClient, contributor: User, mailbox: Mailbox
) -> None:
    """The page says what it says to everybody; the owner is told by mail, with a way in, and nothing is made."""
    seed_reference_data(db.session.connection())
    free = fill(client, "/register", REGISTRATION | {"email": "free@people.example"})
    said = client.get("/sign-in").get_data(as_text=True)
    other = REGISTRATION | {"organisation_name": "Demo Trust", "company_number": "00000007"}
    taken = fill(client, "/register", other)
    assert (taken.status_code, taken.location) == (free.status_code, free.location)
    again = client.get("/sign-in").get_data(as_text=True)
    assert text_only(again) == text_only(said).replace("free@people.example", "demo@people.example")
    assert db.session.scalars(select(Provider.name).where(Provider.name == "Demo Trust")).all() == []
    link = link_to(mailbox, "demo@people.example")
    assert [mail["Subject"] for mail in mailbox.to("demo@people.example")] == ["You have an account already"]
    assert [mail["Subject"] for mail in mailbox.to("free@people.example")] == ["Is this your e-mail address?"]
    assert fill(client, link, {"password": "three other words"}).location == "/sign-in"


def text_only(page: str) -> str:
    return BeautifulSoup(page, "html.parser").get_text(" ", strip=True)


def test_a_refused_registration_keeps_what_was_typed(client: CheckedClient, db_session: object) -> None:
    """Everything that is wrong is said at once, in the order of the page; everything else is still there."""
    seed_reference_data(db.session.connection())
    typed = REGISTRATION | {"postcode": "nowhere", "company_number": "1", "email": "nobody"}
    answer = fill(client, "/register", typed)
    assert answer.status_code == 422
    assert [message.split()[:3] for message in errors_of(answer)] == [
        ["Enter", "an", "e-mail"], ["A", "company", "number"], ["Enter", "a", "full"]
    ]  # fmt: skip
    held = fields_of(answer)
    kept = {name: held[name] for name in typed if name not in {"password", "is_vcse"}}
    assert kept == {name: value for name, value in typed.items() if name not in {"password", "is_vcse"}}
    assert (held["password"], held["is_vcse"]) == ("", ["y"])
    assert db.session.scalar(select(func.count(Provider.id))) == 0
    empty = fill(client, "/register", {name: "" for name in REGISTRATION if name != "codes"})
    assert [message.split()[-1] for message in errors_of(empty)] == [
        "name.", "address.", "password.", "name.", "are.", "address.", "postcode."
    ]  # fmt: skip


def test_a_good_password_need_not_be_typed_again(client: CheckedClient, db_session: object) -> None:
    """The page carries it sealed, for an hour, and says so; one that is refused is typed again."""
    seed_reference_data(db.session.connection())
    answer = fill(client, "/register", REGISTRATION | {"postcode": "nowhere"})
    assert "We keep the password that you chose." in text_of(answer)
    assert REGISTRATION["password"] not in answer.get_data(as_text=True)
    held = fields_of(answer)
    assert client.post("/register", data=held | {"postcode": "DE1 2BB"}).location == "/sign-in"
    typed = {"email": "demo@people.example", "password": REGISTRATION["password"]}
    assert fill(client, "/sign-in", typed).status_code == 302
    weak = fill(client, "/register", REGISTRATION | {"password": "short"})
    assert fields_of(weak)["sealed_password"] == ""
    planted = client.post("/register", data=fields_of(weak) | {"password": "", "sealed_password": "bm90aGluZw=="})
    assert errors_of(planted)[0] == "Choose a password."


def test_a_look_alike_name_shows_the_box_to_tick(client: CheckedClient, db_session: object) -> None:
    """The question appears with the warning only, and ticking the box answers it."""
    seed_reference_data(db.session.connection())
    make_provider("Demo Family Support CIC")
    assert "name_confirmed" not in fields_of(client.get("/register"))
    warned = fill(client, "/register", REGISTRATION)
    assert errors_of(warned)[0].startswith("Is this “Demo Family Support CIC”, which is registered here?")
    typed = fields_of(warned) | REGISTRATION | {"name_confirmed": "y"}
    assert client.post("/register", data=typed).location == "/sign-in"


def test_a_name_with_markup_is_shown_as_text(client: CheckedClient, db_session: object) -> None:
    """Markup and template signs in a name come back as they were typed (W-11, W-15)."""
    seed_reference_data(db.session.connection())
    name = "<script>alert(1)</script> {{ 7*7 }} %s"
    answer = fill(client, "/register", REGISTRATION | {"organisation_name": name, "postcode": ""})
    assert fields_of(answer)["organisation_name"] == name
    assert b"<script>alert" not in answer.data


def test_a_nul_in_a_name_breaks_nothing(client: CheckedClient, db_session: object) -> None:
    """A character that PostgreSQL cannot store is dropped (W-13)."""
    seed_reference_data(db.session.connection())
    answer = fill(client, "/register", REGISTRATION | {"organisation_name": "Demo\x00 Support", "name": "A\x00B"})
    assert answer.location == "/sign-in"
    assert db.session.scalars(select(Provider.name)).one() == "Demo Support"


def test_a_young_person_comes_in_with_a_card(
    client: CheckedClient, new_client: Callable[[], CheckedClient], db_session: object
) -> None:
    """Code and PIN lead to the sitting; the page shows the alias and asks for no name."""
    panel = panel_named(draft_itt(), "young-people")
    member = make_person(Role.YOUNG_MEMBER, panel=panel, display_name="Kestrel")
    facilitator = actor_of(make_person(Role.FACILITATOR, panel=panel))
    keys = client.application.extensions["keys"]
    card = issue_card(member_user=member, issued_by=facilitator, keys=keys, now=clock.now())
    chosen = fill(client, "/sitting", {"code": card.code.lower()})
    assert "Pick a PIN" in text_of(chosen)
    unlike = client.post("/sitting", data=fields_of(chosen) | {"pin": PIN, "again": "1"})
    assert "That was not the same. Type your PIN two times." in errors_of(unlike)
    assert client.post("/sitting", data=fields_of(unlike) | {"pin": PIN, "again": PIN}).status_code == 302
    assert "Kestrel" in client.get("/accessibility").get_data(as_text=True)
    elsewhere = new_client()
    asked = fill(elsewhere, "/sitting", {"code": card.code})
    assert "Type your PIN" in text_of(asked)
    for pin, message in (("", "Type your PIN."), ("1357", "That is not your PIN.")):
        refused = elsewhere.post("/sitting", data=fields_of(asked) | {"pin": pin})
        assert refused.status_code == 422
        assert message in errors_of(refused)[0]
    wrong = fill(elsewhere, "/sitting", {"code": "0000-0000-0000"})
    assert "That code did not work." in errors_of(wrong)[0]
    assert press(client, "/accessibility", "/sign-out").location == "/sitting"


def test_a_young_person_sees_no_adult_s_pages(client: CheckedClient, db_session: object) -> None:
    """With a card's session the pages of providers, officers and the password are refused (Y-05)."""
    panel = panel_named(draft_itt(), "young-people")
    sign_in(client, make_person(Role.YOUNG_MEMBER, panel=panel))
    addresses = ["/provider/organisation", "/commissioning/providers", "/account/password"]
    addresses += ["/account/second-factor"]
    assert [client.get(address).status_code for address in addresses] == [403] * 4
    assert client.get("/account/colleagues").status_code == 404


def test_a_colleague_joins_on_the_page(client: CheckedClient, db_session: object) -> None:
    """A code on paper sets the password; a wrong code is told so."""
    person = make_person(Role.CONTRIBUTOR, email="new@people.example", password_hash=None, email_confirmed_at=None)
    code = hand_out(
        user_id=person.id,
        purpose=CardPurpose.JOINING,
        issued_by_id=make_person().id,
        lasts=timedelta(days=14),
        keys=current_app.extensions["keys"],
        now=clock.now(),
    )
    wrong = fill(client, "/join", {"code": "0000-0000-0000", "password": "three random words"})
    assert errors_of(wrong)[0].startswith("That code does not work.")
    assert fill(client, "/join", {"code": code, "password": "three random words"}).location == "/sign-in"
    answer = fill(client, "/sign-in", {"email": "new@people.example", "password": "three random words"})
    assert answer.status_code == 302
