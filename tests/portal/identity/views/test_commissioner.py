"""Checking organisations, through the pages."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from portal.accounts.models import User
from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from portal.organisations.models import Provider
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.organisations import make_provider
from tests.filling import errors_of, fields_of, fill, press, text_of

PAGE = "/commissioning/providers"
SEEN = "Name and office match Companies House."
REASON = "The register has another name for this number."


@pytest.fixture
def officer(db_session: object) -> User:
    """Somebody who checks providers."""
    return make_person(Role.AUTHORITY_ADMINISTRATOR)


@pytest.fixture
def provider(db_session: object) -> Provider:
    """An organisation whose number nobody has proved."""
    return make_provider("Demo Care Ltd", verified=False)


def looked(seen: str = SEEN) -> dict[str, str]:
    today = clock.today()
    return {
        "seen": seen,
        "seen_on-day": str(today.day),
        "seen_on-month": str(today.month),
        "seen_on-year": str(today.year),
    }


def test_a_provider_is_checked_with_what_was_seen(client: CheckedClient, officer: User, provider: Provider) -> None:
    """It leaves the list of those to check and appears, with method and words, among those checked."""
    sign_in(client, officer)
    assert "Demo Care Ltd" in text_of(client.get(PAGE))
    address = f"{PAGE}/{provider.id}"
    assert len(errors_of(fill(client, address, looked("")))) == 1
    assert provider.verification is None
    assert fill(client, address, looked()).location == PAGE
    assert provider.policy_state == "verified"
    shown = text_of(client.get(PAGE))
    assert "Every provider is verified" in shown
    assert f"An officer compared it with the register. {SEEN}" in shown


def test_what_was_refused_and_withdrawn_is_shown_to_both_sides(
    client: CheckedClient, new_client: Callable[[], CheckedClient], officer: User, provider: Provider
) -> None:
    """The reason on the officers' page and on the organisation's own."""
    sign_in(client, officer)
    address = f"{PAGE}/{provider.id}"
    own = new_client()
    sign_in(own, make_person(Role.CONTRIBUTOR, provider=provider))
    assert fill(client, f"{address}/refuse", {"reason": REASON}).location == address
    assert REASON in text_of(client.get(address))
    assert REASON in text_of(own.get("/provider/organisation"))
    fill(client, address, looked())
    assert REASON not in text_of(own.get("/provider/organisation"))
    assert fill(client, f"{address}/withdraw", {"reason": REASON + " Since."}).location == address
    assert f"{REASON} Since." in text_of(own.get("/provider/organisation"))


def test_a_letter_s_code_is_shown_once_and_typed_in(
    client: CheckedClient, new_client: Callable[[], CheckedClient], officer: User, provider: Provider
) -> None:
    """The letter has the address of the register; a wrong code is counted and refused beside its field."""
    sign_in(client, officer)
    letter = fill(client, f"{PAGE}/{provider.id}/post", {"address": "1 Registered Way"})
    assert "1 Registered Way" in text_of(letter)
    [code] = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", text_of(letter))
    assert code not in text_of(client.get(f"{PAGE}/{provider.id}"))
    own = new_client()
    sign_in(own, make_person(Role.PROVIDER_ADMINISTRATOR, provider=provider))
    assert "A letter with a code is on its way" in text_of(own.get("/provider/organisation"))
    wrong = fill(own, "/provider/organisation/code", {"code": "AAAA-AAAA-AAAA"})
    assert errors_of(wrong) == ["That is not the code in the letter. You have 4 more tries."]
    assert fill(own, "/provider/organisation/code", {"code": code}).location == "/provider/organisation"
    assert "A code was posted to the registered address and typed in" in text_of(own.get("/provider/organisation"))


def test_a_named_domain_is_used_by_a_confirmed_address(
    client: CheckedClient, new_client: Callable[[], CheckedClient], officer: User, provider: Provider
) -> None:
    """The officer names it; an unconfirmed address is told what to do first."""
    sign_in(client, officer)
    refused = fill(client, f"{PAGE}/{provider.id}/domain", {"domain": "gmail.com", "seen": SEEN})
    assert errors_of(refused) == ["Anybody can have an address at gmail.com, so it proves nothing."]
    fill(client, f"{PAGE}/{provider.id}/domain", {"domain": "bright-steps.org.uk", "seen": SEEN})
    person = make_person(Role.PROVIDER_ADMINISTRATOR, provider=provider, email="somebody@bright-steps.org.uk")
    person.email_confirmed_at = None
    own = new_client()
    sign_in(own, person)
    assert "Prove the number with an address at bright-steps.org.uk" in text_of(own.get("/provider/organisation"))
    first = press(own, "/provider/organisation/address", "/provider/organisation/address")
    assert "Confirm your e-mail address first" in errors_of(first)[0]
    person.email_confirmed_at = clock.now()
    db.session.flush()
    assert press(own, "/provider/organisation/address", "/provider/organisation/address").location is not None
    assert "at the organisation’s own domain" in text_of(own.get("/provider/organisation"))


def test_an_officer_sees_what_is_odd_about_a_name(client: CheckedClient, officer: User) -> None:
    """Whom it is like, and letters that look like others: what the provider confirmed is looked at by a person."""
    make_provider("Demo Harbour Trust")
    twin = make_provider("Derno Hаrbour Trust Ltd", verified=False)
    sign_in(client, officer)
    shown = text_of(client.get(f"{PAGE}/{twin.id}"))
    assert "Look closely at the name" in shown
    assert "Is this “Demo Harbour Trust”, which is registered here?" in shown
    assert "written with Cyrillic letters" in shown
    another = make_provider("Quite Another", verified=False)
    assert "Look closely" not in text_of(client.get(f"{PAGE}/{another.id}"))


def test_a_second_check_is_told_that_it_was_done(client: CheckedClient, officer: User, provider: Provider) -> None:
    """Two officers with the same page open: the second is told, and the first words stay."""
    sign_in(client, officer)
    address = f"{PAGE}/{provider.id}"
    form = {name: value for name, value in fields_of(client.get(address)).items() if not name.startswith("seen")}
    assert client.post(address, data=form | looked("First.")).status_code == 302
    assert client.post(address, data=form | looked("Second.")).status_code == 409
    assert provider.verification is not None
    assert provider.verification.seen == "First."


@pytest.mark.parametrize(("act", "verified"), [("refuse", False), ("withdraw", True)])
def test_taking_away_asks_for_a_fresh_second_factor(
    client: CheckedClient, officer: User, act: str, verified: bool
) -> None:
    """Without a code nothing is changed."""
    provider = make_provider(verified=verified)
    before = [found.status for found in provider.verifications]
    sign_in(client, officer, fresh_factor=False)
    answer = fill(client, f"{PAGE}/{provider.id}/{act}", {"reason": REASON})
    assert answer.status_code == 422 or answer.status_code == 403
    assert [found.status for found in provider.verifications] == before


@pytest.mark.parametrize("role", [Role.COMMISSIONER, Role.AUDITOR, Role.SUBMITTER])
def test_others_are_refused(client: CheckedClient, provider: Provider, role: Role) -> None:
    """Neither other officers nor providers see who waits."""
    sign_in(client, make_person(role))
    pages = (PAGE, *(f"{PAGE}/{provider.id}{act}" for act in ("", "/post", "/refuse", "/withdraw", "/suspend")))
    assert {client.get(address).status_code for address in pages} == {403}


def test_a_provider_that_is_not_there(client: CheckedClient, officer: User) -> None:
    """An unknown identifier is "not found"."""
    sign_in(client, officer)
    assert client.get(f"{PAGE}/{uuid.uuid4()}").status_code == 404


def test_the_list_costs_the_same_for_one_and_for_three(
    client: CheckedClient,
    officer: User,
    count_statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    """The number of statements does not grow with the number of providers, proved or not."""
    sign_in(client, officer)
    counts = []
    for more in (1, 2):
        for _ in range(more):
            make_provider(verified=False)
            make_provider()
        with count_statements() as statements:
            client.get(PAGE)
        counts.append(len(statements))
    assert counts[0] == counts[1]
