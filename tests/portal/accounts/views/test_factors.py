"""The pages of the second factor, and those of a lost phone or key."""

from __future__ import annotations

import re
from collections.abc import Callable

from bs4 import BeautifulSoup

from portal.accounts.models import User
from portal.accounts.recovery import COUNT, make_recovery_codes
from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from tests.client import CheckedClient
from tests.factories.accounts import PASSWORD, actor_of, current_code, make_person, sign_in
from tests.filling import errors_of, fields_of, fill, link_in, press, text_of

BASE = "/account/second-factor"
CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){2}\b")


def with_password(client: CheckedClient, person: User) -> None:
    """Type the password; the second factor is asked for next."""
    assert fill(client, "/sign-in", {"email": person.email, "password": PASSWORD}).status_code == 302


def test_whoever_has_none_is_told_the_ways_without_a_smartphone(client: CheckedClient, db_session: object) -> None:
    """The first page offers an app and a passkey, and says that no smartphone is needed."""
    sign_in(client, make_person(Role.SUBMITTER, factor=False))
    page = client.get(BASE)
    assert link_in(page, "Use an authenticator app") == f"{BASE}/authenticator"
    assert link_in(page, "Use a passkey") == f"{BASE}/passkeys/add"
    assert "I have no smartphone You do not need one." in text_of(page)


def test_at_an_address_of_numbers_no_passkey_is_offered(client: CheckedClient, db_session: object) -> None:
    """A key is bound to a name: the page says so instead of failing when the button is pressed."""
    sign_in(client, make_person(Role.SUBMITTER, factor=False))
    for path in (BASE, f"{BASE}/passkeys/add"):
        page = client.get(path, base_url="http://127.0.0.1")
        # The cookie is another host's.
        assert page.status_code == 302
    with client.session_transaction(base_url="http://127.0.0.1") as cookie:
        person = make_person(Role.SUBMITTER, factor=False)
        cookie["_user_id"] = sign_in(client, person)
    for path in (BASE, f"{BASE}/passkeys/add"):
        assert "only where this site is opened by its name" in text_of(client.get(path, base_url="http://127.0.0.1"))


def test_new_recovery_codes_are_shown_once_after_a_fresh_factor(client: CheckedClient, db_session: object) -> None:
    """Without it nothing is made; afterwards the page says how many are left, and not which."""
    officer = make_person(Role.COMMISSIONER)
    sign_in(client, officer, fresh_factor=False)
    refused = fill(client, f"{BASE}/recovery-codes", {"factor_code": ""})
    assert (refused.status_code, CODE.findall(text_of(refused))) == (422, [])
    assert errors_of(refused) == ["Type the code that your authenticator app shows, or one of your recovery codes."]
    codes = CODE.findall(text_of(fill(client, f"{BASE}/recovery-codes", {"factor_code": current_code()})))
    assert len(codes) == COUNT
    assert f"{COUNT} of {COUNT} left" in text_of(client.get(BASE))
    assert CODE.findall(text_of(client.get(f"{BASE}/recovery-codes"))) == []


def test_a_recovery_code_signs_in_and_confirms(client: CheckedClient, db_session: object) -> None:
    """It is typed where the app's code would be, at sign-in and on any page that asks again."""
    administrator = make_person(Role.PROVIDER_ADMINISTRATOR)
    first, second, *_ = make_recovery_codes(actor=actor_of(administrator), now=clock.now())
    with_password(client, administrator)
    assert fill(client, "/sign-in/code", {"factor_code": first}).status_code == 302
    sign_in(client, administrator, fresh_factor=False)
    typed = {"name": "Demo Colleague", "email": "new@people.example", "roles": ["contributor"]}
    assert fill(client, "/account/colleagues/invite", typed | {"factor_code": first}).status_code == 422
    assert fill(client, "/account/colleagues/invite", typed | {"factor_code": second}).status_code == 302


def test_without_a_code_the_page_says_what_to_type(client: CheckedClient, db_session: object) -> None:
    """An empty box is not called a wrong code, and costs no try."""
    sign_in(client, make_person(Role.PROVIDER_ADMINISTRATOR), fresh_factor=False)
    typed = {"name": "Demo Colleague", "email": "new@people.example", "roles": ["contributor"], "factor_code": ""}
    for _ in range(7):
        answer = fill(client, "/account/colleagues/invite", typed)
        assert errors_of(answer) == ["Type the code that your authenticator app shows, or one of your recovery codes."]


