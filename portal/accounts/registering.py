"""A provider registers: its first person, and the organisation."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from portal.accounts.passwords import check_new_password, hash_password
from portal.accounts.people import add_person, grant, holder_of, read_person_name
from portal.accounts.throttling import Origin, guess
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import all_at_once
from portal.core.parsing.emails import read_email
from portal.core.permissions import SYSTEM, Actor, Role
from portal.core.seals import KeyFolder
from portal.organisations.changing import check_registration as check_provider
from portal.organisations.changing import register_provider
from portal.organisations.details import ProviderDetails

FREE = 60
"""Tries from one address before each further one waits. Corrections count, and a whole room may register on one day."""


def check_registration(
    *, name: str, email: str, password: str, details: ProviderDetails, alerts: Sequence[str]
) -> None:
    """Raise `InvalidInput` for everything that `register` would refuse, all at once; nothing is registered."""
    all_at_once(
        lambda: read_person_name(name),
        lambda: read_email(email),
        lambda: check_new_password(password, about=[name, email, details.name]),
        lambda: check_provider(details=details, alerts=alerts),
    )


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
) -> None:
    """Register a provider and its first person, who becomes its administrator and a submitter.

    The person may work at once (after setting up a second factor); the organisation is marked "not yet
    verified" until an officer has checked its number. Records
    PROVIDER_REGISTERED and PERSON_REGISTERED, both by the person.

    An e-mail address that has an account already is seen neither in the answer nor in the work: everything is done
    and undone, its owner is told by mail, and REGISTRATION_REPEATED is recorded. Raises `InvalidInput` with the field
    ("name", "email", "password", or one of the organisation's) and `TooManyTries` after 60 from one address.
    """
    with guess(at=f"register:{origin.network}", origin=origin, keys=keys, now=now, free=FREE):
        pass
    check_registration(name=name, email=email, password=password, details=details, alerts=alerts)
    typed, password_hash = read_email(email), hash_password(password)
    holder = holder_of(typed)
    with db.session.begin_nested() as made:
        # The same rows for a taken address, under one that nobody can have (RFC 2606 section 2).
        person = add_person(
            name=name, email=f"{uuid.uuid4().hex}@taken.invalid" if holder else typed, password_hash=password_hash
        )
        actor = Actor(user_id=person.id)
        provider = register_provider(details=details, alerts=alerts, actor=actor)
        roles = (Role.PROVIDER_ADMINISTRATOR, Role.SUBMITTER)
        for role in roles:
            grant(person, role, provider_id=provider.id)
        db.session.flush()
        if holder:
            made.rollback()
    if holder:
        record(EventKind.REGISTRATION_REPEATED, holder, actor=SYSTEM)
    else:
        record(EventKind.PERSON_REGISTERED, person, actor=actor, provider=provider.id, roles=sorted(roles))
