"""People, signed in or not, for tests."""

from __future__ import annotations

import time
import uuid
from datetime import timedelta
from functools import lru_cache
from itertools import count
from typing import Any

import pyotp
from flask import current_app
from sqlalchemy import update

from portal.accounts.models import HeldRole, User, UserSession
from portal.accounts.passwords import hash_password
from portal.accounts.people import person_with_email
from portal.accounts.second_factor import sealed_secret
from portal.accounts.sessions import actor_for, find_signed_in, start_session
from portal.core import clock
from portal.core.permissions import (
    AUTHORITY_ROLES,
    PANEL_ROLES,
    PROVIDER_ROLES,
    SECOND_FACTOR_ROLES,
    Actor,
    Role,
)
from portal.evaluation.taking_part.models import SupportedSitting
from portal.evaluation.taking_part.states import Supporter
from portal.extensions import db
from portal.organisations.models import ContractingAuthority, Provider
from tests.factories.organisations import make_authority, make_provider

PASSWORD = "correct horse battery staple"
PIN = "2468"
"""What every young person here picks."""
FACTOR_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

_numbers = count(1)


def make_person(
    *roles: Role,
    provider: Provider | None = None,
    authority: ContractingAuthority | None = None,
    panel: Any = None,
    factor: bool | None = None,
    **details: Any,
) -> User:
    """A person who holds the roles, each in the place it belongs to.

    A provider or an authority is made where a role needs one and none is given; a panel role needs `panel`.
    The password is `PASSWORD`; people whose roles need a second factor have `FACTOR_SECRET` (`factor`
    overrides). A young member has an alias only.
    """
    number = next(_numbers)
    young = Role.YOUNG_MEMBER in roles
    person = User(
        **{
            "id": uuid.uuid4(),
            "display_name": f"Alias {number}" if young else f"Demo Person {number}",
            "email": None if young else f"person{number}@people.example",
            "password_hash": None if young else _hash_of(PASSWORD),
            "email_confirmed_at": None if young or details.get("email", "") is None else clock.now(),
        }
        | details
    )
    if factor if factor is not None else bool(set(roles) & SECOND_FACTOR_ROLES):
        person.totp_sealed = sealed_secret(FACTOR_SECRET, user_id=person.id, keys=current_app.extensions["keys"])
    db.session.add(person)
    if set(roles) & PROVIDER_ROLES:
        provider = provider or make_provider()
    if set(roles) & AUTHORITY_ROLES:
        authority = authority or make_authority()
    for role in roles:
        place = {
            "provider_id": provider.id if provider and role in PROVIDER_ROLES else None,
            "authority_id": authority.id if authority and role in AUTHORITY_ROLES else None,
            "panel_id": panel.id if panel is not None and role in PANEL_ROLES else None,
        }
        db.session.add(HeldRole(user_id=person.id, role=role, **place))
    db.session.flush()
    return person


def actor_of(user: User) -> Actor:
    """The person as activities see them, with the roles in force."""
    db.session.flush()
    return actor_for(user.id)


def sign_in(client: Any, user: User, *, fresh_factor: bool = True, supported: bool = True) -> str:
    """Sign the person in on the client, as the sign-in pages do, and return the session's token.

    The second factor counts as shown just now; `fresh_factor=False` makes it ten minutes old, so that acts
    which need a fresh one ask for it. A young person has the facilitator beside them, unless they are not `supported`.
    """
    now = clock.now()
    token = start_session(user_id=user.id, now=now)
    db.session.flush()
    signed_in = find_signed_in(token, now)
    assert signed_in is not None
    shown = now if fresh_factor else now - timedelta(minutes=10)
    db.session.execute(update(UserSession).where(UserSession.id == signed_in.session_id).values(factor_at=shown))
    if user.email is None and supported:
        sitting = SupportedSitting(
            user_id=user.id, session_id=signed_in.session_id, supporter=Supporter.FACILITATOR, began_at=now
        )
        db.session.add(sitting)
        db.session.flush()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    return token


def current_code(*, steps: int = 0) -> str:
    """The code that `FACTOR_SECRET` shows now, or that many steps of 30 seconds later; never one about to run out."""
    left = 30 - clock.now().timestamp() % 30
    if left < 2:
        time.sleep(left)
    return pyotp.TOTP(FACTOR_SECRET).at(clock.now() + timedelta(seconds=30 * steps))


def person_at(address: str) -> User:
    """Whoever has the e-mail address."""
    person = person_with_email(address)
    assert person is not None, f"nobody has the address {address}"
    return person


@lru_cache(maxsize=8)
def _hash_of(password: str) -> str:
    return hash_password(password)
