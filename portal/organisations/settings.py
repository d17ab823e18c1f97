"""A provider's settings: the places where it works, their capacity, and how many places are free today."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput, NotFound, WrongState
from portal.core.parsing.figures import Unit, read_whole
from portal.core.parsing.mojibake import require_readable
from portal.core.parsing.text import has_text, one_line, require_length, tidy
from portal.core.permissions import Actor, Verb, policy
from portal.core.taking import lock, take
from portal.core.words import counted
from portal.organisations.details import ADDRESS_LENGTH, NAME_LENGTH, read_postcode
from portal.organisations.likeness import looks_the_same
from portal.organisations.models import Provider, Setting
from portal.organisations.names import read_name

AREA_LENGTH = 100
REGISTRATION_LENGTH = 50
MOST_PLACES = 9999
PLACES = Unit("Enter a whole number in figures, such as 6.", places=0, digits=9)
_SHOWN = 40


@dataclass(frozen=True)
class SettingDetails:
    """What a provider says about a setting, as typed; `capacity` in places."""

    name: str
    area: str
    capacity: str
    address: str = ""
    postcode: str = ""
    registration_number: str = ""


def settings_of(provider_id: uuid.UUID) -> Sequence[Setting]:
    """The provider's open settings by name."""
    return db.session.scalars(
        select(Setting)
        .where(Setting.provider_id == provider_id, Setting.closed_at.is_(None))
        .order_by(Setting.name_fold, Setting.id)
    ).all()


def find_setting(setting_id: uuid.UUID, actor: Actor) -> Setting:
    """The setting of the actor's own provider, to change it; raises `NotFound`, and `WrongState` for a closed one."""
    setting = db.session.get(Setting, setting_id)
    if setting is None:
        raise NotFound("You have no setting at this address.")
    policy.require(actor, Verb.CHANGE, setting)
    return setting


def add_setting(*, provider: Provider, details: SettingDetails, vacancies: str, actor: Actor, now: datetime) -> Setting:
    """Add a setting to the provider's: it can be offered on lots, and practitioners find it once it is.

    `vacancies` is how many places are free now, as typed. Records PROVIDER_CHANGED. Raises `InvalidInput` with the
    field: "name" (missing, too long, or that of another open setting), "area", "capacity", "vacancies" (not a whole
    number, or more than there are places), "address", "postcode", "registration_number".
    """
    # Of two people who add the same place at once, the second sees the first's.
    lock(Provider, provider.id)
    setting = Setting(provider_id=provider.id, vacancies=0)
    policy.require(actor, Verb.CHANGE, setting)
    _put(setting, details)
    _put_vacancies(setting, vacancies, now)
    db.session.add(setting)
    db.session.flush()
    _record(setting, actor, "setting_added")
    return setting


def change_setting(*, setting: Setting, details: SettingDetails, actor: Actor) -> None:
    """Change what the provider says about the setting; its offers stay.

    Records PROVIDER_CHANGED. Raises `InvalidInput` as `add_setting` does; "capacity" also when fewer places are left
    than were said to be free. Raises `WrongState` for a closed setting.
    """
    lock(Provider, setting.provider_id)
    _take_open(setting, actor)
    with db.session.no_autoflush:
        _put(setting, details)
        if setting.vacancies > setting.capacity:
            free = counted(setting.vacancies, "place is", "places are")
            message = f"You have said that {free} free. Change that first, or enter at least {setting.vacancies}."
            raise InvalidInput(message, field="capacity")
    _record(setting, actor, "setting_changed")


def say_vacancies(*, setting: Setting, vacancies: str, actor: Actor, now: datetime) -> None:
    """Say how many places are free in the setting, as of `now`, even when it is the same number as before.

    Practitioners see the number and when it was said. Records PROVIDER_CHANGED. Raises `InvalidInput` (field
    "vacancies") for anything but a whole number from none to the setting's capacity, `WrongState` when it is closed.
    """
    _take_open(setting, actor)
    _put_vacancies(setting, vacancies, now)
    _record(setting, actor, "vacancies_said")


def close_setting(*, setting: Setting, actor: Actor, now: datetime) -> None:
    """Close the setting for good: it leaves the provider's list and the directory, and what it offered ends.

    Records PROVIDER_CHANGED. Raises `WrongState` when it is closed already.
    """
    _take_open(setting, actor)
    setting.closed_at = now
    _record(setting, actor, "setting_closed")


def whole_number(typed: str, *, field: str | None = None, most: int = MOST_PLACES) -> int:
    """Read a whole number of places, from none. Raises `InvalidInput`."""
    number = read_whole(typed, PLACES, field=field)
    if number is None:
        raise InvalidInput("Enter a whole number; 0 for none.", field=field)
    if not 0 <= number <= most:
        raise InvalidInput(f"Enter a number from 0 to {most}.", field=field)
    return number


def quoted(text: str) -> str:
    """The text in quotation marks, shortened for a message."""
    return f"“{text[:_SHOWN]}…”" if len(text) > _SHOWN else f"“{text}”"


def read_setting_name(typed: str, *, field: str) -> str:
    """A setting's name as it may be stored. Raises `InvalidInput`."""
    return read_name(typed, "the setting’s name", field=field, most=NAME_LENGTH)


def read_area(typed: str, *, field: str) -> str:
    """The council area of a setting as it may be stored. Raises `InvalidInput`."""
    return read_name(typed, "the council area that the setting lies in", field=field, most=AREA_LENGTH)


def read_registration(typed: str, *, field: str) -> str:
    """A regulator's number as it may be stored; it may be empty. Raises `InvalidInput`."""
    return require_length(one_line(require_readable(typed, field=field)), REGISTRATION_LENGTH, field=field)


def _put(setting: Setting, details: SettingDetails) -> None:
    name = read_setting_name(details.name, field="name")
    for other in settings_of(setting.provider_id):
        if other is not setting and looks_the_same(other.name, name):
            raise InvalidInput(f"You already have a setting called {other.name}.", field="name")
    values = {
        "name": name,
        "area": read_area(details.area, field="area"),
        "capacity": whole_number(details.capacity, field="capacity"),
        "address": require_length(
            tidy(require_readable(details.address, field="address")), ADDRESS_LENGTH, field="address"
        ),
        "postcode": read_postcode(details.postcode) if has_text(details.postcode) else "",
        "registration_number": read_registration(details.registration_number, field="registration_number"),
    }
    for column, value in values.items():
        setattr(setting, column, value)


def _put_vacancies(setting: Setting, typed: str, now: datetime) -> None:
    vacancies = whole_number(typed, field="vacancies")
    if vacancies > setting.capacity:
        raise InvalidInput(
            f"The setting has {counted(setting.capacity, 'place')}: enter that or less.", field="vacancies"
        )
    setting.vacancies, setting.vacancies_at = vacancies, now


def _take_open(setting: Setting, actor: Actor) -> None:
    take(setting, Verb.CHANGE, actor=actor)
    if setting.closed_at is not None:
        raise WrongState("This setting is closed.")


def _record(setting: Setting, actor: Actor, what: str) -> None:
    record(
        EventKind.PROVIDER_CHANGED,
        setting.provider,
        actor=actor,
        setting=setting.id,
        what=what,
        capacity=setting.capacity,
        vacancies=setting.vacancies,
    )
