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
from portal.core.permissions import SYSTEM, Role
from portal.organisations.details import NAME_LENGTH
from portal.organisations.likeness import looks_the_same
from portal.organisations.models import ContractingAuthority
from portal.organisations.names import read_name


def create_administrator(*, name: str, email: str, password: str, authority: str | None = None) -> User:
    """Create an administrator: of the platform, or of the contracting authority with that name.

    An authority that does not exist yet is created; one that has an administrator gets its second by invitation,
    confirmed by the platform's administrator. The person sets up a second factor when they first sign in. Records
    MEMBERSHIP_GRANTED and CONFIRMATION_ASKED. Raises `InvalidInput` (fields "name", "email", "password", "authority").
    """
    check_new_password(password, about=[name, email, authority])
    person = add_person(name=name, email=email, password_hash=hash_password(password))
    if authority is None:
        role, place = Role.PLATFORM_ADMINISTRATOR, None
    else:
        role, place = Role.AUTHORITY_ADMINISTRATOR, _authority_named(authority).id
    grant(person, role, authority_id=place)
    record(EventKind.MEMBERSHIP_GRANTED, person, actor=SYSTEM, place=place, roles=[role])
    record(EventKind.CONFIRMATION_ASKED, person, actor=SYSTEM)
    return person


def _authority_named(typed: str) -> ContractingAuthority:
    name = read_name(typed, "the authority’s name", field="authority", most=NAME_LENGTH)
    known = {authority.name: authority for authority in db.session.scalars(select(ContractingAuthority))}
    found = known.get(name)
    if found is None:
        if twin := next((other for other in sorted(known) if looks_the_same(other, name)), None):
            message = f"There is “{twin}” here already. Give the name as it stands there."
            raise InvalidInput(message, field="authority")
        found = ContractingAuthority(name=name)
        db.session.add(found)
        db.session.flush()
    if administrators_of(found.id):
        raise InvalidInput(
            "This authority has an administrator, who invites the next; the platform’s administrator confirms it.",
            field="authority",
        )
    return found
