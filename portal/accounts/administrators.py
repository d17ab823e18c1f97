"""The first people of an installation, from the command line."""

from __future__ import annotations

from sqlalchemy import select

from portal.accounts.granting import administrators_of
from portal.accounts.models import User
from portal.accounts.passwords import check_new_password, hash_password
from portal.accounts.people import add_person, grant
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput
from portal.core.parsing.text import one_line
from portal.core.permissions import SYSTEM, Role
from portal.organisations.models import ContractingAuthority


def create_administrator(*, name: str, email: str, password: str, authority: str | None = None) -> User:
    """Create an administrator: of the platform, or of the contracting authority with that name.

    An authority that does not exist yet is created; one that has an administrator gets its second by invitation,
    confirmed by the platform's administrator. The person sets up a second factor when they first sign in. Records
    MEMBERSHIP_GRANTED. Raises `InvalidInput` (fields "name", "email", "password", "authority").
    """
    check_new_password(password)
    person = add_person(name=name, email=email, password_hash=hash_password(password))
    if authority is None:
        role, place = Role.PLATFORM_ADMINISTRATOR, None
    else:
        role, place = Role.AUTHORITY_ADMINISTRATOR, _authority_named(authority).id
    grant(person, role, authority_id=place)
    record(EventKind.MEMBERSHIP_GRANTED, person, actor=SYSTEM, place=place, roles=[role])
    return person


def _authority_named(typed: str) -> ContractingAuthority:
    name = one_line(typed)
    if not name:
        raise InvalidInput("Give the authority’s name.", field="authority")
    found = db.session.scalar(select(ContractingAuthority).where(ContractingAuthority.name == name))
    if found is None:
        found = ContractingAuthority(name=name)
        db.session.add(found)
        db.session.flush()
    if administrators_of(found.id):
        raise InvalidInput(
            "This authority has an administrator, who invites the next; the platform’s administrator confirms it.",
            field="authority",
        )
    return found
