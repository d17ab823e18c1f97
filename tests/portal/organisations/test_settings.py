"""A provider's settings: added, changed, closed, and their free places."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.core import clock
from portal.core.errors import InvalidInput, NotFound, WrongState
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.organisations.models import Provider, Setting
from portal.organisations.settings import (
    SettingDetails,
    add_setting,
    change_setting,
    close_setting,
    find_setting,
    say_vacancies,
    settings_of,
    whole_number,
)
from tests.factories.accounts import actor_of, make_person
from tests.factories.organisations import make_provider

HOME = SettingDetails(
    name=" Demo  House ", area="Demotown", capacity="4", postcode="ne81hh", registration_number="SC123456"
)


@pytest.fixture
def provider(db_session: object) -> Provider:
    """A provider."""
    return make_provider()


@pytest.fixture
def actor(provider: Provider) -> Actor:
    """One of its contributors."""
    return actor_of(make_person(Role.CONTRIBUTOR, provider=provider))


def added(provider: Provider, actor: Actor, details: SettingDetails = HOME, vacancies: str = "2") -> Setting:
    """Add a setting."""
    return add_setting(provider=provider, details=details, vacancies=vacancies, actor=actor, now=clock.now())


def changed(**details: Any) -> SettingDetails:
    """The details with some of them different."""
    return SettingDetails(**{**HOME.__dict__, **details})


def test_a_setting_is_added(provider: Provider, actor: Actor) -> None:
    """It is stored clean, with its free places as of now, and the ledger says so in figures."""
    setting = added(provider, actor)
    assert (setting.name, setting.area, setting.postcode) == ("Demo House", "Demotown", "NE8 1HH")
    assert (setting.capacity, setting.vacancies, setting.registration_number) == (4, 2, "SC123456")
    assert setting.vacancies_at is not None
    event = db.session.scalars(select(Event).where(Event.kind == EventKind.PROVIDER_CHANGED)).one()
    assert event.object_id == provider.id
    assert event.data == {"setting": str(setting.id), "what": "setting_added", "capacity": 4, "vacancies": 2}


@pytest.mark.parametrize(
    ("details", "vacancies", "field", "message"),
    [
        (changed(name="  "), "0", "name", "Enter the setting’s name."),
        (changed(name="!!!"), "0", "name", "Enter the setting’s name in letters."),
        (changed(name="x" * 201), "0", "name", "Use at most 200 characters."),
        (changed(area=""), "0", "area", "Enter the council area that the setting lies in."),
        (changed(capacity=""), "0", "capacity", "Enter a whole number; 0 for none."),
        (
            changed(capacity="£143,00"),
            "0",
            "capacity",
            "Leave out the £. Enter a whole number in figures, such as 6.",
        ),
        (changed(capacity="-1"), "0", "capacity", "Enter a number from 0 to 9999."),
        (changed(capacity="٣"), "0", "capacity", "Enter a whole number in figures, such as 6."),
        (changed(postcode="NE8"), "0", "postcode", "Enter a full UK postcode, such as CM1 1QH."),
        (changed(registration_number="9" * 51), "0", "registration_number", "Use at most 50 characters."),
        (
            changed(address="1 Cwm GlÃ¢n"),
            "0",
            "address",
            "“1 Cwm GlÃ¢n” was read wrongly by a program on its way. Is it “1 Cwm Glân”? Type it as it should read.",
        ),
        (HOME, "5", "vacancies", "The setting has 4 places: enter that or less."),
        (HOME, "two", "vacancies", "Enter a whole number in figures, such as 6."),
    ],
)
def test_what_cannot_be_a_setting(
    provider: Provider, actor: Actor, details: SettingDetails, vacancies: str, field: str, message: str
) -> None:
    """Each refusal stands beside its field, and nothing is stored."""
    with pytest.raises(InvalidInput) as refused:
        added(provider, actor, details, vacancies)
    assert (refused.value.field, refused.value.message) == (field, message)
    assert settings_of(provider.id) == []


@pytest.mark.parametrize("twin", ["DEMO HOUSE", "Derno House", "DemoHouse", "Demo ꓧouse"])
def test_one_name_is_one_setting(provider: Provider, actor: Actor, twin: str) -> None:
    """A second open setting under a name that looks the same is refused; after closing the first it is not."""
    first = added(provider, actor)
    with pytest.raises(InvalidInput, match="You already have a setting called Demo House"):
        added(provider, actor, changed(name=twin))
    close_setting(setting=first, actor=actor, now=clock.now())
    assert added(provider, actor, changed(name=twin)).name == twin


def test_a_setting_is_changed(provider: Provider, actor: Actor) -> None:
    """Its details change and its free places stay; fewer places than are free are refused."""
    setting = added(provider, actor)
    change_setting(setting=setting, details=changed(area="Demoshire", capacity="3"), actor=actor)
    assert (setting.area, setting.capacity, setting.vacancies) == ("Demoshire", 3, 2)
    with pytest.raises(InvalidInput) as refused:
        change_setting(setting=setting, details=changed(capacity="1"), actor=actor)
    assert refused.value.field == "capacity"
    assert refused.value.message == "You have said that 2 places are free. Change that first, or enter at least 2."


def test_free_places_are_said(provider: Provider, actor: Actor) -> None:
    """Saying the same number again says it anew."""
    setting = added(provider, actor)
    before = setting.vacancies_at
    say_vacancies(setting=setting, vacancies="2", actor=actor, now=clock.now())
    assert setting.vacancies == 2
    assert before is not None
    assert setting.vacancies_at is not None
    assert setting.vacancies_at > before


def test_a_closed_setting_is_gone(provider: Provider, actor: Actor) -> None:
    """It leaves the list, and nothing can be done with it any more."""
    setting = added(provider, actor)
    assert find_setting(setting.id, actor) is setting
    close_setting(setting=setting, actor=actor, now=clock.now())
    assert settings_of(provider.id) == []
    with pytest.raises(WrongState):
        find_setting(setting.id, actor)
    with pytest.raises(WrongState):
        say_vacancies(setting=setting, vacancies="1", actor=actor, now=clock.now())
    with pytest.raises(WrongState):
        close_setting(setting=setting, actor=actor, now=clock.now())
    with pytest.raises(WrongState):
        change_setting(setting=setting, details=HOME, actor=actor)


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.COMMISSIONER])
def test_strangers_find_nothing(provider: Provider, actor: Actor, role: Role) -> None:
    """Another provider's people and officers can neither find nor change it."""
    setting = added(provider, actor)
    stranger = actor_of(make_person(role))
    with pytest.raises(NotFound):
        find_setting(setting.id, stranger)
    with pytest.raises(NotFound):
        say_vacancies(setting=setting, vacancies="1", actor=stranger, now=clock.now())
    with pytest.raises(NotFound):
        added(provider, stranger, changed(name="Another"))


@pytest.mark.parametrize(("typed", "number"), [("0", 0), (" 12 ", 12), ("007", 7), ("9999", 9999), ("1,000", 1000)])
def test_whole_numbers(typed: str, number: int) -> None:
    """Figures with space around them, or a comma between thousands, are a number."""
    assert whole_number(typed) == number


@pytest.mark.parametrize("typed", ["1.0", "1,00", "1e3", "12345", "1_0", "²", "+1", "a" * 1000])
def test_no_whole_numbers(typed: str) -> None:
    """Nothing else is."""
    with pytest.raises(InvalidInput):
        whole_number(typed)
