"""A provider registers with its first person."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.accounts.models import User
from portal.accounts.passwords import password_matches
from portal.accounts.people import person_with_email
from portal.accounts.registering import register
from portal.accounts.throttling import Origin, TooManyTries
from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput
from portal.core.permissions import Role
from portal.core.seals import KeyFolder
from portal.extensions import db
from portal.organisations.details import ProviderDetails
from portal.organisations.models import Provider
from portal.regulation.seeding import seed_reference_data
from tests.factories.accounts import actor_of, make_person

NOW = clock.now()
DETAILS = ProviderDetails(
    name="Demo Family Support CIC",
    company_number="9506232",
    charity_number="",
    address="2 Demo Street\nDemotown",
    postcode="de12bb",
    is_sme=True,
    is_vcse=False,
)


@pytest.fixture
def keys(app: Flask, db_session: object) -> KeyFolder:
    """The installation's keys; the CPV codes are there."""
    seed_reference_data(db.session.connection())
    return app.extensions["keys"]


def registered(keys: KeyFolder, details: ProviderDetails = DETAILS, **typed: object) -> User:
    """Register from one address, and return who has the e-mail address then."""
    person: dict[str, object] = {
        "name": "Demo Person",
        "email": "Demo@People.example",
        "password": "three random words",
        "alerts": ["85311300", "80310000-1"],
    }
    register(details=details, origin=Origin("192.0.2.1"), keys=keys, now=NOW, **(person | typed))  # type: ignore[arg-type]
    found = person_with_email(str((person | typed)["email"]).lower())
    assert found is not None
    return found


def test_registering_makes_a_provider_with_an_administrator_who_submits(keys: KeyFolder) -> None:
    """The organisation is usable at once and not yet verified; its person is administrator and submitter."""
    person = registered(keys)
    actor = actor_of(person)
    assert actor.provider_roles == {Role.PROVIDER_ADMINISTRATOR, Role.SUBMITTER}
    provider = db.session.get_one(Provider, actor.provider_id)
    stored = (provider.name, provider.company_number, provider.charity_number, provider.postcode)
    assert stored == ("Demo Family Support CIC", "09506232", None, "DE1 2BB")
    assert provider.policy_state == "not_yet_verified"
    assert [alert.cpv_code for alert in provider.alerts] == ["80310000", "85311300"]
    assert person.email == "demo@people.example"
    assert password_matches(person.password_hash, "three random words")


def test_registering_is_recorded_without_names(keys: KeyFolder) -> None:
    """The ledger says who and what by identifier only."""
    person = registered(keys)
    events = events_of("system")
    assert [event.kind for event in events] == [EventKind.PROVIDER_REGISTERED, EventKind.PERSON_REGISTERED]
    assert {event.actor_id for event in events} == {person.id}
    written = " ".join(str(event.data) for event in events).lower()
    assert not [word for word in ("demo", "people.example", "09506232", "street") if word in written]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "\u200b\u200b"}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"email": "rené@people.example"}, "email"),
        ({"email": "jo..dots@people.example"}, "email"),
        ({"email": "no address"}, "email"),
        ({"email": "a@b"}, "email"),
        ({"email": "a@b.example, c@d.example"}, "email"),
        ({"email": "a" * 250 + "@b.example"}, "email"),
        ({"password": "too short"}, "password"),
        ({"alerts": ["12345678"]}, "codes"),
        ({"alerts": ["85311"]}, "codes"),
    ],
)
def test_a_refusal_names_its_field(keys: KeyFolder, typed: dict[str, object], field: str) -> None:
    """What cannot be accepted of the person is said beside the field."""
    with pytest.raises(InvalidInput) as refusal:
        registered(keys, **typed)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "organisation_name"),
        ({"name": "…"}, "organisation_name"),
        ({"name": "x" * 201}, "organisation_name"),
        ({"company_number": ""}, "company_number"),
        ({"company_number": "12"}, "company_number"),
        ({"charity_number": "abc"}, "charity_number"),
        ({"address": ""}, "address"),
        ({"postcode": "DE1"}, "postcode"),
    ],
)
def test_a_refusal_of_the_organisation_names_its_field(keys: KeyFolder, changed: dict[str, str], field: str) -> None:
    """What cannot be accepted of the organisation is said beside the field."""
    with pytest.raises(InvalidInput) as refusal:
        registered(keys, replace(DETAILS, **changed))  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_a_number_registers_once(keys: KeyFolder) -> None:
    """A second organisation with the same number is told whom to ask."""
    registered(keys)
    with pytest.raises(InvalidInput, match="Ask its administrator") as refusal:
        registered(keys, replace(DETAILS, name="Another"), email="other@people.example")
    assert refusal.value.field == "company_number"


def test_charity_numbers_of_two_registers_do_not_collide(keys: KeyFolder) -> None:
    """The same six digits in England and in Northern Ireland are two charities."""
    charity = replace(DETAILS, company_number="", charity_number="100012")
    registered(keys, charity)
    registered(keys, replace(charity, name="Another", charity_number="NIC100012"), email="other@people.example")
    assert db.session.scalar(select(func.count(Provider.id))) == 2


def test_an_e_mail_address_registers_once_and_nobody_sees_it(
    keys: KeyFolder, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """Taken, whatever its capitals: nothing is kept, its owner is to be told, and the statements are the same."""
    with count_statements() as free:
        registered(keys, email="free@people.example")
    owner = make_person(Role.COMMISSIONER, email="demo@people.example")
    other = replace(DETAILS, name="Demo Trust", company_number="00000007")
    db.session.commit()
    with count_statements() as taken:
        assert registered(keys, other) is owner
    assert [name.split("(")[0] for name in taken] == [name.split("(")[0] for name in free]
    assert db.session.scalar(select(func.count(Provider.id))) == 1
    assert (events_of("system")[-1].kind, events_of("system")[-1].object_id) == ("registration_repeated", owner.id)


@pytest.mark.parametrize(
    "twin",
    [
        "Dеmо  Family Suррort CIC",
        "Derno Family Support CIC",
        "Demo Family ꓢupport CIC",
        "Demo Family Support Ltd",
        "Demo FamilySupport",
        "Demo Family Support CIC and Partners",
        "Demo Famlly Suport CIC",
    ],
)
def test_a_name_like_another_is_asked_about(keys: KeyFolder, twin: str) -> None:
    """Letters of other scripts, rn for m, another legal form, a space less, a part, a slip: as an import asks."""
    registered(keys)
    details = replace(DETAILS, name=twin, company_number="00000007")
    with pytest.raises(InvalidInput, match=r"^Is this “Demo Family Support CIC”, which is registered here") as refusal:
        registered(keys, details, email="second@people.example")
    assert refusal.value.field == "name_confirmed"
    person = registered(keys, replace(details, name_confirmed=True), email="third@people.example")
    assert actor_of(person).provider_id is not None


def test_a_name_in_letters_that_look_like_others_is_asked_about(keys: KeyFolder) -> None:
    """Without any organisation of a like name, too: one may register later."""
    with pytest.raises(InvalidInput, match="written with Cyrillic letters") as refusal:
        registered(keys, replace(DETAILS, name="Dеmо Care"))
    assert refusal.value.field == "name_confirmed"


def test_sixty_registrations_from_one_address_are_enough(keys: KeyFolder) -> None:
    """A bot at one address is slowed, and cannot ask on for addresses that are taken."""
    for _ in range(60):
        with pytest.raises(InvalidInput):
            registered(keys, password="short")
    with pytest.raises(TooManyTries):
        registered(keys)
