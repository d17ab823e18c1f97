"""Checking new providers."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from portal.accounts.models import User
from portal.core.permissions import Role
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.organisations import make_provider
from tests.filling import errors_of, fields_of, fill, text_of

PAGE = "/commissioning/providers"


@pytest.fixture
def officer(db_session: object) -> User:
    """Somebody who checks providers."""
    return make_person(Role.AUTHORITY_ADMINISTRATOR)


def test_a_provider_is_checked_with_a_note(client: CheckedClient, officer: User) -> None:
    """The provider leaves the list of those to check and appears, with the note, among those checked."""
    provider = make_provider("Demo Care Ltd")
    sign_in(client, officer)
    assert "Demo Care Ltd" in text_of(client.get(PAGE))
    address = f"{PAGE}/{provider.id}"
    empty = fill(client, address, {"note": ""})
    assert len(errors_of(empty)) == 1
    assert provider.verified_at is None
    assert fill(client, address, {"note": "Name matches Companies House."}).location == PAGE
    assert (provider.policy_state, provider.verified_by_id) == ("verified", officer.id)
    shown = text_of(client.get(PAGE))
    assert "Every provider is verified" in shown
    assert "Name matches Companies House." in shown


def test_an_officer_sees_what_is_odd_about_a_name(client: CheckedClient, officer: User) -> None:
    """Whom it is like, and letters that look like others: what the provider confirmed is looked at by a person."""
    make_provider("Demo Harbour Trust")
    twin = make_provider("Derno Hаrbour Trust Ltd")
    sign_in(client, officer)
    shown = text_of(client.get(f"{PAGE}/{twin.id}"))
    assert "Look closely at the name" in shown
    assert "Is this “Demo Harbour Trust”, which is registered here?" in shown
    assert "written with Cyrillic letters" in shown
    assert "Look closely" not in text_of(client.get(f"{PAGE}/{make_provider('Quite Another').id}"))


def test_a_second_check_is_told_that_it_was_done(client: CheckedClient, officer: User) -> None:
    """Two officers with the same page open: the second is told, and the first note stays."""
    provider = make_provider()
    sign_in(client, officer)
    address = f"{PAGE}/{provider.id}"
    form = fields_of(client.get(address))
    assert client.post(address, data=form | {"note": "First."}).status_code == 302
    assert client.post(address, data=form | {"note": "Second."}).status_code == 409
    assert provider.verification_note == "First."


@pytest.mark.parametrize("role", [Role.COMMISSIONER, Role.AUDITOR, Role.SUBMITTER])
def test_others_are_refused(client: CheckedClient, db_session: object, role: Role) -> None:
    """Neither other officers nor providers see who waits."""
    provider = make_provider()
    sign_in(client, make_person(role))
    assert [client.get(address).status_code for address in (PAGE, f"{PAGE}/{provider.id}")] == [403, 403]


def test_a_provider_that_is_not_there(client: CheckedClient, officer: User) -> None:
    """An unknown identifier is "not found"."""
    sign_in(client, officer)
    assert client.get(f"{PAGE}/{uuid.uuid4()}").status_code == 404


def test_the_list_costs_the_same_for_one_and_for_three(
    client: CheckedClient,
    officer: User,
    count_statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    """The number of statements does not grow with the number of providers."""
    sign_in(client, officer)
    counts = []
    for more in (1, 2):
        for _ in range(more):
            make_provider()
        with count_statements() as statements:
            client.get(PAGE)
        counts.append(len(statements))
    assert counts[0] == counts[1]
