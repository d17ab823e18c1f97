"""Making a person: the name and e-mail address that may be stored, and the account itself."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import HeldRole, User
from portal.core.columns import db
from portal.core.errors import InvalidInput
from portal.core.parsing.emails import fold_email, read_email
from portal.core.parsing.text import one_line, require_text
from portal.core.permissions import Role
from portal.core.personal import address_index

NAME_LENGTH = 120
TAKEN = "That e-mail address cannot be used here. If it is yours, sign in, or use another one."


def person_with_email(address: str | None) -> User | None:
    """Who has the address, compared as it looks; whether that person may sign in is the caller's question."""
    wanted = address_index(fold_email(address))
    return db.session.scalars(select(User).where(User.email_index == wanted)).one_or_none()


def people_with_emails(addresses: Iterable[str]) -> dict[str, User]:
    """Everybody who has one of the addresses, by address, in one statement."""
    wanted = [address_index(fold_email(address)) for address in addresses]
    found = db.session.scalars(select(User).where(User.email_index.in_(wanted)))
    return {str(person.email): person for person in found}


def add_person(*, name: str, email: str, password_hash: str) -> User:
    """Add a person with an account. Raises `InvalidInput` (fields "name", "email")."""
    display_name = require_text(one_line(name), "Enter a name.", field="name", most=NAME_LENGTH)
    address = read_email(email)
    if person_with_email(address) is not None:
        raise InvalidInput(TAKEN, field="email")
    person = User(id=uuid.uuid4(), display_name=display_name, email=address, password_hash=password_hash)
    try:
        with db.session.begin_nested():
            db.session.add(person)
    except IntegrityError as taken:
        # Somebody registered the same address in the same second.
        raise InvalidInput(TAKEN, field="email") from taken
    return person


def grant(
    person: User, role: Role, *, provider_id: uuid.UUID | None = None, authority_id: uuid.UUID | None = None
) -> None:
    """Give the person a role in one place."""
    db.session.add(HeldRole(user_id=person.id, role=role, provider_id=provider_id, authority_id=authority_id))
