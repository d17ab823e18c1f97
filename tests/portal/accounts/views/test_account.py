"""One's own account."""

from __future__ import annotations

from collections.abc import Callable

import pyotp
import pytest
from bs4 import BeautifulSoup

from portal.accounts.models import User
from portal.accounts.passwords import password_matches
from portal.accounts.second_factor import secret_of
from portal.core import clock
from portal.core.permissions import Role
from tests.client import CheckedClient
from tests.factories.accounts import PASSWORD, current_code, make_person, sign_in
from tests.filling import errors_of, fields_of, fill, text_of


@pytest.fixture
def officer(db_session: object) -> User:
    """An officer with an authenticator."""
    return make_person(Role.COMMISSIONER, Role.OPENER, display_name="Demo Officer")


def test_the_account_says_who_one_is_here(client: CheckedClient, officer: User) -> None:
    """Name, address, organisation and what one may do, in words."""
    sign_in(client, officer)
    shown = text_of(client.get("/account"))
    for expected in ("Demo Officer", str(officer.email), "Commissioner, Opener", "Second factor Set up"):
        assert expected in shown


def test_the_password_changes_and_other_browsers_are_signed_out(
    client: CheckedClient, new_client: Callable[[], CheckedClient], officer: User
) -> None:
    """The browser that changed it stays signed in under a new session; the other does not (W-03)."""
    other = new_client()
    sign_in(other, officer)
    sign_in(client, officer)
    held = client.get_cookie("fairlot")
    answer = fill(client, "/account/password", {"old_password": PASSWORD, "password": "another long password"})
    assert answer.location == "/account"
    assert password_matches(officer.password_hash, "another long password")
    assert client.get("/account").status_code == 200
    assert other.get("/account").location == "/sign-in?next=/account"
    assert held is not None
    other.set_cookie("fairlot", held.value)
    assert other.get("/account").location == "/sign-in?next=/account"


def test_a_wrong_present_password_is_said(client: CheckedClient, officer: User) -> None:
    """Nothing changes, and no password is shown again."""
    sign_in(client, officer)
    answer = fill(client, "/account/password", {"old_password": "wrong", "password": "another long password"})
    assert errors_of(answer) == ["That is not your present password."]
    assert {fields_of(answer)[name] for name in ("old_password", "password")} == {""}


def test_replacing_the_authenticator_asks_for_the_present_one_first(
    client: CheckedClient, new_client: Callable[[], CheckedClient], officer: User
) -> None:
    """Without a fresh code there is no new secret to see; with it the old one stops working, and other sessions end."""
    other = new_client()
    sign_in(other, officer)
    sign_in(client, officer, fresh_factor=False)
    page = client.get("/account/second-factor/authenticator")
    assert "svg" not in [tag.name for tag in BeautifulSoup(page.data, "html.parser").select("main svg.fl-qr")]
    planted = client.post(
        "/account/second-factor/authenticator", data=fields_of(page) | {"proposal": "x", "factor_code": "1"}
    )
    assert planted.status_code == 422
    assert fill(client, "/account/second-factor/authenticator", {"factor_code": current_code()}).status_code == 302
    page = client.get("/account/second-factor/authenticator")
    drawn = BeautifulSoup(page.data, "html.parser")
    assert len(drawn.select("svg.fl-qr")) == 1
    secret = "".join(drawn.select("code.fl-hash")[0].get_text().split())
    code = pyotp.TOTP(secret).at(clock.now())
    assert (
        client.post("/account/second-factor/authenticator", data=fields_of(page) | {"factor_code": code}).status_code
        == 302
    )
    assert secret_of(officer, keys=client.application.extensions["keys"]) == secret
    assert (client.get("/account").status_code, other.get("/account").status_code) == (200, 302)


def test_a_wrong_first_code_keeps_the_same_picture(client: CheckedClient, db_session: object) -> None:
    """The person need not scan again after a slip: the form carries the same secret, sealed."""
    sign_in(client, make_person(Role.CONTRIBUTOR))
    page = client.get("/account/second-factor/authenticator")
    again = client.post("/account/second-factor/authenticator", data=fields_of(page) | {"factor_code": "000000"})
    assert again.status_code == 422
    assert fields_of(again)["proposal"] == fields_of(page)["proposal"]
    first, second = (BeautifulSoup(answer.data, "html.parser").select("svg.fl-qr") for answer in (page, again))
    assert len(first) == 1
    assert first == second


def test_a_tampered_proposal_starts_again(client: CheckedClient, db_session: object) -> None:
    """A secret that was not sealed for this person is not taken; a new one is shown."""
    person = make_person(Role.CONTRIBUTOR)
    sign_in(client, person)
    page = fields_of(client.get("/account/second-factor/authenticator"))
    answer = client.post(
        "/account/second-factor/authenticator", data=page | {"proposal": "AAAA", "factor_code": "123456"}
    )
    assert answer.status_code == 422
    assert person.totp_sealed is None
