"""The pages of absences: naming a deputy, the second person's word, what the deputy can do, ending it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.absence_models import Absence, AbsenceStatus
from portal.accounts.models import User
from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from portal.organisations.models import Provider
from portal.regulation.local_time import local_date
from tests.client import CheckedClient
from tests.factories.absences import make_absence
from tests.factories.accounts import actor_of, current_code, make_person, sign_in
from tests.factories.organisations import make_authority, make_provider
from tests.filling import errors_of, fields_of, fill, text_of

HERE = "/account/absences"
NEW = f"{HERE}/new"
TODAY = local_date(clock.now())


@pytest.fixture
def provider(db_session: object) -> Provider:
    """A provider."""
    return make_provider()


@pytest.fixture
def person(provider: Provider) -> User:
    """Its submitter, who goes away."""
    return make_person(Role.SUBMITTER, provider=provider)


@pytest.fixture
def deputy(provider: Provider) -> User:
    """A contributor without a second factor."""
    return make_person(Role.CONTRIBUTOR, provider=provider)


def days(first: int = 0, last: int = 7) -> dict[str, str]:
    """The days as they are typed, counted from today."""
    typed = {}
    for name, ahead in (("first_day", first), ("last_day", last)):
        day = TODAY + timedelta(days=ahead)
        typed |= {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}
    return typed


def test_whoever_goes_away_names_a_deputy_of_their_own(
    client: CheckedClient, new_client: Callable[[], CheckedClient], person: User, deputy: User
) -> None:
    """The list says who stands in; the deputy's open session meets the second factor that the role asks for."""
    theirs = new_client()
    sign_in(theirs, deputy)
    assert theirs.get("/account").status_code == 200
    db.session.execute(_without_factor())
    sign_in(client, person)
    assert "person" not in fields_of(client.get(NEW))
    assert fill(client, NEW, {"deputy": str(deputy.id)} | days()).location == HERE
    assert actor_of(deputy).roles == {Role.CONTRIBUTOR, Role.SUBMITTER}
    listed = text_of(client.get(HERE))
    assert f"{person.display_name} {deputy.display_name}" in listed
    assert "Now" in listed
    assert theirs.get("/account").location.startswith("/sign-in/code")


def _without_factor() -> object:
    from sqlalchemy import update

    from portal.accounts.models import UserSession

    return update(UserSession).values(factor_at=None)


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    client: CheckedClient, person: User, deputy: User
) -> None:
    """Nobody chosen, no day, days in the wrong order."""
    sign_in(client, person)
    refused = fill(client, NEW)
    assert errors_of(refused) == ["Choose who stands in.", "Enter the first day.", "Enter the last day."]
    assert errors_of(fill(client, NEW, {"deputy": ""} | days())) == ["Choose who stands in."]
    swapped = fill(client, NEW, {"deputy": str(deputy.id)} | days(first=3, last=2))
    assert errors_of(swapped) == ["The last day comes before the first."]
    held = fields_of(swapped)
    assert held["deputy"] == [str(deputy.id)]
    assert held["last_day-day"] == days(last=2)["last_day-day"]


def test_naming_asks_for_a_fresh_code_where_there_is_a_factor(
    client: CheckedClient, person: User, deputy: User
) -> None:
    """Whoever has one shows it; a contributor without one names a deputy all the same."""
    sign_in(client, person, fresh_factor=False)
    typed = {"deputy": str(deputy.id)} | days()
    assert fill(client, NEW, typed).status_code == 422
    assert fill(client, NEW, typed | {"factor_code": current_code()}).location == HERE
    sign_in(client, deputy)
    assert fill(client, NEW, {"deputy": str(person.id)} | days(first=1)).location == HERE


def test_an_administrator_names_one_for_somebody_who_is_ill(
    client: CheckedClient, provider: Provider, person: User, deputy: User
) -> None:
    """And not themselves; nobody is asked why."""
    administrator = make_person(Role.PROVIDER_ADMINISTRATOR, provider=provider)
    sign_in(client, administrator)
    own = fill(client, NEW, {"person": str(person.id), "deputy": str(deputy.id)} | days())
    assert own.location == HERE
    absence = db.session.scalars(select(Absence)).one()
    assert (absence.user_id, absence.proposed_by_id) == (person.id, administrator.id)
    assert "why" not in fields_of(client.get(NEW))


def test_an_officer_s_deputy_waits_for_an_administrator(client: CheckedClient, db_session: object) -> None:
    """The person sees that it waits; an administrator reads whom it is about, and confirms."""
    authority = make_authority(administrators=0)
    person, deputy = (make_person(Role.OPENER, authority=authority) for _ in range(2))
    administrator = make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority)
    sign_in(client, person)
    fill(client, NEW, {"deputy": str(deputy.id)} | days())
    absence = db.session.scalars(select(Absence)).one()
    address = f"{HERE}/{absence.id}"
    assert "Somebody else has to confirm it" in text_of(client.get(address))
    sign_in(client, administrator)
    assert "Confirm or refuse" in text_of(client.get(HERE))
    short = fill(client, address, {"verdict": "refuse", "note": "No."})
    assert short.status_code == 422
    assert fill(client, address, {"verdict": "confirm"}).location == HERE
    assert absence.status is AbsenceStatus.AGREED
    assert actor_of(deputy).stands_in_for == {person.id}


def test_the_page_for_ending_asks_first(client: CheckedClient, provider: Provider, person: User, deputy: User) -> None:
    """Looking ends nothing; others than the two and administrators may not; it can be read afterwards."""
    absence = make_absence(person, deputy, provider)
    address = f"{HERE}/{absence.id}/end"
    sign_in(client, make_person(Role.CONTRIBUTOR, provider=provider))
    assert fill(client, address).status_code == 403
    sign_in(client, deputy)
    client.get(address)
    assert actor_of(deputy).stands_in_for == {person.id}
    assert fill(client, address).location == HERE
    assert actor_of(deputy).stands_in_for == frozenset()
    assert "Over" in text_of(client.get(HERE))
    assert client.get(f"{HERE}/{absence.id}").status_code == 200


def test_whoever_stands_in_reads_so_on_their_account(
    client: CheckedClient, provider: Provider, person: User, deputy: User
) -> None:
    """For whom; and strangers find no absence at all."""
    absence = make_absence(person, deputy, provider)
    sign_in(client, deputy)
    assert f"You stand in for {person.display_name}" in text_of(client.get("/account"))
    sign_in(client, make_person(Role.PROVIDER_ADMINISTRATOR))
    assert client.get(f"{HERE}/{absence.id}").status_code == 404
    assert "Nobody is away" in text_of(client.get(HERE))
