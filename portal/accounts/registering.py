"""A provider registers: its first person, and the organisation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from portal.accounts.models import User
from portal.accounts.passwords import check_new_password, hash_password
from portal.accounts.people import add_person, grant
from portal.accounts.throttling import Origin, guess
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.permissions import Actor, Role
from portal.core.seals import KeyFolder
from portal.organisations.changing import register_provider
from portal.organisations.details import ProviderDetails

# Corrections and registrations count as well, and a whole room may register on one day: what is slowed is bots, and
# asking for taken addresses.
FREE = 60


def register(
    *,
    name: str,
    email: str,
    password: str,
    details: ProviderDetails,
    alerts: Sequence[str],
    origin: Origin,
    keys: KeyFolder,
    now: datetime,
) -> User:
    """Register a provider and its first person, who becomes its administrator and a submitter.

    The person may work at once (after setting up a second factor); the organisation is marked "not yet
    verified" until an officer has checked its number. Records
    PROVIDER_REGISTERED and PERSON_REGISTERED, both by the person. Raises `InvalidInput` with the field
    ("name", "email", "password", or one of the organisation's) and `TooManyTries` after 60 from one address.
    """
    with guess(at=f"register:{origin.network}", origin=origin, keys=keys, now=now, free=FREE):
        pass
    check_new_password(password, about=[name, email, details.name])
    person = add_person(name=name, email=email, password_hash=hash_password(password))
    actor = Actor(user_id=person.id)
    provider = register_provider(details=details, alerts=alerts, actor=actor)
    roles = (Role.PROVIDER_ADMINISTRATOR, Role.SUBMITTER)
    for role in roles:
        grant(person, role, provider_id=provider.id)
    record(EventKind.PERSON_REGISTERED, person, actor=actor, provider=provider.id, roles=sorted(roles))
    return person