def test_a_lost_phone_from_the_code_page_to_a_new_one(
    client: CheckedClient, new_client: Callable[[], CheckedClient], db_session: object
) -> None:
    """The person asks, two administrators make sure, and the next sign-in sets up anew."""
    person = make_person(Role.PROVIDER_ADMINISTRATOR, Role.SUBMITTER)
    with_password(client, person)
    assert link_in(client.get("/sign-in/code"), "I cannot use my phone or key") == "/sign-in/lost"
    assert fill(client, "/sign-in/lost").location == "/sign-in/lost"
    reference = re.findall(r"LOST-\w{5}", text_of(client.get("/sign-in/lost")))[0]
    for word in ("Nobody has checked", "made sure"):
        administrator, at = make_person(Role.PLATFORM_ADMINISTRATOR), new_client()
        sign_in(at, administrator)
        assert "Lost phones and keys (1)" in text_of(at.get("/account"))
        waiting = at.get("/account/lost-factors")
        assert word in text_of(waiting)
        page = link_in(waiting, "Make sure")
        assert page is not None
        assert reference in text_of(at.get(page))
        assert fill(at, page, {"verdict": "confirm"}).location == "/account/lost-factors"
    assert "Nobody asks." in text_of(at.get("/account/lost-factors"))
    assert client.get("/sign-in/lost").location.startswith("/sign-in?")
    with_password(client, person)
    assert client.get("/account").location == "/sign-in/code?next=/account"
    assert client.get("/sign-in/code").location == BASE
    assert "Set up your second factor" in text_of(client.get(BASE))


def test_whoever_has_given_their_word_sees_that_another_is_needed(client: CheckedClient, db_session: object) -> None:
    """The page offers no second word, and a form that was open gives none."""
    person, administrator = make_person(Role.SUBMITTER), make_person(Role.PLATFORM_ADMINISTRATOR)
    with_password(client, person)
    fill(client, "/sign-in/lost")
    sign_in(client, administrator)
    page = link_in(client.get("/account/lost-factors"), "Make sure")
    assert page is not None
    form = fields_of(client.get(page)) | {"verdict": "confirm"}
    assert client.post(page, data=form).status_code == 302
    assert "Somebody else has to make sure as well" in text_of(client.get(page))
    assert client.post(page, data=form).status_code == 403


def test_finding_the_phone_ends_the_request(client: CheckedClient, db_session: object) -> None:
    """Signing in with it is enough."""
    person = make_person(Role.SUBMITTER)
    with_password(client, person)
    fill(client, "/sign-in/lost")
    fill(client, "/sign-in/code", {"factor_code": current_code()})
    sign_in(client, make_person(Role.PLATFORM_ADMINISTRATOR))
    assert "Nobody asks." in text_of(client.get("/account/lost-factors"))


def test_the_list_is_for_administrators(client: CheckedClient, db_session: object) -> None:
    """A colleague without that role is refused."""
    sign_in(client, make_person(Role.SUBMITTER))
    assert client.get("/account/lost-factors").status_code == 403


def test_a_passkey_needs_what_the_browser_made(client: CheckedClient, db_session: object) -> None:
    """A form without it, or with rubbish, adds nothing and says what to do; the name that was typed stays."""
    person = make_person(Role.SUBMITTER)
    sign_in(client, person)
    for answer in ("", "rubbish", "{}", '{"id":"a","rawId":"YQ","type":"public-key","response":{}}'):
        page = fill(client, f"{BASE}/passkeys/add", {"name": "Work laptop", "passkey": answer})
        assert page.status_code == 422
        assert len(errors_of(page)) == 1
        assert fields_of(page)["name"] == "Work laptop"
    assert "You have none." in text_of(client.get(BASE))


def test_a_passkey_s_answer_that_is_none_is_refused(client: CheckedClient, db_session: object) -> None:
    """Rubbish where a key's answer would be counts as a wrong try and opens nothing."""
    person = make_person(Role.SUBMITTER)
    with_password(client, person)
    answer = fill(client, "/sign-in/code", {"factor_answer": "{}", "factor_code": ""})
    assert errors_of(answer) == ["That passkey did not work here. Try again, or use another way."]
    db.session.commit()
    shown = BeautifulSoup(answer.data, "html.parser").select_one("[name=factor_answer]")
    assert shown is not None
    assert shown["value"] == ""


def test_signing_out_from_the_lost_page_is_possible(client: CheckedClient, db_session: object) -> None:
    """Whoever is at the wrong account leaves."""
    with_password(client, make_person(Role.SUBMITTER))
    assert press(client, "/sign-in/code", "/sign-out").location == "/sign-in"
